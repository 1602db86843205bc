import type { Entry, Node, Span } from '../engine/tree.ts';

/** What is underlined for a whole node: the first key of a map, else the first line. */
export function headOf(node: Node, text: string): Span {
  const { start, end } = node.kind === 'map' ? (node.entries[0]?.keySpan ?? node.span) : node.span;
  return { start, end: endOfLine(text, start, end) };
}

/** `end`, or the end of the line on which `start` stands if that comes first. */
export function endOfLine(text: string, start: number, end: number): number {
  for (let i = start; i < end; i++) if (text[i] === '\n' || text[i] === '\r') return i;
  return end;
}

/** Entries that say more about `entry`, with its place: put right behind it they don't disturb the writers. */
export function beside(entry: Entry, more: Readonly<Record<string, string | boolean | undefined>>): Entry[] {
  return Object.entries(more).flatMap(([key, value]) =>
    value === undefined ? [] : [{ ...entry, key, value: { kind: 'scalar', value, span: entry.value.span } as const }],
  );
}
