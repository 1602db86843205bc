import type { Entry, MapNode } from '../tree.ts';
import type { Json, TextEdit } from '../types.ts';
import { indentAt, lineEnd, lineStart, newlineOf } from './text.ts';

type Members = Readonly<Record<string, Json>>;

/** Where the value expression of an attribute starts: behind its `=` (or `:` in an object). */
export function valueStart(text: string, entry: Entry): number {
  const match = /^[ \t]*[=:]\s*/.exec(text.slice(entry.keySpan.end, Math.min(entry.span.end, entry.keySpan.end + 500)));
  return match ? entry.keySpan.end + match[0].length : entry.value.span.start;
}

/** A value as an expression; maps over several lines, indented like the line of `offset`. */
export function attributeText(text: string, offset: number, value: Json): string {
  return expression(value, indentAt(text, offset), unitOf(text), newlineOf(text));
}

/** Adds keys to a block's body or an object, attributes before nested blocks. Undefined where the body isn't whole. */
export function addToBody(text: string, map: MapNode, keys: Members, block: boolean): readonly TextEdit[] | undefined {
  const { start, end } = map.span;
  if (text[start] !== '{' || text[end - 1] !== '}') return undefined;
  const newline = newlineOf(text);
  const unit = unitOf(text);
  const outer = indentAt(text, start);
  const inner = text.slice(start + 1, end - 1);
  const entries = map.entries.filter((e) => start < e.span.start && e.span.end < end).sort((a, b) => a.span.start - b.span.start);
  const first = entries[0];
  const last = entries.at(-1);
  const multiline = inner.includes('\n');
  const indent = multiline && first && startsLine(text, first) ? indentAt(text, first.span.start) : outer + unit;
  const { attributes, blocks } = split(keys, block);
  const blockTexts = blocks.map(([key, body]) => blockText(key, body, indent, unit, newline));

  if (!multiline) {
    if (!first || !last) {
      if (inner.trim() !== '') return undefined; // only a comment
      const added = joined(alignedLines(attributes, indent, unit, newline), blockTexts, newline);
      return [{ span: { start: start + 1, end: end - 1 }, text: newline + added + newline + outer }];
    }
    if (!block) {
      const separator = text.slice(last.span.end, end - 1).includes(',') ? '' : ',';
      const added = attributes.map(([key, value]) => `${keyText(key)} = ${expression(value, outer, unit, newline)}`).join(', ');
      return [{ span: { start: last.span.end, end: last.span.end }, text: `${separator} ${added}` }];
    }
    // A block on one line may hold one attribute only: it gets lines of its own.
    const edits: TextEdit[] = [{ span: { start: start + 1, end: first.span.start }, text: newline + indent }];
    const old = entries.length === 1 && !first.block ? [lineOf(text, first)] : [];
    const column = Math.max(eqColumn(old), widest(attributes) + 1);
    if (attributes.length > 0) edits.push(...realigned(old, column));
    const added = joined(alignedLines(attributes, indent, unit, newline, column), blockTexts, newline);
    const gap = attributes.length > 0 ? newline : newline + newline;
    return [...edits, { span: { start: last.span.end, end: end - 1 }, text: gap + added + newline + outer }];
  }

  const edits: TextEdit[] = [];
  if (attributes.length > 0) {
    const anchor = entries.findLast((e) => !e.block && startsLine(text, e) && endsLine(text, e, end));
    if (anchor) {
      const comma = text[anchor.span.end] === ',' ? ',' : '';
      const run = alignedRun(text, entries, anchor);
      const column = Math.max(eqColumn(run), widest(attributes) + 1);
      edits.push(...realigned(run, column));
      const at = lineEnd(text, anchor.span.end);
      const lines = alignedLines(attributes, indent, unit, newline, run.length > 0 ? column : 0);
      edits.push({ span: { start: at, end: at }, text: lines.map((line) => newline + line + comma).join('') });
    } else {
      const at = lineEnd(text, start + 1);
      // Something else than a comment behind the `{`.
      if (!isComment(text.slice(start + 1, at))) return undefined;
      const lines = alignedLines(attributes, indent, unit, newline);
      const gap = first && entries.some((e) => e.block) ? newline : '';
      edits.push({ span: { start: at, end: at }, text: newline + lines.join(newline) + gap });
    }
  }
  if (blockTexts.length > 0) {
    const close = lineStart(text, end - 1);
    if (text.slice(close, end - 1).trim() !== '') return undefined;
    const gap = last && text.slice(last.span.end, close).split('\n').length <= 2 ? newline : '';
    const before = entries.length > 0 || attributes.length > 0 ? gap : '';
    edits.push({ span: { start: close, end: close }, text: before + joined([], blockTexts, newline) + newline });
  }
  return edits;
}

