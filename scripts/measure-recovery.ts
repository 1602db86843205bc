/**
 * How much of a damaged file Leftward still sees.
 *
 *   npm run measure:recovery -- [--syntax all] [--sample 150] [--seed 1] [--show 0] <folder or file>...
 *
 * Every sampled file is damaged in four ways. What the intact file has outside the damaged part (three lines around the damage and the innermost
 * statement or entry that encloses it) should be there again, at the same place: all findings of all rules, and, stricter, all content.
 */
import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { analyze, ruleSet, type RuleSet } from '../server/engine/analyze.ts';
import { Lines } from '../server/engine/positions.ts';
import { syntaxes, type SourceDocument, type Syntax } from '../server/engine/types.ts';
import { extract } from '../server/facts/index.ts';
import { parse, syntaxOf } from '../server/parse/index.ts';
import type { Parsed } from '../server/parse/parsed.ts';
import { isGenerated, readText } from '../server/workspace/files.ts';
import { loadParsers } from '../server/workspace/parsers.ts';
import { Project } from '../server/workspace/project.ts';
import { checks, loadRules } from '../server/workspace/rules.ts';
import { contentOf, damagedPart, lostOf, type Content, type Item } from './recovery/content.ts';
import { cut, damages, randomNumbers, type Cut, type Damage } from './recovery/damage.ts';

const measured: readonly Syntax[] = ['javascript', 'yaml', 'json', 'hcl', 'dockerfile'];

interface Sample {
  readonly project: Project;
  readonly document: SourceDocument;
}

/** What is counted for one kind of damage. */
const none = {
  files: 0,
  allContent: 0,
  content: 0,
  contentKept: 0,
  filesWithFindings: 0,
  allFindings: 0,
  findings: 0,
  findingsKept: 0,
  repaired: 0,
  time: 0,
  slowest: 0,
};
type Count = typeof none;

const usage = `Usage: measure-recovery [--syntax all|${measured.join('|')}] [--sample n] [--seed n] [--show n] <folder or file>...`;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    syntax: { type: 'string', default: 'all' },
    sample: { type: 'string', default: '150' },
    seed: { type: 'string', default: '1' },
    /** How many losses of each kind are printed. */
    show: { type: 'string', default: '0' },
  },
});
const chosen = values.syntax === 'all' ? measured : measured.filter((syntax) => syntax === values.syntax);
if (chosen.length === 0 || positionals.length === 0) {
  console.error(usage);
  process.exit(2);
}

await loadParsers();
const rules: RuleSet = ruleSet(loadRules(), checks, { preset: 'all' });
const files = collect(positionals);
for (const syntax of chosen) measure(syntax, files.get(syntax) ?? []);

/** The files of the folders by syntax, each with the project whose other files it is analysed with. */
function collect(named: readonly string[]): Map<Syntax, Sample[]> {
  const found = new Map<Syntax, Sample[]>(syntaxes.map((syntax) => [syntax, []]));
  for (const name of named) {
    const path = resolve(name);
    const folder = statSync(path).isDirectory();
    const root = folder ? path : dirname(path);
    const project = new Project(root, () => rules, readText, true);
    for (const absolute of folder ? filesBelow(path) : [path]) {
      const syntax = syntaxOf(absolute);
      if (!measured.includes(syntax) || isGenerated(absolute) || /\.d\.[cm]?ts$/.test(absolute)) continue;
      const read = readText(absolute);
      if (!('text' in read)) continue;
      const { text } = read;
      // Minified files have no lines to speak of.
      if (text.length <= 200 || text.length >= 300_000 || text.length / text.split('\n').length >= 150) continue;
      found.get(syntax)!.push({ project, document: { path: relative(root, absolute).split(sep).join('/'), text, syntax } });
    }
  }
  return found;
}

function* filesBelow(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isFile()) yield path;
    else if (entry.isDirectory() && entry.name !== 'node_modules' && entry.name !== '.git') yield* filesBelow(path);
  }
}

