import { createScanner } from 'jsonc-parser';
import type { Entry, Node, ScalarValue, Span } from '../engine/tree.ts';
import type { SourceDocument } from '../engine/types.ts';
import type { Parse, Parsed, Problem } from './parsed.ts';

// The scanner's token kinds; its own enums are ambient constants, which isolated modules can't import.
const openBrace = 1;
const closeBrace = 2;
const openBracket = 3;
const closeBracket = 4;
const comma = 5;
const colon = 6;
const nullWord = 7;
const trueWord = 8;
const falseWord = 9;
const string = 10;
const number = 11;
const end = 17;

/** An object or array that is still open; an object keeps the key that waits for its value. */
interface Frame {
  readonly kind: 'map' | 'list';
  readonly entries: Entry[];
  readonly items: Node[];
  readonly start: number;
  /** The indentation of the line where it opens. */
  readonly indent: number;
  /** Its entries stand no deeper than itself: indentation says nothing about it. */
  flat: boolean;
  key: { readonly name: string; readonly span: Span; colon: boolean } | undefined;
}

/** Below this depth objects and arrays are unknown, so that no consumer needs to fear for its stack. */
const deepest = 400;

/** Characters that may be read again in search of the place where a bracket is missing: about 30 ms. */
const mostRepaired = 500_000;

/**
 * JSON with comments and trailing commas. Half-typed text keeps all it can: a key without a value is null, a missing comma is assumed where
 * the next key shows that it is missing. Where brackets don't match, the indentation says what belongs where: at one place if that explains
 * everything, else throughout.
 */
export const parseJson: Parse = (document) => {
  const plain = read(document, () => false);
  if (plain.balanced) return plain.parsed;
  const indented = read(document, () => true);
  let best: Reading | undefined;
  let budget = mostRepaired;
  for (const place of indented.bent) {
    budget -= document.text.length;
    if (budget < 0) break;
    const tried = read(document, (offset) => offset === place);
    if (tried.balanced && (!best || tried.crooked < best.crooked)) best = tried;
  }
  return (best ?? indented).parsed;
};

interface Reading {
  readonly parsed: Parsed;
  readonly balanced: boolean;
  /** Offsets of tokens where the indentation overruled the brackets. */
  readonly bent: readonly number[];
  /** Closing brackets that begin a line at another column than the line of their partner. */
  readonly crooked: number;
}

