import type { Entry, ListNode, MapNode, Node } from '../tree.ts';
import type { Json, TextEdit } from '../types.ts';
import { isRecord } from './plan.ts';
import { indentAt, lineStart, newlineOf } from './text.ts';

/** How a flow collection is written: JSON's way, or YAML's `{ a: b }`. */
export interface FlowStyle {
  /** One more level of indentation where the collection has lines of its own. */
  readonly unit: string;
  /** Whether containers that are new get lines of their own. */
  readonly lines: boolean;
  readonly key: (key: string) => string;
  readonly scalar: (value: string | number | boolean | null) => string;
}

/** A value in flow style. With `indent` (that of its first line) containers get lines of their own, without it they stay on one line. */
export function flow(value: Json, style: FlowStyle, indent: string | undefined, newline: string): string {
  if (typeof value !== 'object' || value === null) return style.scalar(value);
  const record = isRecord(value);
  const inner = indent === undefined ? undefined : indent + style.unit;
  const parts = record
    ? Object.entries(value).map(([k, v]) => `${style.key(k)}: ${flow(v, style, inner, newline)}`)
    : value.map((v) => flow(v, style, inner, newline));
  const [open, close] = record ? ['{', '}'] : ['[', ']'];
  if (parts.length === 0) return open + close;
  if (inner === undefined) return record ? `{ ${parts.join(', ')} }` : `[${parts.join(', ')}]`;
  return open + newline + parts.map((part) => inner + part).join(`,${newline}`) + newline + indent! + close;
}

/** Adds entries after the last one of a flow map, on lines of their own where the map has lines. */
export function addToFlow(text: string, map: MapNode, kept: Entry | undefined, values: Json, style: FlowStyle): readonly TextEdit[] {
  const newline = newlineOf(text);
  const { start, end } = map.span;
  if (!isRecord(values)) return [];
  if (!kept) {
    const indent = style.lines ? indentAt(text, start) : undefined;
    return [{ span: map.span, text: flow(values, style, indent, newline) }];
  }
  const indent = indentAt(text, kept.keySpan.start);
  const ownLine =
    indent.length === kept.keySpan.start - lineStart(text, kept.keySpan.start) && text.slice(start, kept.keySpan.start).includes('\n');
  const parts = Object.entries(values).map(([k, v]) => `${style.key(k)}: ${flow(v, style, ownLine ? indent : undefined, newline)}`);
  const separator = ownLine ? newline + indent : ' ';
  const at = kept.span.end;
  const added = parts.map((part) => separator + part).join(',');
  // A comment after the last entry stays on its line.
  const rest = /^[ \t]*(?:,[ \t]*)?(?:\/\/|\/\*|#)[^\r\n]*/.exec(text.slice(at, end))?.[0];
  if (ownLine && rest !== undefined) {
    const comma = rest.trimStart().startsWith(',') ? [] : [{ span: { start: at, end: at }, text: ',' }];
    return [...comma, { span: { start: at + rest.length, end: at + rest.length }, text: added }];
  }
  return [{ span: { start: at, end: at }, text: `,${added}` }];
}

/** Takes members out of a flow map or list with one comma each; undefined where a comment stands between them. */
export function removeFromFlow(
  text: string,
  container: MapNode | ListNode,
  removed: ReadonlySet<Entry | Node>,
): readonly TextEdit[] | undefined {
  const members: readonly (Entry | Node)[] = container.kind === 'map' ? container.entries : container.items;
  if (members.every((m) => removed.has(m))) return [{ span: { start: container.span.start + 1, end: container.span.end - 1 }, text: '' }];
  const edits: TextEdit[] = [];
  const firstKept = members.findIndex((m) => !removed.has(m));
  for (const [i, member] of members.entries()) {
    if (!removed.has(member)) continue;
    const before = members[i - 1];
    const after = members[i + 1];
    const span = i > firstKept ? { start: before!.span.end, end: member.span.end } : { start: member.span.start, end: after!.span.start };
    const gap = i > firstKept ? text.slice(span.start, member.span.start) : text.slice(member.span.end, span.end);
    if (!/^[\s,]*$/.test(gap)) return undefined;
    edits.push({ span, text: '' });
  }
  return edits;
}
