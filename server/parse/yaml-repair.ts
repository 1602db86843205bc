import { isMap, isNode, isScalar, parseAllDocuments, visit, type Document, type ParsedNode } from 'yaml';
import type { Span } from '../engine/tree.ts';
import type { Problem } from './parsed.ts';

/** A YAML stream as the parser sees it. */
export interface Stream {
  readonly documents: readonly Document.Parsed<ParsedNode>[];
  readonly problems: readonly Problem[];
  /** A map is used as a key: what `{{ … }}` outside of quotes looks like to YAML. */
  readonly foreign: boolean;
}

const options = { uniqueKeys: false, prettyErrors: false, logLevel: 'silent' } as const;
/** Characters that may be parsed again in search of a better reading: about 60 ms. */
const mostRepaired = 400_000;
/** Lines above and below a problem that an attempt to mend it is judged by. */
const around = 25;
/** What an attempt costs apart from its length, in characters. */
const price = 5_000;
/** The parser recurses: deeper texts could exhaust the stack, which a regular expression met there does not survive. */
const deepest = 600;
/** Characters that a window may go on for to reach the next entry. */
const longestWindow = 20_000;
/** With more of them a text is no YAML, and not half-typed. */
const mostProblems = 2000;

/** Parses a YAML stream as it stands. */
export function compose(text: string): Attempt {
  return attempt(text, false);
}

/**
 * A half-typed line (`imag`, `image: "nginx`) or a lost one can swallow its neighbours; then a few characters are replaced, or lines blanked with
 * spaces, and the text is parsed again, as long as that brings more keys to light or leaves fewer problems. Offsets stay. The problems are those of the
 * text as it stands.
 */
export function mend(stream: Attempt): Stream {
  const { documents } = mended(stream, { left: mostRepaired });
  return { documents, problems: stream.problems, foreign: stream.foreign };
}

/** Characters that may still be parsed. */
interface Budget {
  left: number;
}

function mended(from: Attempt, budget: Budget): Attempt {
  let best = from;
  for (let round = 0; round < 4 && best.documents.length > 0 && best.problems.length > 0 && best.problems.length < mostProblems; round++) {
    const better = mendedNear(best, budget) ?? mendedOnce(best, budget);
    if (!better) break;
    best = better;
  }
  return best;
}

/** Mends the lines around the first problem by themselves, which in a long text costs little. Undefined when that does the whole no good. */
function mendedNear(from: Attempt, budget: Budget): Attempt | undefined {
  const { start, end } = windowAround(from.text, from.problems[0]!.span.start);
  if (end - start > from.text.length / 2) return undefined;
  const near = tryout(from.text.slice(start, end), budget);
  const better = near && mended(near, budget);
  if (!better || better === near) return undefined;
  const whole = tryout(from.text.slice(0, start) + better.text + from.text.slice(end), budget);
  return whole && whole.score > from.score ? whole : undefined;
}

/** The best of the edits. */
function mendedOnce(from: Attempt, budget: Budget): Attempt | undefined {
  let better: Attempt | undefined;
  for (const edit of candidates(from)) {
    const tried = tryout(from.text.slice(0, edit.start) + edit.text + from.text.slice(edit.start + edit.text.length), budget);
    if (!tried) break;
    if (tried.score > (better ?? from).score) better = tried;
    // Those that come first destroy least.
    if (better?.problems.length === 0) break;
  }
  return better;
}

/** Undefined when the budget is spent. */
function tryout(text: string, budget: Budget): Attempt | undefined {
  budget.left -= text.length + price;
  return budget.left < 0 ? undefined : attempt(text, true);
}

/** Some lines around an offset that are YAML by themselves: whole entries of one map, or items of one list. */
function windowAround(text: string, offset: number): Span {
  let start = lineStart(text, offset);
  let least = column(text, start) ?? Infinity;
  for (let lines = 0; lines < around && start > 0; lines++) {
    start = lineStart(text, start - 1);
    least = Math.min(least, column(text, start) ?? Infinity);
  }
  let end = lineEnd(text, offset);
  for (let lines = 0; lines < around && end < text.length; lines++) {
    least = Math.min(least, column(text, end + 1) ?? Infinity);
    end = lineEnd(text, end + 1);
  }
  // Up to where an entry begins at the least column, and down to where the next one would. A list may stand at the column of its key.
  const begins = (at: number): boolean => (column(text, at) ?? Infinity) <= least && !text.startsWith('-', at + (column(text, at) ?? 0));
  const stop = Math.max(0, start - longestWindow);
  while (start > stop && !begins(start)) start = lineStart(text, start - 1);
  while (end < text.length && end - offset < longestWindow && (column(text, end + 1) ?? Infinity) > least) end = lineEnd(text, end + 1);
  return { start, end };
}

