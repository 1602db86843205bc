import assert from 'node:assert/strict';
import { basename, resolve } from 'node:path';
import { before, describe, it } from 'mocha';
import { checks } from '../rules/checks.ts';
import { ruleSet, analyze } from '../server/engine/analyze.ts';
import { extract } from '../server/facts/index.ts';
import { documentOf } from '../server/pages/index.ts';
import { parse, syntaxOf } from '../server/parse/index.ts';
import { walk } from '../server/workspace/files.ts';
import { Ignored } from '../server/workspace/ignored.ts';
import { loadParsers } from '../server/workspace/parsers.ts';
import { Project } from '../server/workspace/project.ts';
import { readPages } from '../server/workspace/rules.ts';
import { breaches, kinds, type Judgement, type Violation } from './fix-contract.ts';

/** Ways in which the same lines may be saved. */
const variants: readonly (readonly [name: string, write: (text: string) => string])[] = [
  ['', (text) => text],
  [' (CRLF)', (text) => text.replace(/\r?\n/g, '\r\n')],
  [' (no newline at the end)', (text) => text.trimEnd()],
];

const corpus = process.env.LEFTWARD_CORPUS;

describe('the contract of fixes', () => {
  const pages = readPages();
  const rules = ruleSet(
    pages.flatMap(({ rule }) => rule ?? []),
    checks,
    { preset: 'all' },
  );
  before(loadParsers);

  it('is kept on the fences of all pages, with all rules', function () {
    this.timeout(240_000);
    const found: string[] = [];
    let applied = 0;
    for (const page of pages) {
      for (const fence of page.fences) {
        const { path, text } = documentOf(page, fence);
        const syntax = syntaxOf(path, text);
        const judge = (current: string): Judgement => {
          const parsed = parse({ path, text: current, syntax });
          const { facts, literals } = extract(parsed, []);
          return { ...analyze({ document: parsed.document, facts, literals }, rules), problems: parsed.problems.length };
        };
        for (const [variant, written] of variants) {
          const outcome = breaches(written(text), syntax, judge);
          applied += outcome.applied;
          if (outcome.applied === 0) break;
          for (const one of outcome.violations)
            found.push(`rules/${page.id}.md:${fence.line + one.line}${variant} ${said(one)}\n${one.after.replace(/^/gm, '    ')}`);
        }
      }
    }
    assert.ok(applied > 200, `only ${applied} fixes`);
    assert.ok(found.length === 0, `${found.length} of ${applied} fixes\n${found.join('\n')}`);
  });

  it('is broken by fixes that are wrong', () => {
    const [kms, sqs] = ['aws/kms-no-rotation', 'aws/sqs-unencrypted'].map((id) => pages.find((page) => page.id === id)!.rule!);
    const text = '# ours\nresource "aws_kms_key" "k" {}\n';
    const kindsOf = (replacement: string): readonly string[] => {
      const fix = { title: 'Fix', safe: true, insert: { terraform: '' }, replace: { terraform: replacement } };
      const broken = ruleSet([{ ...kms!, fix }, sqs!], checks);
      const judge = (current: string): Judgement => {
        const parsed = parse({ path: 'main.tf', text: current, syntax: 'hcl' });
        const { facts, literals } = extract(parsed, []);
        return { ...analyze({ document: parsed.document, facts, literals }, broken), problems: parsed.problems.length };
      };
      return breaches(text, 'hcl', judge).violations.map(({ kind }) => kind);
    };
    assert.deepEqual(kindsOf('resource "aws_sns_topic" "k"'), []);
    assert.ok(kindsOf('resource "aws_kms_key" "other"').includes('still there'));
    assert.ok(kindsOf('resource "aws_sqs_queue" "k" {\n  sqs_managed_sse_enabled = false\n}\n#').includes('new finding'));
    assert.ok(kindsOf('resource "aws_sns_topic" {{').includes('does not parse'));
  });

  (corpus ? it : it.skip)('is kept on the files of LEFTWARD_CORPUS', async function () {
    this.timeout(0);
    const root = resolve(corpus!);
    const found = new Map<string, string[]>();
    const totals = new Map<string, number>();
    let applied = 0;
    for await (const path of walk(root, '', new Ignored(root))) {
      if (typeof path !== 'string') continue;
      const project = new Project(root, () => rules, undefined, true);
      const { document, findings } = project.analysisOf(path);
      if (!findings.some((finding) => finding.fixable)) continue;
      const judge = (current: string): Judgement => {
        project.open(path, current);
        const analysis = project.analysisOf(path);
        return { ...analysis, problems: analysis.parsed.problems.length };
      };
      for (const [variant, written] of variants) {
        const outcome = breaches(written(document.text), document.syntax, judge);
        applied += outcome.applied;
        for (const one of outcome.violations) {
          const { rule, kind, detail, line } = one;
          const group = `${kind}, ${rule}${rule === '(all)' ? `: ${detail.replace(/:.*/s, '')}` : ''}`;
          found.set(group, [...(found.get(group) ?? []), `${path}:${line}${variant} ${said(one)}`]);
          totals.set(kind, (totals.get(kind) ?? 0) + 1);
        }
      }
    }
    const groups = [...found].sort((a, b) => b[1].length - a[1].length);
    const summary = groups.map(
      ([group, list]) =>
        `${list.length} × ${group}\n${list
          .slice(0, 3)
          .map((line) => `    ${line}\n`)
          .join('')}`,
    );
    const counts = kinds.flatMap((kind) => (totals.has(kind) ? `${totals.get(kind)} ${kind}` : [])).join(', ');
    console.log(`    ${basename(root)}: ${applied} fixes; ${counts || 'no violations'}`);
    assert.ok(found.size === 0, `${counts}\n${summary.join('')}`);
  });
});

function said({ kind, rule, detail }: Violation): string {
  return `${kind} after the fix of ${rule}${detail && `: ${detail.slice(0, 160)}`}`;
}
