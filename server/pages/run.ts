import { analyze, ruleSet, type Analysis, type RuleSet } from '../engine/analyze.ts';
import { applyEdits, compatible } from '../engine/fix.ts';
import { Lines } from '../engine/positions.ts';
import type { Check, Platform, Rule } from '../engine/types.ts';
import { extract } from '../facts/index.ts';
import { parse, syntaxOf } from '../parse/index.ts';
import type { Page } from './compile.ts';
import type { Fence } from './fences.ts';

/** What a fence got wrong. */
export interface FenceFailure {
  readonly page: string;
  readonly line: number;
  readonly message: string;
}

/** Runs the fences of a page as tests, with this rule alone. The parsers must be loaded. */
export function runPage(page: Page, checks: Readonly<Record<string, Check>>): readonly FenceFailure[] {
  const { rule } = page;
  if (!rule) return page.problems.map(({ line, field, message }) => ({ page: page.id, line, message: `${field}: ${message}` }));
  const failures: FenceFailure[] = [];
  const rules = ruleSet([rule], checks, { preset: 'all', ...(page.approved && { approved: page.approved }) });
  let fixed: string | undefined;
  for (const fence of page.fences) {
    const fail = (message: string): void => void failures.push({ page: page.id, line: fence.line, message });
    const text = textOf(page, fence);
    const path = pathOf(rule, fence);
    const { analysis, problems } = run(text, path, rules);
    for (const failure of analysis.failures) fail(`the rule fails: ${failure.message}`);
    const lines = new Lines(text);
    const found = analysis.findings.map((finding) => lines.position(finding.span.start).line + 1);
    if (fence.kind === 'bad') {
      if (found.join() !== fence.lines.join()) fail(`findings on ${said(found)}, expected on ${said(fence.lines)}`);
      for (const finding of analysis.findings)
        if (/\{[a-z]+\}|undefined|``/i.test(finding.message)) fail(`the message reads badly: ${finding.message}`);
      fixed = undefined;
      const fixes = analysis.findings.flatMap((finding) => analysis.fixesOf(finding).slice(0, 1));
      if (fixes.length > 0) {
        fixed = applyEdits(text, compatible(fixes).edits);
        // The contract of every fix, whether or not the page shows its outcome.
        const after = run(fixed, path, rules);
        if (fixed === text) fail('the fix changes nothing');
        if (after.problems > problems) fail(`the fix leaves text that does not parse:\n${fixed}`);
        if (fixes.length === analysis.findings.length && after.analysis.findings.length > 0)
          fail(`the finding is still there after the fix:\n${fixed}`);
        for (const comment of text.match(/(?<=^|\s)(#|\/\/) .*$/gm) ?? [])
          if (!fixed.includes(comment.trimEnd())) fail(`the fix loses the comment ${comment}`);
      }
    } else if (fence.kind === 'fixed') {
      if (fixed === undefined) fail('there is no fix for the bad fence before');
      else if (fixed !== text) fail(`after the fix the text is\n${fixed}instead of\n${text}`);
      if (found.length > 0) fail(`the fixed text has findings on ${said(found)}`);
    } else if (found.length > 0) {
      fail(`findings on ${said(found)} in a good fence: ${analysis.findings[0]!.message}`);
    }
  }
  if (rule.match.length > 0) {
    for (const kind of ['bad', 'good'] as const) {
      if (!page.fences.some((fence) => fence.kind === kind))
        failures.push({ page: page.id, line: 1, message: `there is no ${kind} fence` });
    }
  }
  if (
    page.fences.some((fence) => fence.kind === 'bad') &&
    rule.fix &&
    fixed === undefined &&
    !page.fences.some((fence) => fence.kind === 'fixed')
  )
    failures.push({ page: page.id, line: 1, message: 'the page has a fix, but no fence shows its outcome' });
  return failures;
}

/** What the other rules say about the good fences of a page: rule ids with the fence's line. */
export function surprises(page: Page, rules: RuleSet): readonly string[] {
  const { rule } = page;
  if (!rule) return [];
  return page.fences
    .filter((fence) => fence.kind === 'good')
    .flatMap((fence) => run(textOf(page, fence), pathOf(rule, fence), rules).analysis.findings.map((finding) => finding.rule))
    .filter((id) => id !== page.id);
}

/** The document that a fence stands for. */
export function documentOf(page: Page, fence: Fence): { readonly path: string; readonly text: string } {
  return { path: page.rule ? pathOf(page.rule, fence) : 'file.txt', text: textOf(page, fence) };
}

function run(text: string, path: string, rules: RuleSet): { analysis: Analysis; problems: number } {
  const document = { path, text, syntax: syntaxOf(path, text) };
  const parsed = parse(document);
  const { facts, literals } = extract(parsed, []);
  return { analysis: analyze({ document, facts, literals }, rules), problems: parsed.problems.length };
}

/** Pages of rules/secrets/ break their examples with `~~`, so that no push protection takes them for live tokens. */
function textOf(page: Page, fence: Fence): string {
  return page.id.startsWith('secrets/') ? fence.text.replaceAll('~~', '') : fence.text;
}

const byPlatform: Readonly<Record<Platform, string>> = {
  terraform: 'main.tf',
  cloudformation: 'template.yaml',
  kubernetes: 'manifest.yaml',
  helm: 'chart/templates/manifest.yaml',
  compose: 'compose.yaml',
  dockerfile: 'Dockerfile',
  'github-actions': '.github/workflows/ci.yml',
  'gitlab-ci': '.gitlab-ci.yml',
  ansible: 'playbook.yml',
  dependabot: '.github/dependabot.yml',
  javascript: 'index.js',
};

const byLanguage: Readonly<Record<string, string>> = {
  terraform: 'main.tf',
  hcl: 'main.tf',
  tfvars: 'terraform.tfvars',
  dockerfile: 'Dockerfile',
  javascript: 'index.js',
  js: 'index.js',
  typescript: 'index.ts',
  ts: 'index.ts',
  jsx: 'index.jsx',
  tsx: 'index.tsx',
  env: '.env',
  dotenv: '.env',
  text: 'file.txt',
  json: 'template.json',
  yaml: 'config.yaml',
};

/** The name a fence's text is analysed under: its own, its platform's, or what the rule's platforms and the language leave open. */
function pathOf(rule: Rule, fence: Fence): string {
  if (fence.path !== undefined) return fence.path;
  if (fence.platform) return fence.language === 'json' ? 'template.json' : byPlatform[fence.platform];
  if (fence.language === 'yaml' || fence.language === 'yml') {
    const platform = rule.match
      .flatMap((match) => ('on' in match ? match.on : []))
      .find((on) => !['terraform', 'dockerfile', 'javascript'].includes(on.platform));
    if (platform) return byPlatform[platform.platform];
  }
  return byLanguage[fence.language] ?? 'file.txt';
}

function said(lines: readonly number[]): string {
  return lines.length === 0 ? 'no line' : `line ${lines.join(', ')}`;
}
