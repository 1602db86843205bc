import { isMap, isNode, isScalar, parseAllDocuments, visit, type Document, type ParsedNode } from 'yaml';
import type { Problem } from './parsed.ts';

/** A YAML stream as the parser sees it. */
export interface Stream {
  readonly documents: readonly Document.Parsed<ParsedNode>[];
  readonly problems: readonly Problem[];
  /** Errors, or a map used as a key: what `{{ … }}` outside of quotes looks like to YAML. */
  readonly foreign: boolean;
}

const options = { uniqueKeys: false, prettyErrors: false, logLevel: 'silent' } as const;
/** Characters that may be parsed again in search of a better reading: about 30 ms. */
const mostRepaired = 200_000;
/** With more of them a text is no YAML, and not half-typed. */
const mostProblems = 2000;

/**
 * Parses a YAML stream. A half-typed line (`imag`, `image: "nginx`) can swallow its neighbours; then the line, or the quote, is blanked with
 * spaces and the text is parsed again, as long as that brings more keys to light. Offsets stay. The problems are those of the first parse.
 */
export function compose(text: string): Stream {
  let best = attempt(text, false);
  const { problems, foreign } = best;
  let budget = mostRepaired;
  for (let round = 0; round < 4 && best.problems.length > 0 && best.problems.length < mostProblems; round++) {
    let better: Attempt | undefined;
    for (const candidate of candidates(best)) {
      budget -= text.length;
      if (budget < 0) break;
      const tried = attempt(candidate, true);
      if (tried.score > (better ?? best).score) better = tried;
    }
    if (!better) break;
    best = better;
  }
  return { documents: best.documents, problems, foreign };
}

interface Attempt extends Stream {
  readonly text: string;
  readonly score: number;
}

function attempt(text: string, count: boolean): Attempt {
  let documents: Document.Parsed<ParsedNode>[] = [];
  let problems: Problem[];
  try {
    const stream = parseAllDocuments<ParsedNode>(text, options);
    if (Array.isArray(stream)) documents = stream as Document.Parsed<ParsedNode>[];
    problems = documents.flatMap((d) => d.errors.map((e) => ({ span: { start: e.pos[0], end: e.pos[1] }, message: e.message })));
  } catch (error) {
    // The parser recurses by nesting; a text that exhausts the stack has no tree.
    problems = [{ span: { start: 0, end: 0 }, message: error instanceof RangeError ? 'nested too deeply' : 'cannot be read as YAML' }];
  }
  let foreign = problems.length > 0;
  let entries = 0;
  if (count || foreign || text.includes('{{')) {
    for (const d of documents) {
      visitSafely(d, (isComplex) => {
        entries++;
        foreign ||= isComplex;
      });
    }
  }
  return { text, documents, problems, foreign, score: entries - problems.length };
}

function visitSafely(document: Document.Parsed<ParsedNode>, onPair: (complexKey: boolean) => void): void {
  try {
    visit(document, { Pair: (_, pair) => onPair(isNode(pair.key) && !isScalar(pair.key) && isMap(pair.key)) });
  } catch {
    // Nested too deeply to be counted: no repair.
  }
}

/** The text with one suspicious piece blanked, for each of the first problems. */
function* candidates({ text, documents, problems }: Attempt): Generator<string> {
  const seen = new Set<number>();
  for (const { span } of problems.slice(0, 3)) {
    const quote = openQuote(documents, span.start);
    if (quote !== undefined && !seen.has(quote)) {
      seen.add(quote);
      // A quote that opens a key leaves nothing of its line; one that opens a value leaves the value.
      const line = restOfLine(text, quote);
      yield line.start === quote ? blank(text, line.start, line.end) : blank(text, quote, quote + 1);
    }
    const { start, end } = restOfLine(text, span.start);
    if (start >= end || seen.has(start)) continue;
    seen.add(start);
    yield blank(text, start, end);
  }
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

/** The line that holds `offset` without its indentation and its `- `, so that the list keeps its item. */
function restOfLine(text: string, offset: number): { start: number; end: number } {
  const lineStart = text.lastIndexOf('\n', Math.max(0, offset - 1)) + 1;
  let end = text.indexOf('\n', offset);
  if (end < 0) end = text.length;
  if (text.charCodeAt(end - 1) === 13) end--;
  const lead = /^[ \t]*(?:-[ \t]+)*/.exec(text.slice(lineStart, Math.min(end, lineStart + 1000)))?.[0].length ?? 0;
  return { start: lineStart + lead, end };
}

function blank(text: string, start: number, end: number): string {
  return text.slice(0, start) + ' '.repeat(end - start) + text.slice(end);
}