/** A reading of a text, and what it is worth. */
export interface Attempt extends Stream {
  readonly text: string;
  readonly score: number;
}

function attempt(text: string, count: boolean): Attempt {
  let documents: Document.Parsed<ParsedNode>[] = [];
  let problems: Problem[];
  try {
    if (isTooDeep(text)) throw new RangeError();
    const stream = parseAllDocuments<ParsedNode>(text, options);
    if (Array.isArray(stream)) documents = stream as Document.Parsed<ParsedNode>[];
    problems = documents.flatMap((d) => d.errors.map((e) => ({ span: { start: e.pos[0], end: e.pos[1] }, message: e.message })));
  } catch (error) {
    problems = [{ span: { start: 0, end: 0 }, message: error instanceof RangeError ? 'nested too deeply' : 'cannot be read as YAML' }];
  }
  let foreign = false;
  let entries = 0;
  if (count || problems.length > 0 || text.includes('{{')) {
    for (const d of documents) {
      visitSafely(d, (isComplex) => {
        entries++;
        foreign ||= isComplex;
      });
    }
  }
  return { text, documents, problems, foreign, score: entries - 3 * problems.length };
}

/** Whether brackets, indentation or `- - -` nest too deeply. Brackets in texts are taken for others, but lines at the margin start afresh. */
function isTooDeep(text: string): boolean {
  let brackets = 0;
  const columns: number[] = [];
  let at = 0;
  while (at < text.length) {
    const begin = at;
    // The line's own column, and those of the items and keys that begin in it.
    for (let here = begin; ; here++) {
      const c = text.charCodeAt(here);
      if (c === 32) continue;
      const marker = (c === 45 || c === 63) && text.charCodeAt(here + 1) === 32;
      if (c !== 10 && c !== 13) {
        while (columns.length > 0 && columns.at(-1)! >= here - begin) columns.pop();
        columns.push(here - begin);
      }
      if (marker) continue;
      if (here === begin && ((c >= 65 && c <= 90) || (c >= 97 && c <= 122))) brackets = 0;
      at = here;
      break;
    }
    for (; at < text.length && text.charCodeAt(at) !== 10; at++) {
      const c = text.charCodeAt(at);
      if (c === 91 || c === 123) brackets++;
      else if ((c === 93 || c === 125) && brackets > 0) brackets--;
      if (brackets > deepest) return true;
    }
    if (columns.length > deepest) return true;
    at++;
  }
  return false;
}

function visitSafely(document: Document.Parsed<ParsedNode>, onPair: (complexKey: boolean) => void): void {
  try {
    visit(document, { Pair: (_, pair) => onPair(isNode(pair.key) && !isScalar(pair.key) && isMap(pair.key)) });
  } catch {
    // Nested too deeply to be counted: no repair.
  }
}

/** Characters that take the place of as many. */
interface Edit {
  readonly start: number;
  readonly text: string;
}

/** What might mend the text, for each of the first problems. */
function candidates(attempt: Attempt): readonly Edit[] {
  const found = new Map<string, Edit>();
  for (const { span } of attempt.problems.slice(0, 3)) {
    for (const edit of mends(attempt, span)) {
      const key = `${edit.start} ${edit.text}`;
      if (!found.has(key)) found.set(key, edit);
    }
  }
  return [...found.values()];
}

