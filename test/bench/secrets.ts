/** How fast secrets are found: `npx tsx test/bench/secrets.ts`. Prints MB/s over a generated mix, alone and with hostile text. */
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { KeywordIndex } from '../../server/engine/secrets/keywords.ts';
import { secretSearch } from '../../server/engine/secrets/search.ts';
import type { SecretRule } from '../../server/engine/secrets/search.ts';
import type { Rule, SecretMatch } from '../../server/engine/types.ts';
import { literalsOfText } from '../../server/facts/text.ts';

const folder = new URL('../../rules/secrets/', import.meta.url);
const sources = readdirSync(folder).filter((name) => name.endsWith('.md'));
const rules: SecretRule[] = sources.flatMap((name) => {
  const rule = parse(/^---\n([^]*?)\n---\n/.exec(readFileSync(new URL(name, folder), 'utf8'))![1]!) as Rule;
  return (rule.match as readonly SecretMatch[]).map(({ secret }, index) => ({
    rule: { ...rule, id: name },
    index,
    pattern: { ...secret, keywords: secret.keywords ?? [] },
  }));
});

/** The project's own files over and over: code, prose, JSON and rule pages with secrets in them. */
function mix(bytes: number): string[] {
  const root = new URL('../../', import.meta.url);
  const files = [
    'package-lock.json',
    ...readdirSync(new URL('server/engine/', root))
      .filter((f) => f.endsWith('.ts'))
      .map((f) => `server/engine/${f}`),
    ...sources.map((f) => `rules/secrets/${f}`),
  ];
  const texts = files.map((file) => readFileSync(new URL(file, root), 'utf8'));
  const documents: string[] = [];
  for (let size = 0, i = 0; size < bytes; i++) {
    const text = texts[i % texts.length]!;
    documents.push(text);
    size += text.length;
  }
  return documents;
}

function measure(what: string, size: number, run: () => void): void {
  run();
  let best = Infinity;
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  }
  console.log(`${what.padEnd(44)} ${(size / 1e3 / best).toFixed(0).padStart(6)} MB/s ${best.toFixed(1).padStart(8)} ms`);
}

const documents = mix(20e6);
const size = documents.reduce((sum, text) => sum + text.length, 0);
const index = new KeywordIndex([...new Set(rules.flatMap((r) => r.pattern.keywords))]);
const search = secretSearch(rules);
const asText = documents.map((text, i) => ({ path: `f${i}.txt`, text, syntax: 'text' as const }));
const literals = asText.map(literalsOfText);
let hits = 0;
console.log(`${rules.length} patterns, ${(size / 1e6).toFixed(1)} MB in ${documents.length} documents`);
measure('keywords alone', size, () => documents.forEach((text) => index.search(text, () => hits++)));
measure('all patterns', size, () => asText.forEach((d) => (hits += search(d, []).length)));
measure('all patterns and names', size, () => asText.forEach((d, i) => (hits += search(d, literals[i]!).length)));
measure('literals of text', size, () => asText.forEach((d) => (hits += literalsOfText(d).length)));
const long = 'const a="b",c=[1,2,3];'.repeat(50_000);
measure('one line of 1 MB', long.length, () => (hits += search({ path: 'a.js', text: long, syntax: 'text' }, []).length));