function measure(syntax: Syntax, all: readonly Sample[]): void {
  const random = randomNumbers(Number(values.seed));
  const shuffled = [...all];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = random(i + 1);
    [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
  }
  const counts = new Map<Damage, Count>(damages.map((damage) => [damage, { ...none }]));
  const shown = { content: 0, findings: 0 };
  const left = { files: Number(values.sample), filesWithFindings: Number(values.sample) };
  for (const { project, document } of shuffled) {
    if (left.files <= 0 && left.filesWithFindings <= 0) break;
    const intact = parse(document);
    // A text that isn't sound to begin with can't be measured against.
    if (intact.problems.length > 0) continue;
    const siblings = project.siblingsOf(document.path);
    const before = { content: contentOf(intact), findings: findingsOf(intact, siblings) };
    // Most files have no findings; of those that have, as many are wanted.
    if (left.files-- <= 0 && before.findings.length === 0) continue;
    if (before.findings.length > 0) left.filesWithFindings--;
    for (const [damage, count] of counts) {
      const hurt = cut(damage, document.text, random);
      if (!hurt) continue;
      const { content, findings } = damaged(document, siblings, hurt, before, count);
      for (const [what, lost] of [['content', content] as const, ['findings', findings] as const]) {
        if (lost.length > 0 && shown[what]++ < Number(values.show)) show(document, project.root, hurt, damage, what, lost);
      }
    }
  }
  print(syntax, counts);
}

/** Analyses a document without the characters of `hurt`, counts, and returns what was lost. */
function damaged(
  { path, text, syntax }: SourceDocument,
  siblings: readonly Parsed[],
  hurt: Cut,
  before: { readonly content: Content; readonly findings: readonly Item[] },
  count: Count,
): { readonly content: readonly Item[]; readonly findings: readonly Item[] } {
  const begin = performance.now();
  const parsed = parse({ path, text: text.slice(0, hurt.start) + text.slice(hurt.end), syntax });
  const time = performance.now() - begin;
  const part = damagedPart(text, hurt, before.content);
  const content = lostOf(before.content.items, contentOf(parsed).items, part, hurt);
  const findings = lostOf(before.findings, findingsOf(parsed, siblings), part, hurt);
  count.files++;
  if (content.lost.length === 0) count.allContent++;
  count.content += content.expected;
  count.contentKept += content.expected - content.lost.length;
  if (findings.expected > 0) {
    count.filesWithFindings++;
    if (findings.lost.length === 0) count.allFindings++;
    count.findings += findings.expected;
    count.findingsKept += findings.expected - findings.lost.length;
  }
  if (parsed.problems.length > 0) {
    count.repaired++;
    count.time += time;
    count.slowest = Math.max(count.slowest, time);
  }
  return { content: content.lost, findings: findings.lost };
}

function findingsOf(parsed: Parsed, siblings: readonly Parsed[]): readonly Item[] {
  const { facts, literals } = extract(parsed, siblings);
  return analyze({ document: parsed.document, facts, literals }, rules).findings.map(({ rule, span }) => ({ text: rule, ...span }));
}

function show({ path, text }: SourceDocument, root: string, hurt: Cut, damage: Damage, what: string, lost: readonly Item[]): void {
  const lines = new Lines(text);
  const { line } = lines.position(hurt.start);
  const context = text.split('\n').slice(Math.max(0, line - 4), line + 5);
  const [first] = lost;
  console.log(`--- ${basename(root)}/${path}:${line + 1} ${damage}: ${JSON.stringify(text.slice(hurt.start, hurt.end))}`);
  console.log(context.join('\n'));
  console.log(`${what}: ${lost.length} lost, first ${first!.text.slice(0, 80)} on line ${lines.position(first!.start).line + 1}\n`);
}

function print(syntax: Syntax, counts: ReadonlyMap<Damage, Count>): void {
  const share = (part: number, all: number): string => (all === 0 ? '–' : `${((100 * part) / all).toFixed(1)} %`);
  console.log(syntax);
  console.table(
    Object.fromEntries(
      [...counts].map(([damage, c]) => [
        damage,
        {
          'files with findings': c.filesWithFindings,
          'all findings kept': share(c.allFindings, c.filesWithFindings),
          'findings kept': share(c.findingsKept, c.findings),
          files: c.files,
          'all content kept': share(c.allContent, c.files),
          'content kept': share(c.contentKept, c.content),
          'did not parse': c.repaired,
          'ms mean': Number((c.time / Math.max(1, c.repaired)).toFixed(1)),
          'ms worst': Number(c.slowest.toFixed(0)),
        },
      ]),
    ),
  );
}
