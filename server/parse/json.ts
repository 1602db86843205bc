import { createScanner } from 'jsonc-parser';
import type { Entry, Node, ScalarValue, Span } from '../engine/tree.ts';
import type { Parse, Problem } from './parsed.ts';

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
  key: { readonly name: string; readonly span: Span; colon: boolean } | undefined;
}

/** Below this depth objects and arrays are unknown, so that no consumer needs to fear for its stack. */
const deepest = 400;

/**
 * JSON with comments and trailing commas. Half-typed text keeps all it can: a key without a value is null, a missing bracket or comma is
 * assumed where the next key shows that it is missing.
 */
export const parseJson: Parse = (document) => {
  const { text } = document;
  const scanner = createScanner(text, true);
  if (text.charCodeAt(0) === 0xfeff) scanner.setPosition(1);
  const roots: Node[] = [];
  const problems: Problem[] = [];
  const stack: Frame[] = [];
  const open = { map: 0, list: 0 };
  let last = 0;

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
      problems.push({ span: item.span, message: 'a closing bracket was expected' });
      close(frame.items.at(-1)?.span.end ?? frame.start + 1);
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

  for (;;) {
    const token: number = scanner.scan();
    const span = { start: scanner.getTokenOffset(), end: scanner.getPosition() };
    const frame = stack.at(-1);
    switch (token) {
      case end:
        if (stack.length > 0) problems.push({ span: { start: last, end: last }, message: 'a closing bracket was expected' });
        while (stack.length > 0) close(last);
        return { document, trees: roots, problems };
      case openBrace:
      case openBracket:
        if (frame?.kind === 'map' && frame.key && !frame.key.colon) settle(frame);
        open[token === openBrace ? 'map' : 'list']++;
        stack.push({ kind: token === openBrace ? 'map' : 'list', entries: [], items: [], start: span.start, key: undefined });
        break;
      case closeBrace:
      case closeBracket: {
        const kind = token === closeBrace ? 'map' : 'list';
        const depth = open[kind] > 0 ? stack.findLastIndex((f) => f.kind === kind) : -1;
        if (depth < 0 || depth < stack.length - 1) problems.push({ span, message: 'this bracket closes nothing that is open' });
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
};
