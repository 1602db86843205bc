import type { Json, TextEdit, Writer } from '../types.ts';
import { addToFlow, flow, removeFromFlow, type FlowStyle } from './flow.ts';
import { plan } from './plan.ts';
import { indentAt, newlineOf, writeTexts } from './text.ts';

/** Writes tree edits into JSON, with the file's indentation and its comments kept. */
export const writeJson: Writer = (fact, edits, focus) => {
  const { text } = fact.document;
  return writeFlow(fact, edits, focus, {
    unit: unitOf(text),
    lines: text.includes('\n'),
    key: (key) => JSON.stringify(key),
    scalar: (value) => JSON.stringify(value),
  });
};

/** The same for all that is written in braces and brackets. */
export function writeFlow(
  { document, node, span }: Parameters<Writer>[0],
  edits: Parameters<Writer>[1],
  focus: Parameters<Writer>[2],
  style: FlowStyle,
): ReturnType<Writer> {
  const { text } = document;
  const planned = plan(node, edits, focus);
  if (!planned) return undefined;
  const newline = newlineOf(text);
  const written: TextEdit[] = [...writeTexts(text, span, planned.texts)];
  for (const [entry, { value }] of planned.values) {
    const { start, end } = entry.value.span;
    const lines = text.includes('\n') ? indentAt(text, entry.keySpan.start) : undefined;
    const missing = start === end;
    const colon = missing && !text.slice(entry.keySpan.end, start).includes(':') ? ': ' : missing ? ' ' : '';
    written.push({ span: entry.value.span, text: colon + flow(value, style, small(value) ? undefined : lines, newline) });
  }
  for (const [map, values] of planned.additions) {
    if (text[map.span.start] !== '{') return undefined;
    const kept = map.entries.findLast((e) => !planned.removals.get(map)?.has(e));
    if (!kept && map.entries.length > 0) return undefined;
    written.push(...addToFlow(text, map, kept, values, style));
  }
  for (const [container, removed] of planned.removals) {
    const cuts = removeFromFlow(text, container, removed);
    if (!cuts) return undefined;
    written.push(...cuts);
  }
  return written;
}

/** A scalar, or a list of scalars that fits on its line. */
function small(value: Json): boolean {
  return Array.isArray(value) && value.every((v) => typeof v !== 'object' || v === null) && JSON.stringify(value).length < 60;
}

function unitOf(text: string): string {
  return /^[ \t]+(?=["[{])/m.exec(text)?.[0] ?? '  ';
}
