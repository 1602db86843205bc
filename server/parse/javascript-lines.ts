import type { Span } from '../engine/tree.ts';

/** A line of code as the tolerant scanner sees it. */
export interface CodeLine {
  readonly start: number;
  /** Without the line end. */
  readonly end: number;
  /** The first character that is not white space, or `end`. */
  readonly first: number;
  readonly indent: number;
  /** Starts inside a template literal or a block comment. */
  readonly inside: boolean;
  /** Holds something other than white space and comments. */
  readonly code: boolean;
}

export interface Bracket {
  readonly at: number;
  readonly char: string;
  readonly line: number;
}

export interface Scan {
  readonly lines: readonly CodeLine[];
  /** Block comments. */
  readonly comments: readonly Span[];
  readonly brackets: readonly Bracket[];
}

const closerOf: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const openerOf: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
export const closer = (char: string): string => closerOf[char] ?? '';
export const opener = (char: string): string => openerOf[char] ?? '';

const wordBeforeRegex = /(?:^|[^\w$.])(?:return|typeof|case|in|of|do|else|void|delete|throw|new|instanceof|yield|await|default|extends)$/;

/** Lines and brackets of half-typed code. A string ends at its line's end at the latest; a template only at a backtick. */
export function scan(text: string, from = 0, to = text.length): Scan {
  const lines: CodeLine[] = [];
  const brackets: Bracket[] = [];
  const comments: Span[] = [];
  /** Depths of `{` at which a `${` was opened. */
  const templates: number[] = [];
  let depth = 0;
  let at = from;
  let inTemplate = false;
  let inComment = false;
  let comment = from;
  /** The last significant character and where it was, to tell a regex from a division. */
  let last = -1;
  while (at <= to) {
    const start = at;
    let end = at;
    while (end < to && text.charCodeAt(end) !== 10 && text.charCodeAt(end) !== 13) end++;
    let first = start;
    let indent = 0;
    for (; first < end; first++) {
      const c = text.charCodeAt(first);
      if (c === 32) indent++;
      else if (c === 9) indent += 4;
      else if (c !== 0xfeff && c !== 0xa0) break;
    }
    const inside = inTemplate || inComment;
    let code = inTemplate;
    while (at < end) {
      if (inComment) {
        const close = text.indexOf('*/', at);
        if (close < 0 || close >= end) at = end;
        else {
          at = close + 2;
          inComment = false;
          comments.push({ start: comment, end: at });
        }
        continue;
      }
      const char = text[at]!;
      if (inTemplate) {
        if (char === '\\') at += 2;
        else if (char === '`') {
          inTemplate = false;
          last = at;
          at++;
        } else if (char === '$' && text[at + 1] === '{') {
          templates.push(depth);
          inTemplate = false;
          last = at + 1;
          at += 2;
        } else at++;
        continue;
      }
      if (char === ' ' || char === '\t') {
        at++;
        continue;
      }
      if (char === '/' && text[at + 1] === '/') break;
      if (char === '/' && text[at + 1] === '*') {
        inComment = true;
        comment = at;
        at += 2;
        continue;
      }
      code = true;
      const before = last;
      last = at;
      if (char === '"' || char === "'") {
        at = stringEnd(text, at, end);
      } else if (char === '`') {
        inTemplate = true;
        at++;
      } else if (char === '(' || char === '[' || char === '{') {
        brackets.push({ at, char, line: lines.length });
        if (char === '{') depth++;
        at++;
      } else if (char === ')' || char === ']' || char === '}') {
        if (char === '}' && templates.length && templates.at(-1) === depth) {
          templates.pop();
          inTemplate = true;
        } else {
          brackets.push({ at, char, line: lines.length });
          if (char === '}') depth = Math.max(templates.at(-1) ?? 0, depth - 1);
        }
        at++;
      } else if (char === '/' && regexMayStart(text, before)) {
        at = regexEnd(text, at, end);
      } else at++;
      if (at > last + 1) last = Math.min(at, end) - 1;
    }
    lines.push({ start, end, first, indent, inside, code });
    at = end + (text.charCodeAt(end) === 13 && text.charCodeAt(end + 1) === 10 ? 2 : 1);
  }
  if (inComment) comments.push({ start: comment, end: to });
  return { lines, brackets, comments };
}