/** Attributes, and blocks with their body. A list of maps is a block repeated. */
function split(keys: Members, block: boolean): { attributes: [string, Json][]; blocks: [string, Members][] } {
  const attributes: [string, Json][] = [];
  const blocks: [string, Members][] = [];
  for (const [key, value] of Object.entries(keys)) {
    const many = Array.isArray(value) ? (value as readonly Json[]) : [value];
    if (block && !key.endsWith('=') && many.length > 0 && many.every(isMembers)) for (const body of many) blocks.push([key, body]);
    else attributes.push([key.replace(/=$/, ''), value]);
  }
  return { attributes, blocks };
}

export function isMembers(value: Json): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function blockText(key: string, body: Members, indent: string, unit: string, newline: string): string {
  const { attributes, blocks } = split(body, true);
  const lines = alignedLines(attributes, indent + unit, unit, newline);
  const nested = blocks.map(([name, inner]) => blockText(name, inner, indent + unit, unit, newline));
  const inside = joined(lines, nested, newline);
  return inside ? `${indent}${key} {${newline}${inside}${newline}${indent}}` : `${indent}${key} {}`;
}

/** Attributes on consecutive lines, then blocks, each set apart by an empty line. */
function joined(lines: readonly string[], blocks: readonly string[], newline: string): string {
  return [...(lines.length > 0 ? [lines.join(newline)] : []), ...blocks].join(newline + newline);
}

/** Lines `key = value` with their `=` below each other, at `column` characters from the key or further. */
function alignedLines(attributes: readonly [string, Json][], indent: string, unit: string, newline: string, column = 0): string[] {
  const width = Math.max(column - 1, widest(attributes));
  return attributes.map(([key, value]) => `${indent}${keyText(key).padEnd(width)} = ${expression(value, indent, unit, newline)}`);
}

function expression(value: Json, indent: string, unit: string, newline: string): string {
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map((v) => expression(v, indent, unit, newline)).join(', ')}]`;
  if (!isMembers(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, v]): [string, Json] => [key.replace(/=$/, ''), v]);
  if (members.length === 0) return '{}';
  return `{${newline}${alignedLines(members, indent + unit, unit, newline).join(newline)}${newline}${indent}}`;
}

function keyText(key: string): string {
  return /^[\p{ID_Start}_][\p{ID_Continue}-]*$/u.test(key) ? key : JSON.stringify(key);
}

/** The blanks between an attribute's key and its `=`, with the width of the key. */
interface Line {
  readonly key: number;
  readonly gap: { readonly start: number; readonly end: number };
}

function lineOf(text: string, entry: Entry): Line {
  let end = entry.keySpan.end;
  while (text[end] === ' ' || text[end] === '\t') end++;
  return { key: entry.keySpan.end - entry.keySpan.start, gap: { start: entry.keySpan.end, end } };
}

function widest(attributes: readonly [string, Json][]): number {
  return Math.max(0, ...attributes.map(([key]) => keyText(key).length));
}

/** Moves the `=` of some lines to a column further right. */
function realigned(lines: readonly Line[], column: number): readonly TextEdit[] {
  return lines.flatMap((line) => (column > eqColumn([line]) ? [{ span: line.gap, text: ' '.repeat(column - line.key) }] : []));
}

/** The column of the `=` that the lines share, from the key's start; 0 without lines. */
function eqColumn(lines: readonly Line[]): number {
  const [line] = lines;
  return line ? line.key + line.gap.end - line.gap.start : 0;
}

/** The attributes on consecutive lines up to `anchor` whose `=` are aligned with its own; none when its value takes several lines. */
function alignedRun(text: string, entries: readonly Entry[], anchor: Entry): readonly Line[] {
  const oneLine = (e: Entry): boolean => !e.block && !text.slice(e.span.start, e.span.end).includes('\n') && startsLine(text, e);
  if (!oneLine(anchor)) return [];
  const run = [lineOf(text, anchor)];
  const column = eqColumn(run);
  for (let i = entries.indexOf(anchor) - 1, next = anchor; i >= 0; i--) {
    const entry = entries[i]!;
    const line = lineOf(text, entry);
    const adjacent = text.slice(entry.span.end, next.span.start).split('\n').length === 2;
    if (!adjacent || !oneLine(entry) || eqColumn([line]) !== column) break;
    run.push(line);
    next = entry;
  }
  return run;
}

function startsLine(text: string, entry: Entry): boolean {
  return text.slice(lineStart(text, entry.span.start), entry.span.start).trim() === '';
}

function endsLine(text: string, entry: Entry, limit: number): boolean {
  const end = lineEnd(text, entry.span.end);
  return end < limit && isComment(text.slice(entry.span.end, end).replace(/^,/, ''));
}

/** Nothing, or a comment to the line's end. */
function isComment(rest: string): boolean {
  return /^\s*(?:$|#|\/\/|\/\*[^]*\*\/\s*$)/.test(rest);
}

/** The indentation of one level: that of the first indented line. */
function unitOf(text: string): string {
  return /^[ \t]+(?=[\w-]+[ \t]*[={"])/m.exec(text)?.[0] ?? '  ';
}
