import { get, items, text as textOf, walk } from '../engine/tree.ts';
import type { Entry, Node, Span } from '../engine/tree.ts';
import type { Literal } from '../engine/types.ts';
import type { Parsed } from '../parse/parsed.ts';

/** The strings and numbers of the trees, each once although anchors and defaults may show it in several places. */
export function scalarLiterals({ document, trees }: Parsed): Literal[] {
  const found: Literal[] = [];
  const seen = new Set<number>();
  const add = (node: Node, path: readonly string[], entry: Entry | undefined): void => {
    if (node.kind !== 'scalar' || node.origin || (typeof node.value !== 'string' && typeof node.value !== 'number')) return;
    if (seen.has(node.span.start)) return;
    seen.add(node.span.start);
    const whole = entry?.value === node ? entry.span : node.span;
    found.push({ key: entry?.key ?? '', value: String(node.value), span: withoutQuotes(node.span, document.text), whole, path });
  };
  for (const tree of trees) walk(tree, add);
  return found;
}

/** Values with a name: variables, options. */
export function entryLiterals(entries: readonly Entry[], path: readonly string[], text: string): Literal[] {
  return entries.flatMap(({ key, value, span }) =>
    value.kind === 'scalar' && typeof value.value === 'string' && value.value !== ''
      ? [{ key, value: value.value, span: withoutQuotes(value.span, text), whole: span, path: [...path, key] }]
      : [],
  );
}

/** What shell commands say by name: `TOKEN=… cmd`, `export TOKEN=…`, `--password=…`, `--password …`. */
export function commandLiterals(commands: Node, path: readonly string[], text: string): Literal[] {
  return items(commands).flatMap((command) =>
    ['environment', 'options'].flatMap((key) => {
      const named = get(command, key);
      return named?.kind === 'map' ? entryLiterals(named.entries, [...path, textOf(command, 'program') ?? ''], text) : [];
    }),
  );
}

function withoutQuotes(span: Span, text: string): Span {
  const { start, end } = span;
  const quote = text[start];
  const quoted = (quote === '"' || quote === "'" || quote === '`') && end - start >= 2 && text[end - 1] === quote;
  return quoted ? { start: start + 1, end: end - 1 } : span;
}