/** Reads the text; at the tokens that `trusts` names, the indentation of their line wins over brackets. */
function read(document: SourceDocument, trusts: (offset: number) => boolean): Reading {
  const { text } = document;
  const scanner = createScanner(text, true);
  if (text.charCodeAt(0) === 0xfeff) scanner.setPosition(1);
  const roots: Node[] = [];
  const problems: Problem[] = [];
  const stack: Frame[] = [];
  const open = { map: 0, list: 0 };
  const bent: number[] = [];
  let last = 0;
  let balanced = true;
  let crooked = 0;
  let indent = 0;

  const mismatch = (span: Span, message: string): void => {
    balanced = false;
    problems.push({ span, message });
  };

  const push = (kind: Frame['kind'], start: number, column: number): void => {
    open[kind]++;
    stack.push({ kind, entries: [], items: [], start, indent: column, flat: false, key: undefined });
  };

  const rootless = /^\uFEFF?\s*(?="(?:[^"\\\n]|\\.)*"\s*:)/.exec(text);
  if (rootless) {
    const start = rootless[0].length;
    problems.push({ span: { start, end: start + 1 }, message: 'an opening bracket was expected' });
    push('map', start, -1);
  }

  const attach = (node: Node): void => {
    const frame = stack.at(-1);
    if (!frame) {
      if (roots.length === 0 || node.kind !== 'scalar') roots.push(node);
    } else if (frame.kind === 'list') frame.items.push(node);
    else if (frame.key) {
      const { name, span } = frame.key;
      frame.entries.push({ key: name, keySpan: span, span: { start: span.start, end: node.span.end }, value: node });
      frame.key = undefined;
    } else problems.push({ span: node.span, message: 'a key was expected' });
  };

  /** A key without a value stands for null. */
  const settle = (frame: Frame | undefined): void => {
    const key = frame?.key;
    if (!frame || !key) return;
    problems.push({ span: key.span, message: key.colon ? 'a value was expected' : 'a colon was expected' });
    const at = key.colon ? Math.max(key.span.end, text.indexOf(':', key.span.end) + 1) : key.span.end;
    attach({ kind: 'scalar', value: null, span: { start: at, end: at } });
  };

  const close = (at: number): void => {
    settle(stack.at(-1));
    const frame = stack.pop();
    if (!frame) return;
    open[frame.kind]--;
    const span = { start: frame.start, end: at };
    if (stack.length >= deepest) attach({ kind: 'unknown', refs: [], span });
    else attach(frame.kind === 'map' ? { kind: 'map', entries: frame.entries, span } : { kind: 'list', items: frame.items, span });
  };

  const scalar = (value: ScalarValue, span: Span): void => {
    const frame = stack.at(-1);
    if (frame?.kind === 'map' && typeof value === 'string' && !frame.key?.colon) {
      settle(frame);
      frame.key = { name: value, span, colon: false };
      return;
    }
    if (frame?.kind === 'map' && frame.key && !frame.key.colon) settle(frame);
    attach({ kind: 'scalar', value, span });
  };

  /** A colon after a string that was taken for a value or an item: the string is the next key. */
  const reread = (span: Span): void => {
    let frame = stack.at(-1);
    if (frame?.kind === 'list' && stack.at(-2)?.kind === 'map') {
      const item = frame.items.at(-1);
      if (item?.kind !== 'scalar' || typeof item.value !== 'string' || item.span.end !== last) return;
      frame.items.pop();
      const column = columnOf(text, item.span.start);
      if (column !== undefined && column > frame.indent && /^[ \t]*\r?\n/.test(text.slice(frame.start + 1, frame.start + 100))) {
        problems.push({ span: item.span, message: 'an opening bracket was expected' });
        const before = frame.items.at(-1);
        const indent = (before && columnOf(text, before.span.start)) ?? (frame.indent + column) >> 1;
        push('map', item.span.start, indent);
      } else {
        mismatch(item.span, 'a closing bracket was expected');
        close(frame.items.at(-1)?.span.end ?? frame.start + 1);
      }
      frame = stack.at(-1);
      if (frame) frame.key = { name: item.value, span: item.span, colon: true };
      return;
    }
    const entry = frame?.entries.at(-1);
    if (!frame || entry?.value.kind !== 'scalar' || typeof entry.value.value !== 'string' || entry.value.span.end !== last) {
      problems.push({ span, message: 'a colon was not expected' });
      return;
    }
    const { value } = entry;
    frame.entries.pop();
    frame.key = { name: entry.key, span: entry.keySpan, colon: true };
    settle(frame);
    frame.key = { name: String(value.value), span: value.span, colon: true };
  };

  /** Closes what can't hold a line that begins at this column; whether there was any. */
  const dedent = (column: number): boolean => {
    const before = stack.length;
    const holds = (frame: Frame): boolean => (frame.flat ? frame.indent <= column : frame.indent < column);
    for (let frame = stack.at(-1); frame && !holds(frame); frame = stack.at(-1)) {
      problems.push({ span: { start: last, end: last }, message: 'a closing bracket was expected' });
      close(last);
    }
    return stack.length < before;
  };

  for (;;) {
    const token: number = scanner.scan();
    const span = { start: scanner.getTokenOffset(), end: scanner.getPosition() };
    const column = columnOf(text, span.start);
    const trusted = column !== undefined && trusts(span.start);
    if (column !== undefined) indent = column;
    if (column !== undefined && (token === openBrace || token === openBracket || token >= nullWord) && token !== end) {
      const inner = stack.at(-1);
      if (inner && column <= inner.indent && inner.entries.length + inner.items.length === 0 && !inner.key) inner.flat = true;
      if (trusted && dedent(column)) bent.push(span.start);
    }
    const frame = stack.at(-1);
    switch (token) {
      case end:
        if (stack.length > 0) mismatch({ start: last, end: last }, 'a closing bracket was expected');
        while (stack.length > 0) close(last);
        return { parsed: { document, trees: roots, problems }, balanced, bent, crooked };
      case openBrace:
      case openBracket:
        if (frame?.kind === 'map' && frame.key && !frame.key.colon) settle(frame);
        push(token === openBrace ? 'map' : 'list', span.start, indent);
        break;
      case closeBrace:
      case closeBracket: {
        const kind = token === closeBrace ? 'map' : 'list';
        const fits = (f: Frame): boolean => f.kind === kind && (!trusted || f.indent === column);
        const depth = open[kind] > 0 ? stack.findLastIndex(fits) : -1;
        if (trusted && depth < stack.length - 1) {
          bent.push(span.start);
          problems.push({ span, message: 'this bracket closes nothing that is open' });
        } else if (depth < 0 || depth < stack.length - 1) mismatch(span, 'this bracket closes nothing that is open');
        else if (column !== undefined && frame!.indent !== column) crooked++;
        if (depth >= 0) {
          while (stack.length - 1 > depth) close(last);
          close(span.end);
        }
        break;
      }
      case comma:
        settle(frame);
        break;
      case colon:
        if (frame?.kind === 'map' && frame.key && !frame.key.colon) frame.key.colon = true;
        else reread(span);
        break;
      case string:
        if (Number(scanner.getTokenError()) > 0) problems.push({ span, message: 'this string is not well formed' });
        scalar(scanner.getTokenValue(), span);
        break;
      case number: {
        const source = scanner.getTokenValue();
        const value = Number(source);
        scalar(Number.isInteger(value) && !Number.isSafeInteger(value) ? source : value, span);
        break;
      }
      case nullWord:
      case trueWord:
      case falseWord:
        scalar(token === nullWord ? null : token === trueWord, span);
        break;
      default:
        problems.push({ span, message: 'this is not JSON' });
    }
    last = span.end;
  }
}

/** The column of what begins a line; undefined for what stands behind something else. */
function columnOf(text: string, offset: number): number | undefined {
  let start = offset;
  while (start > 0 && (text.charCodeAt(start - 1) === 32 || text.charCodeAt(start - 1) === 9)) start--;
  const before = text.charCodeAt(start - 1);
  return start === 0 || before === 10 || before === 13 || before === 0xfeff ? offset - start : undefined;
}
