import type { Binding } from './scopes.ts';
import { union, type Value } from './values.ts';

/** The variables at one point of a function. */
export interface State {
  readonly vars: Map<Binding, Value | undefined>;
  /** Expressions, as written, that a condition has proved harmless. */
  readonly safe: Set<string>;
}

export const copy = (state: State): State => ({ vars: new Map(state.vars), safe: new Set(state.safe) });

/** What holds after either of two ways. */
export function joined(a: State, b: State): State {
  const vars = new Map(a.vars);
  for (const [binding, value] of b.vars) vars.set(binding, union(vars.get(binding), value));
  return { vars, safe: new Set([...a.safe].filter((written) => b.safe.has(written))) };
}
