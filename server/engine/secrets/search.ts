import { KeywordIndex } from './keywords.ts';
import { checksums } from './checksums.ts';
import type { Credential } from './credentials.ts';
import { credentials } from './credentials.ts';
import { fileRole, type FileRole } from './credential-files.ts';
import { extentOf } from './extent.ts';
import { placeholder } from './placeholders.ts';
import { entropy, look } from './randomness.ts';
import type { Span } from '../tree.ts';
import type { Literal, Rule, SecretPattern, SourceDocument } from '../types.ts';

export interface SecretHit {
  readonly rule: Rule;
  /** Position of the pattern in the rule's `match` list. */
  readonly index: number;
  /** The characters of the value. */
  readonly span: Span;
  readonly masked: string;
  /** Why it is thought a secret, in words, for the hover. Never holds the value. */
  readonly reasons: readonly string[];
}

export interface SecretRule {
  readonly rule: Rule;
  readonly index: number;
  readonly pattern: SecretPattern;
}

/** The longest match a pattern may have. A PEM block of a 16,384-bit key fits. */
export const longestMatch = 16_384;
/** How many places of one document a pattern is tried at without success, and how many matches are looked at: only hostile text has more. */
const mostTries = 30_000;
const mostMatches = 1000;
/** How much of the line on either side `unless` sees. */
const lineReach = 200;

/** The first four characters at most, and the length; of short values nothing but the length. */
export function mask(value: string): string {
  const shown = value.length < 12 ? '' : value.slice(0, 4).replace(/[^\x21-\x7e]/g, '·');
  return `${shown}…(${value.length} characters)`;
}

/** What is wrong with a pattern, in words for the author of a page; undefined when it can be searched for. */
export function patternProblem(pattern: SecretPattern): string | undefined {
  if (pattern.literal !== undefined) return pattern.literal in literalTests ? undefined : `there is no test named ${pattern.literal}`;
  if (pattern.keywords.length === 0 || pattern.keywords.some((k) => k.length < 2)) return 'keywords of at least two characters are needed';
  if (pattern.checksum !== undefined && !(pattern.checksum in checksums)) return `there is no checksum named ${pattern.checksum}`;
  for (const source of [pattern.pattern, ...(pattern.unless ?? [])]) {
    try {
      new RegExp(source);
    } catch (error) {
      return (error as Error).message;
    }
  }
  const extent = extentOf(pattern.pattern);
  if (extent.max > longestMatch) return `every repetition needs an upper bound, and a match may have ${longestMatch} characters at most`;
  if (extent.min === 0) return 'the pattern matches nothing at all';
  if (extent.nested || pattern.unless?.some((u) => extentOf(u).nested))
    return 'a repetition must not stand round another repetition or an alternative';
  if (extent.backreference) return 'backreferences are not supported';
  if ((pattern.lead ?? 0) > 256) return 'lead is 256 at most';
  return undefined;
}

/** Tests on literals that a page may name under `literal`. */
const literalTests: Readonly<Record<string, (document: SourceDocument, literals: readonly Literal[]) => readonly Credential[]>> = {
  'generic-credential': credentials,
};

interface Compiled extends SecretRule {
  readonly regex: RegExp;
  readonly lead: number;
  readonly unless: readonly RegExp[];
}

interface Candidate extends SecretRule {
  readonly span: Span;
  readonly value: string;
  readonly reasons: readonly string[];
  /** Of the right form, but its checksum is wrong: no name can make it a secret again, so it stands in the way of weaker rules. */
  readonly disproved: boolean;
}

/**
 * Compiles the rules to one search. Patterns with a problem (`patternProblem`) are left out.
 *
 * A pattern isn't searched for; it is tried, at each place of the text from `lead` characters before a keyword up to the keyword, in
 * ascending order and never inside the match before. That is what a search through the whole text does, save that it skips the
 * places where no match can begin, because each match has a keyword at most `lead` characters after its start. The text isn't cut,
 * so nothing is lost at an edge; and the finite extent of a pattern bounds what one try costs, however long the line.
 */
export function secretSearch(
  rules: readonly SecretRule[],
): (document: SourceDocument, literals: readonly Literal[]) => readonly SecretHit[] {
  const sound = rules.filter((r) => patternProblem(r.pattern) === undefined);
  const named = sound.filter((r) => r.pattern.literal !== undefined);
  const patterns = sound.filter((r) => r.pattern.literal === undefined).map(compile);
  const find = finder(patterns);
  return (document, literals) => {
    const candidates = find(document.text);
    for (const literal of literals) {
      // Decoded, unescaped or put together from pieces: the text didn't show what it is.
      if (literal.value.length < 16 || document.text.startsWith(literal.value, literal.span.start)) continue;
      for (const hit of find(literal.value)) candidates.push({ ...hit, span: literal.span });
    }
    const role = fileRole(document);
    const shown = role === 'configuration' || role === 'code' ? candidates : candidates.filter((candidate) => standsAlone(candidate, role));
    for (const rule of named) {
      for (const hit of literalTests[rule.pattern.literal!]!(document, literals)) shown.push({ ...rule, ...hit, disproved: false });
    }
    return withoutOverlaps(shown)
      .filter((candidate) => !candidate.disproved)
      .map(({ rule, index, span, value, reasons }) => ({ rule, index, span, masked: mask(value), reasons }));
  };
}

