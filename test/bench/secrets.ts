/** How fast secrets are found, over a generated mix, alone and with hostile text. Run from the project's root. */
import { readdirSync, readFileSync } from 'node:fs';
import { isSecret } from '../../server/engine/analyze.ts';
import { KeywordIndex } from '../../server/engine/secrets/keywords.ts';
import { secretSearch, type SecretRule } from '../../server/engine/secrets/search.ts';
import { literalsOfText } from '../../server/facts/text.ts';
import { loadRules } from '../../server/workspace/rules.ts';
import { rounded, timed } from './statistics.ts';

export interface Speed {
  readonly what: string;
  readonly megabytesPerSecond: number;
}

/** The project's own files over and over: code, JSON and rule pages with secrets in them. */
function mix(bytes: number): string[] {
  const pages = readdirSync('rules/secrets').map((name) => `rules/secrets/${name}`);
  const code = readdirSync('server/engine').map((name) => `server/engine/${name}`);
  const files = ['package-lock.json', ...code, ...pages].filter((name) => /\.(?:json|ts|md)$/.test(name));
  const texts = files.map((file) => readFileSync(file, 'utf8'));
  const documents: string[] = [];
  for (let size = 0, i = 0; size < bytes; i++) {
    const text = texts[i % texts.length]!;
    documents.push(text);
    size += text.length;
  }
  return documents;
}

/** The best of five: what the code can do, not what else the machine does. */
function measure(what: string, size: number, run: () => void): Speed {
  run();
  const best = Math.min(...Array.from({ length: 5 }, () => timed(run)));
  return { what, megabytesPerSecond: rounded(size / 1e3 / best) };
}

export function secretSpeeds(): Speed[] {
  const rules = loadRules().flatMap((rule): SecretRule[] =>
    rule.match.flatMap((match, index) => (isSecret(match) ? [{ rule, index, pattern: match.secret }] : [])),
  );
  const documents = mix(20e6);
  const size = documents.reduce((sum, text) => sum + text.length, 0);
  const index = new KeywordIndex([...new Set(rules.flatMap((r) => r.pattern.keywords))]);
  const search = secretSearch(rules);
  const asText = documents.map((text, i) => ({ path: `f${i}.txt`, text, syntax: 'text' as const }));
  const literals = asText.map(literalsOfText);
  const long = 'const a="b",c=[1,2,3];'.repeat(50_000);
  let hits = 0;
  return [
    measure('keywords alone', size, () => documents.forEach((text) => index.search(text, () => hits++))),
    measure(`${rules.length} patterns`, size, () => asText.forEach((d) => (hits += search(d, []).length))),
    measure('patterns and names', size, () => asText.forEach((d, i) => (hits += search(d, literals[i]!).length))),
    measure('literals of text', size, () => asText.forEach((d) => (hits += literalsOfText(d).length))),
    measure('one line of 1 MB', long.length, () => (hits += search({ path: 'a.js', text: long, syntax: 'text' }, []).length)),
  ];
}
