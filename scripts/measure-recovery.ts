/**
 * How much of a damaged file the parsers still see.
 *
 *   tsx scripts/measure-recovery.ts [--syntax javascript] [--sample 300] [--seed 1] [--show 3] <folder or file>...
 *
 * Every sampled file is damaged in four ways. What the intact file holds outside the damage (three lines around it and the
 * innermost statement or entry that encloses it) should be found again at the same place.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { walk as walkTree } from '../server/engine/tree.ts';
import { Lines } from '../server/engine/positions.ts';
import { syntaxes, type SourceDocument, type Syntax } from '../server/engine/types.ts';
import type { Parse, Parsed } from '../server/parse/parsed.ts';
import { parseJavaScript } from '../server/parse/javascript.ts';

interface Item {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

interface Language {
  readonly files: RegExp;
  readonly load: () => Promise<Parse>;
  /** What findings rest on, and the extents of statements or entries. */
  readonly items: (parsed: Parsed) => { items: Item[]; statements: Item[] };
}

const configuration = (files: RegExp, load: () => Promise<Parse>): Language => ({
  files,
  load,
  items(parsed) {
    const items: Item[] = [];
    const statements: Item[] = [];
    for (const tree of parsed.trees) {
      walkTree(tree, (node, _path, entry) => {
        if (entry) statements.push({ text: '', ...entry.span });
        if (node.kind === 'scalar') items.push({ text: `${entry?.key ?? ''}=${String(node.value)}`, ...node.span });
      });
    }
    return { items, statements };
  },
});

/** A parser of another syntax, which may need to be loaded first (a grammar). */
const parserOf =
  (module: string, name: string): (() => Promise<Parse>) =>
  async () => {
    const loaded = (await import(`../server/parse/${module}.ts`)) as Record<string, Parse> & { ready?: () => Promise<void> };
    await loaded.ready?.();
    return loaded[name]!;
  };

const languages: Partial<Record<Syntax, Language>> = {
  javascript: { files: /\.(?:[cm]?js|jsx|[cm]?ts|tsx)$/, load: () => Promise.resolve(parseJavaScript), items: ofProgram },
  yaml: configuration(/\.ya?ml$/, parserOf('yaml', 'parseYaml')),
  json: configuration(/\.json$/, parserOf('json', 'parseJson')),
  hcl: configuration(/\.(?:tf|hcl)$/, parserOf('hcl', 'parseHcl')),
  dockerfile: configuration(/(?:^|\/)(?:Dockerfile[^/]*|[^/]+\.Dockerfile)$/i, parserOf('dockerfile', 'parseDockerfile')),
};

type Loose = Record<string, unknown> & { type?: string; start?: number; end?: number };

function ofProgram({ program, document }: Parsed): { items: Item[]; statements: Item[] } {
  const items: Item[] = [];
  const statements: Item[] = [];
  const stack: unknown[] = program ? [program.program] : [];
  while (stack.length) {
    const node = stack.pop() as Loose;
    const { type, start = 0, end = 0 } = node;
    if (typeof type === 'string') {
      const text = document.text.slice(start, end);
      if (type === 'StringLiteral' || type === 'TemplateElement') items.push({ text, start, end });
      if (type === 'CallExpression' || type === 'NewExpression' || type === 'OptionalCallExpression') {
        const callee = node.callee as Loose;
        items.push({ text: `${document.text.slice(callee.start, callee.end)}()`, start, end });
      }
      if (/Statement$|Declaration$|^(?:Object|Class)(?:Method|Property)$|^SwitchCase$/.test(type) && type !== 'BlockStatement')
        statements.push({ text, start, end });
    }
    for (const key in node) {
      const value = node[key];
      if (value && typeof value === 'object' && key !== 'loc' && key !== 'extra') stack.push(value);
    }
  }
  return { items, statements };
}

// -------------------------------------------------------------------------------------------------- damage

interface Damage {
  readonly start: number;
  readonly end: number;
}

const kinds = ['line deleted', 'line cut short', 'token deleted', 'bracket or quote deleted'] as const;

function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