/**
 * Whether a match says enough in a file that isn't run: a vendor's form does; what is a secret only by the words around it (`--password x`)
 * does in examples and tests when it looks random, and in generated text and prose never.
 */
function standsAlone({ rule, value, disproved }: Candidate, role: FileRole): boolean {
  return rule.confidence === 'high' || disproved || (role === 'example' && look(value) === 'random');
}

function compile(rule: SecretRule): Compiled {
  const { pattern, ignoreCase, lead, unless } = rule.pattern;
  return {
    ...rule,
    regex: new RegExp(pattern, ignoreCase ? 'diy' : 'dy'),
    lead: lead ?? 0,
    unless: (unless ?? []).map((u) => new RegExp(u)),
  };
}

function finder(patterns: readonly Compiled[]): (text: string) => Candidate[] {
  const users = new Map<string, number[]>();
  patterns.forEach((p, number) => {
    for (const keyword of new Set(p.pattern.keywords.map((k) => k.toLowerCase()))) {
      const list = users.get(keyword);
      if (list) list.push(number);
      else users.set(keyword, [number]);
    }
  });
  const index = new KeywordIndex([...users.keys()]);
  const usersOf = [...users.values()];
  return (text) => {
    const places = new Map<number, number[]>();
    index.search(text, (keyword, offset) => {
      for (const number of usersOf[keyword]!) {
        const list = places.get(number);
        if (list) list.push(offset);
        else places.set(number, [offset]);
      }
    });
    const found: Candidate[] = [];
    for (const [number, offsets] of places) {
      // Keywords come in the order of their ends; of one pattern they may differ in length.
      for (const match of matches(
        patterns[number]!,
        text,
        offsets.sort((a, b) => a - b),
      )) {
        const candidate = weigh(patterns[number]!, text, match);
        if (candidate) found.push(candidate);
      }
    }
    return found;
  };
}

/** The matches of one pattern at the given places of its keywords (ascending). Exported for the proof by test. */
export function matches(pattern: Pick<Compiled, 'regex' | 'lead'>, text: string, offsets: readonly number[]): RegExpExecArray[] {
  const { regex, lead } = pattern;
  const found: RegExpExecArray[] = [];
  let next = 0;
  let left = mostTries;
  for (const offset of offsets) {
    if (left <= 0 || found.length >= mostMatches) break;
    for (next = Math.max(next, offset - lead); next <= offset; next++) {
      regex.lastIndex = next;
      const match = regex.exec(text);
      if (!match) continue;
      found.push(match);
      next = match.index + match[0].length - 1;
    }
    if (next === offset + 1) left--;
  }
  return found;
}

/** Whether a match is a secret: not a placeholder, random enough, its checksum right, nothing near that disqualifies it. */
function weigh(compiled: Compiled, text: string, match: RegExpExecArray): Candidate | undefined {
  const { pattern, unless } = compiled;
  const value = match.groups?.secret ?? match[0];
  const [start, end] = match.indices?.groups?.secret ?? [match.index, match.index + match[0].length];
  if (placeholder(value) !== undefined) return undefined;
  const candidate = { rule: compiled.rule, index: compiled.index, pattern, span: { start, end }, value };
  const reasons = ['it has the form of this kind of secret'];
  if (pattern.entropy !== undefined) {
    const bits = entropy(value);
    if (bits < pattern.entropy) return undefined;
    reasons.push(`${bits.toFixed(1)} bits of entropy a character`);
  }
  if (pattern.checksum !== undefined) {
    const proof = checksums[pattern.checksum]!(value);
    if (proof === undefined) return { ...candidate, reasons, disproved: true };
    reasons.push(proof);
  }
  if (unless.length > 0) {
    const around = lineAround(text, start, end);
    if (unless.some((u) => u.test(value) || u.test(around))) return undefined;
  }
  return { ...candidate, reasons, disproved: false };
}

/** The line of a value, or as much of it as stands close by. */
function lineAround(text: string, start: number, end: number): string {
  const before = text.slice(Math.max(0, start - lineReach), start);
  const after = text.slice(end, end + lineReach);
  const lineEnd = after.search(/[\r\n]/);
  return (
    before.slice(Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1) +
    text.slice(start, Math.min(end, start + 512)) +
    (lineEnd < 0 ? after : after.slice(0, lineEnd))
  );
}

/** Of findings that share characters the most specific stays: a vendor's form before a name, a surer rule before a less sure one. */
function withoutOverlaps(candidates: Candidate[]): readonly Candidate[] {
  candidates.sort((a, b) => a.span.start - b.span.start || specificity(b) - specificity(a) || b.span.end - a.span.end);
  const kept: Candidate[] = [];
  for (const candidate of candidates) {
    const last = kept.at(-1);
    if (!last || candidate.span.start >= last.span.end) kept.push(candidate);
    else if (specificity(candidate) > specificity(last)) kept[kept.length - 1] = candidate;
  }
  return kept;
}

function specificity({ rule, pattern, disproved }: Candidate): number {
  if (disproved) return 9;
  const confidence = { high: 4, medium: 2, low: 0 }[rule.confidence];
  return (pattern.literal === undefined ? 10 : 0) + confidence + (pattern.checksum === undefined ? 0 : 1);
}