/** What might mend the text where a problem is; the mildest first. */
function* mends({ text, documents }: Attempt, span: Span): Generator<Edit> {
  const line = restOfLine(text, span.start);
  const content = text.slice(line.start, line.end);
  const after = linesAfter(text, line);
  // `contain` above what it is to hold: the key that it will be.
  if (/^[^\s:#'"{[][^:#]*$/.test(content) && after.first >= 0) yield { start: line.start + content.trimEnd().length - 1, text: ':' };
  // A text with `: ` in it that lost its quote.
  const colon = text.slice(span.start, line.end).search(/:(?=\s)/);
  if (colon > 0) yield { start: span.start + colon, text: ' ' };
  const before = linesBefore(text, line);
  if (before && content !== text.slice(line.begin, line.end)) {
    // The items of a list, the first of which lost its first line.
    const dash = /^ *(?=-\s)/.exec(text.slice(line.begin, line.end))?.[0].length;
    if (dash !== undefined && /^ {2}/.test(text.slice(before.start + dash))) yield { start: before.start + dash, text: '- ' };
  }
  const quote = openQuote(documents, span.start);
  if (quote !== undefined) {
    // A quote that opens a key leaves nothing of its line; one that opens a value leaves the value.
    const opened = restOfLine(text, quote);
    yield opened.start === quote ? blank(text, opened.start, opened.end) : { start: quote, text: ' ' };
  }
  // A line that goes back half the way: the key of the lines above it stood at its column.
  if (before?.between) yield blank(text, before.start, before.end);
  yield blank(text, line.start, line.end);
  // Lines whose key is lost: those below the line, with or without it, or those above it.
  if (after.end > line.end) {
    yield blank(text, line.end, after.end);
    yield blank(text, line.start, after.end);
  }
  if (before) yield blank(text, before.start, before.end);
}

/** The opening quote of the last quoted scalar before `offset` that runs over a line end. */
function openQuote(documents: readonly Document.Parsed<ParsedNode>[], offset: number): number | undefined {
  let quote: number | undefined;
  for (const d of documents) {
    try {
      visit(d, {
        Scalar: (_, scalar) => {
          const start = scalar.range?.[0];
          if (start === undefined || start > offset || !scalar.type?.startsWith('QUOTE')) return;
          if (scalar.source?.includes('\n') || (scalar.range?.[1] ?? 0) >= offset) quote = start;
        },
      });
    } catch {
      return undefined;
    }
  }
  return quote;
}

interface Line {
  /** Where the line begins. */
  readonly begin: number;
  /** Behind its indentation and its `- `, so that a list keeps its item. */
  readonly start: number;
  readonly end: number;
}

/** The line that holds `offset`; the next one that holds something, where `offset` is at the end of a line. */
function restOfLine(text: string, offset: number): Line {
  const begin = lineStart(text, offset);
  let end = lineEnd(text, offset);
  if (text.charCodeAt(end - 1) === 13) end--;
  const lead = /^[ \t]*(?:-[ \t]+)*/.exec(text.slice(begin, Math.min(end, begin + 1000)))?.[0].length ?? 0;
  return { begin, start: begin + lead, end };
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', Math.max(0, offset - 1)) + 1;
}

function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end;
}

/** The column of the first character of the line at `begin`; undefined for a line without any. */
function column(text: string, begin: number): number | undefined {
  let at = begin;
  while (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9) at++;
  const c = text.charCodeAt(at);
  return c === 10 || c === 13 || Number.isNaN(c) ? undefined : at - begin;
}

/** The deeper lines below a line: where the first begins (-1 for none; a list may stand at the same column), and where the last ends. */
function linesAfter(text: string, { start, end, begin }: Line): { first: number; end: number } {
  const own = start - begin;
  let first = -1;
  let last = end;
  for (let at = text.indexOf('\n', end) + 1; at > 0 && at < text.length; at = text.indexOf('\n', at) + 1) {
    const here = column(text, at);
    if (here === undefined) continue;
    if (here < own || (here === own && !text.startsWith('- ', at + here))) break;
    if (first < 0) first = at;
    const stop = text.indexOf('\n', at);
    last = stop < 0 ? text.length : stop;
  }
  return { first, end: last };
}

/** The deeper lines right above a line, and whether the one above them stands less deep; undefined when there are none. */
function linesBefore(text: string, { begin }: Line): { start: number; end: number; between: boolean } | undefined {
  const own = column(text, begin) ?? 0;
  let start = -1;
  let between = false;
  for (let at = begin; at > 0;) {
    at = text.lastIndexOf('\n', at - 2) + 1;
    const here = column(text, at);
    if (here === undefined) continue;
    between = here < own;
    if (here <= own) break;
    start = at;
  }
  return start < 0 ? undefined : { start, end: begin - 1, between };
}

function blank(text: string, start: number, end: number): Edit {
  return { start, text: text.slice(start, end).replace(/[^\r\n]/g, ' ') };
}