function damage(kind: (typeof kinds)[number], text: string, random: (below: number) => number): Damage | undefined {
  const pick = (pattern: RegExp): Damage | undefined => {
    const places = [...text.matchAll(pattern)];
    const place = places[random(Math.max(1, places.length))];
    return place && { start: place.index, end: place.index + place[0].length };
  };
  if (kind === 'line deleted') return pick(/^[ \t]*\S.*(?:\r?\n|$)/gm);
  if (kind === 'token deleted') return pick(/[\w$]+|=>|[=!<>]==?|&&|\|\||[^\s\w$]/g);
  if (kind === 'bracket or quote deleted') return pick(/[()[\]{}"'`]/g);
  const line = pick(/^[ \t]*\S.*\S.*$/gm);
  if (!line) return undefined;
  const lead = /^\s*/.exec(text.slice(line.start, line.end))![0].length;
  return { start: line.start + lead + 1 + random(Math.max(1, line.end - line.start - lead - 1)), end: line.end };
}

/** The items of the intact file that the damage must not touch. */
function outside(text: string, hurt: Damage, { items, statements }: { items: Item[]; statements: Item[] }): Item[] {
  const lines = new Lines(text);
  let from = lines.starts[Math.max(0, lines.position(hurt.start).line - 3)]!;
  let to = lines.starts[lines.position(hurt.end).line + 4] ?? text.length;
  const innermost = statements
    .filter((s) => s.start <= hurt.start && s.end >= hurt.end)
    .sort((a, b) => a.end - a.start - (b.end - b.start))[0];
  if (innermost) {
    from = Math.min(from, innermost.start);
    to = Math.max(to, innermost.end);
  }
  return items.filter((item) => item.end <= from || item.start >= to);
}

// ----------------------------------------------------------------------------------------------------- run

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    syntax: { type: 'string', default: 'javascript' },
    sample: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    show: { type: 'string', default: '0' },
  },
});
const syntax = syntaxes.find((name) => name === values.syntax);
const language = syntax && languages[syntax];
if (!syntax || !language || !positionals.length) {
  console.error(`Usage: measure-recovery [--syntax ${Object.keys(languages).join('|')}] [--sample n] [--seed n] [--show n] <folder>...`);
  process.exit(2);
}

function* filesOf(path: string, pattern: RegExp): Generator<string> {
  if (!statSync(path).isDirectory()) yield path;
  else {
    for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const child = join(path, entry.name);
      if (entry.isDirectory()) yield* filesOf(child, pattern);
      else if (entry.isFile() && pattern.test(entry.name) && !/\.d\.[cm]?ts$|\.min\./.test(entry.name)) yield child;
    }
  }
}

const random = randomNumbers(Number(values.seed));
const parse = await language.load();
const paths = positionals.flatMap((folder) => [...filesOf(folder, language.files)]);
const texts = paths
  .map((path) => ({ path: relative('.', path), text: readFileSync(path, 'utf8') }))
  // Minified files have no lines to speak of.
  .filter(({ text }) => text.length > 200 && text.length < 300_000 && text.length / text.split('\n').length < 150);
for (let i = texts.length - 1; i > 0; i--) {
  const j = random(i + 1);
  [texts[i], texts[j]] = [texts[j]!, texts[i]!];
}
const sample = texts.slice(0, Number(values.sample));
const results = kinds.map((kind) => ({ kind, files: 0, trees: 0, whole: 0, items: 0, kept: 0, repairs: 0, time: 0, slowest: 0 }));
let shown = 0;

for (const { path, text } of sample) {
  const document = (changed: string): SourceDocument => ({ path, text: changed, syntax });
  const intact = parse(document(text));
  if (intact.problems.length) continue;
  const everything = language.items(intact);
  for (const result of results) {
    const hurt = damage(result.kind, text, random);
    if (!hurt) continue;
    const shift = hurt.end - hurt.start;
    const changed = text.slice(0, hurt.start) + text.slice(hurt.end);
    const begin = performance.now();
    const parsed = parse(document(changed));
    const time = performance.now() - begin;
    const seen = new Set(language.items(parsed).items.map((i) => `${i.start} ${i.end} ${i.text}`));
    const expected = outside(text, hurt, everything);
    const lost = expected.filter(({ text: t, start, end }) => {
      const moved = start >= hurt.end ? shift : 0;
      return !seen.has(`${start - moved} ${end - moved} ${t}`);
    });
    result.files++;
    if (parsed.program ?? parsed.trees.length) result.trees++;
    if (!lost.length) result.whole++;
    result.items += expected.length;
    result.kept += expected.length - lost.length;
    if (parsed.problems.length) {
      result.repairs++;
      result.time += time;
      result.slowest = Math.max(result.slowest, time);
    }
    if (lost.length && shown < Number(values.show)) {
      shown++;
      const line = new Lines(text).position(hurt.start).line;
      const context = text
        .split('\n')
        .slice(Math.max(0, line - 4), line + 5)
        .join('\n');
      console.log(
        `--- ${path}:${line + 1} ${result.kind}: ${JSON.stringify(text.slice(hurt.start, hurt.end))}, lost ${lost.length} of ${expected.length}`,
      );
      console.log(`${context}\nlost first: ${lost[0]!.text.slice(0, 80)} on line ${new Lines(text).position(lost[0]!.start).line + 1}\n`);
    }
  }
}

const share = (part: number, all: number): string => `${all ? ((100 * part) / all).toFixed(1) : '–'} %`;
console.table(
  Object.fromEntries(
    results.map((r) => [
      r.kind,
      {
        files: r.files,
        'with a tree': share(r.trees, r.files),
        'all outside kept': share(r.whole, r.files),
        'items kept': share(r.kept, r.items),
        'did not parse': r.repairs,
        'ms mean': Number((r.time / Math.max(1, r.repairs)).toFixed(1)),
        'ms worst': Number(r.slowest.toFixed(0)),
      },
    ]),
  ),
);
