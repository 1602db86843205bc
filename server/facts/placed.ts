import type { Node, Span } from '../engine/tree.ts';

const mostNodes = 5000;

/** A tree all of which lies in one place, such as that of a text within a document; undefined for one that aliases make too large. */
export function placed(tree: Node, span: Span): Node | undefined {
  let left = mostNodes;
  const place = (node: Node): Node => {
    if (--left < 0) return { kind: 'unknown', span, refs: [] };
    if (node.kind === 'list') return { ...node, span, items: node.items.map(place) };
    if (node.kind !== 'map') return { ...node, span };
    return { ...node, span, entries: node.entries.map((e) => ({ ...e, keySpan: span, span, value: place(e.value) })) };
  };
  const result = place(tree);
  return left < 0 ? undefined : result;
}