/** Whether brackets nest deeper than `limit`. */
export function nestsDeeper(text: string, limit: number): boolean {
  // Counted roughly first, texts and comments included: few files come near.
  let depth = 0;
  let most = 0;
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c === 40 || c === 91 || c === 123) {
      if (++depth > most) most = depth;
    } else if ((c === 41 || c === 93 || c === 125) && depth > 0) depth--;
  }
  if (most <= limit) return false;
  depth = 0;
  for (const { char } of scan(text).brackets) {
    if (char in closerOf) depth++;
    else if (depth > 0) depth--;
    if (depth > limit) return true;
  }
  return false;
}

function stringEnd(text: string, from: number, end: number): number {
  const quote = text[from];
  for (let at = from + 1; at < end; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === quote) return at + 1;
  }
  return end;
}

function regexMayStart(text: string, before: number): boolean {
  if (before < 0) return true;
  const char = text[before]!;
  if (/[\w$]/.test(char)) return wordBeforeRegex.test(text.slice(Math.max(0, before - 11), before + 1));
  return !/[)\]}"'`.]/.test(char);
}

function regexEnd(text: string, from: number, end: number): number {
  let inClass = false;
  for (let at = from + 1; at < end; at++) {
    const char = text[at];
    if (char === '\\') at++;
    else if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
    else if (char === '/' && !inClass) return at + 1;
  }
  return from + 1;
}

/** Brackets of `[from, to)` that stay open, and closers that close nothing, both in the order of the text. */
export function unmatched(brackets: readonly Bracket[], from: number, to: number): { open: Bracket[]; close: Bracket[] } {
  const open: Bracket[] = [];
  const close: Bracket[] = [];
  for (const bracket of brackets) {
    if (bracket.at < from || bracket.at >= to) continue;
    if (bracket.char in closerOf) open.push(bracket);
    else if (open.length && closerOf[open.at(-1)!.char] === bracket.char) open.pop();
    else if (open.length > 1 && closerOf[open.at(-2)!.char] === bracket.char) open.length -= 2;
    else if (!open.length) close.push(bracket);
  }
  return { open, close };
}

/**
 * Lines that look damaged by their indentation: the line of a bracket whose partner stands at another indentation, or the
 * line before which a closer is missing. Most telling first.
 */
export function suspects({ lines, brackets }: Scan): number[] {
  const found: number[] = [];
  const stack: Bracket[] = [];
  const lastCode = (before: number): number => {
    for (let i = before - 1; i >= 0; i--) if (lines[i]!.code) return i;
    return 0;
  };
  for (const bracket of brackets) {
    if (found.length > 5) break;
    if (bracket.char in closerOf) {
      stack.push(bracket);
      continue;
    }
    const line = lines[bracket.line]!;
    const top = stack.pop();
    const leads = line.first === bracket.at;
    const matches = top && closerOf[top.char] === bracket.char;
    if (matches && (!leads || lines[top.line]!.indent === line.indent || top.line === bracket.line)) continue;
    if (!top || (leads && lines[top.line]!.indent < line.indent)) {
      // A closer too many: its opener's line is the last one at the same indentation.
      let header = bracket.line - 1;
      while (header > 0 && (!lines[header]!.code || lines[header]!.inside || lines[header]!.indent > line.indent)) header--;
      found.push(Math.max(0, header), bracket.line, lastCode(bracket.line));
      break;
    }
    // A closer is missing: before the first line that is not indented deeper than the opener's line.
    const opened = lines[top.line]!;
    let gap = top.line + 1;
    while (gap < bracket.line && (!lines[gap]!.code || lines[gap]!.inside || lines[gap]!.indent > opened.indent)) gap++;
    if (top.line !== bracket.line && lastOnLine(top, opened, brackets)) found.push(gap, lastCode(gap), top.line);
    else found.push(top.line, bracket.line);
    break;
  }
  if (!found.length && stack.length) {
    const top = stack.at(-1)!;
    let gap = top.line + 1;
    while (gap < lines.length && (!lines[gap]!.code || lines[gap]!.inside || lines[gap]!.indent > lines[top.line]!.indent)) gap++;
    found.push(Math.min(gap, lines.length - 1), top.line, lastCode(gap));
  }
  return [...new Set(found)];
}

const lastOnLine = (bracket: Bracket, line: CodeLine, brackets: readonly Bracket[]): boolean =>
  !brackets.some((b) => b.at > bracket.at && b.at < line.end);
