import { nameKind } from '../engine/secrets/credential-names.ts';
import type { Node, Origin, Span } from '../engine/tree.ts';
import type { SourceDocument } from '../engine/types.ts';
import { textOf } from './terraform-functions.ts';
import type { Context } from './terraform-module.ts';

/** Hops and nested operations beyond this are unknown; it bounds the stack. */
export const deepest = 300;

/** A copy of a value in the place of the expression that uses it; its origin is where it is written, or the argument of the call it came through. */
export function moved(
  node: Node | undefined,
  span: Span,
  c: Context,
  { path }: SourceDocument,
  what: string | { readonly call: string; readonly name: string },
): Node | undefined {
  const { budget } = c.module;
  const move = (n: Node, depth: number): Node => {
    if (--budget.left < 0 || depth > deepest) return { kind: 'unknown', span, refs: [] };
    const origin: Origin =
      typeof what === 'object'
        ? { path, span: n.span, what: argumentWords(what.call, what.name, n) }
        : (n.origin ?? { path, span: n.span, what });
    switch (n.kind) {
      case 'scalar':
        return { ...n, span, origin };
      case 'unknown':
        // The caller's names mean something else here.
        return { kind: 'unknown', span, origin, refs: typeof what === 'object' ? [] : n.refs, ...(n.parts && { parts: n.parts }) };
      case 'list':
        return { ...n, span, origin, items: n.items.map((item) => move(item, depth + 1)) };
      case 'map':
        return { ...n, span, origin, entries: n.entries.map((e) => ({ ...e, keySpan: span, span, value: move(e.value, depth + 1) })) };
    }
  };
  return node && move(node, 0);
}

/** "called by module.x with acl = public-read"; a value that may be a secret, or is no plain word, isn't repeated. */
function argumentWords(call: string, name: string, value: Node): string {
  const text = /^[\w.:/*-]{1,24}$/.exec(textOf(value) ?? '')?.[0];
  const shown = text === undefined || nameKind(name) ? name : `${name} = ${text}`;
  return `called by ${call} with ${shown}${value.origin ? `, ${value.origin.what}` : ''}`;
}
