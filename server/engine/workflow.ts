import { get, items, text, type Node } from './tree.ts';
import type { Fact } from './types.ts';

/** The nearest fact of a type around this one, or itself. */
export function enclosing(fact: Fact, type: string): Fact | undefined {
  let outer: Fact | undefined = fact;
  while (outer && !outer.types.includes(type)) outer = outer.parent;
  return outer;
}

/** The events of a workflow: `on: push`, `on: [push]` and `on: { push: … }`. */
export function eventsOf(fact: Fact): readonly string[] {
  const on = get(enclosing(fact, 'workflow')?.node, 'on');
  return on?.kind === 'map' ? on.entries.map((entry) => entry.key) : items(on).flatMap((event) => text(event) ?? []);
}

/** Events that a stranger causes, and that run with the repository's secrets all the same. */
export const PRIVILEGED: readonly string[] = ['pull_request_target', 'workflow_run', 'issue_comment'];

/** The characters of a node as they are written, and where they start. */
export function written(fact: Fact, node: Node | undefined): { readonly raw: string; readonly start: number } {
  const span = node?.span ?? { start: 0, end: 0 };
  return { raw: fact.document.text.slice(span.start, span.end), start: span.start };
}

/** The steps of a fact's job (or composite action), in order. */
export function stepsAround(fact: Fact): readonly Node[] {
  const outer = enclosing(fact, 'job') ?? enclosing(fact, 'action');
  return items(get(outer?.node, outer?.types.includes('action') ? 'runs.steps' : 'steps'));
}
