import type { Related } from '../engine/types.ts';
import type { FunctionNode, Node } from './nodes.ts';
import type { Carrier, SourceName } from './sources.ts';

/** Where a taint comes from: a named source, a source snippet of one query, or a parameter of a function (in its summary). */
export type Label =
  | { readonly kind: 'source'; readonly name: SourceName }
  | { readonly kind: 'query'; readonly query: number }
  | { readonly kind: 'param'; readonly of: FunctionNode; readonly index: number };

/** A station of a taint's way; `place` when it lies in another file. */
export interface Step {
  readonly node: Node;
  readonly message: string;
  readonly place?: Related;
}

export interface Taint {
  readonly label: Label;
  readonly origin: Node;
  readonly trace: readonly Step[];
  /** Queries whose sanitizers it has passed. */
  readonly clean: ReadonlySet<number>;
  /** The text that it has become part of, as far as it is known: `<b>{input}</b>`. Absent while it stands alone. */
  readonly text?: string;
}

/** What stands for a taint and for unknown parts in the text around it. */
export const input = '{input}';
export const unknown = '…';

/** What is known of a value; a value without taint and carrier is undefined. */
export interface Value {
  /** Of the value and everything within it. */
  readonly taints: readonly Taint[];
  /** Of what `props` does not list. */
  readonly rest: readonly Taint[];
  readonly props?: ReadonlyMap<string, Value | undefined>;
  readonly carrier?: Carrier;
}

export const nothing: ReadonlySet<number> = new Set();
const most = 6;
const mostSteps = 10;

export function tainted(taints: readonly Taint[], carrier?: Carrier): Value | undefined {
  if (!taints.length && !carrier) return undefined;
  return carrier ? { taints, rest: taints, carrier } : { taints, rest: taints };
}

const sameLabel = (a: Label, b: Label): boolean =>
  a.kind === b.kind &&
  (a.kind === 'source'
    ? a.name === (b as typeof a).name
    : a.kind === 'query'
      ? a.query === (b as typeof a).query
      : a.of === (b as typeof a).of && a.index === (b as typeof a).index);

function mergeTaints(a: readonly Taint[], b: readonly Taint[]): readonly Taint[] {
  if (!b.length || a === b) return a;
  if (!a.length) return b;
  const out = [...a];
  for (const taint of b) {
    if (out.length >= most) break;
    const same = out.findIndex((t) => sameLabel(t.label, taint.label) && t.text === taint.text);
    if (same < 0) out.push(taint);
    // What one way leaves dirty is dirty.
    else if (taint.clean.size < out[same]!.clean.size) out[same] = taint;
  }
  return out;
}

/** What a value is that may be either. */
export function union(a: Value | undefined, b: Value | undefined): Value | undefined {
  if (!a || a === b) return b;
  if (!b) return a;
  const taints = mergeTaints(a.taints, b.taints);
  const rest = mergeTaints(a.rest, b.rest);
  const carrier = a.carrier ?? b.carrier;
  const value: Value = carrier ? { taints, rest, carrier } : { taints, rest };
  if (!a.props && !b.props) return value;
  const props = new Map<string, Value | undefined>();
  const keys = new Set([...(a.props?.keys() ?? []), ...(b.props?.keys() ?? [])]);
  const of = (v: Value, key: string): Value | undefined => (v.props?.has(key) ? v.props.get(key) : tainted(v.rest));
  for (const key of keys) props.set(key, union(of(a, key), of(b, key)));
  return { ...value, props };
}

/** The taints of a value without what is known of its properties: after a call or a concatenation. */
export const flat = (value: Value | undefined): Value | undefined => (value ? tainted(value.taints) : undefined);

/** Adds a step to the trace of every taint. */
export function through(value: Value | undefined, step: Step): Value | undefined {
  if (!value?.taints.length) return value;
  const add = (taint: Taint): Taint => (taint.trace.length >= mostSteps ? taint : { ...taint, trace: [...taint.trace, step] });
  const taints = value.taints.map(add);
  return { ...value, taints, rest: value.rest === value.taints ? taints : value.rest.map(add) };
}

/** Marks every taint as sanitised for a query. */
export function cleaned(value: Value | undefined, query: number): Value | undefined {
  if (!value) return undefined;
  const taints = value.taints.map((taint) => ({ ...taint, clean: new Set([...taint.clean, query]) }));
  return tainted(taints);
}

const mostText = 400;

/** Cut in the middle: what a text begins with, and what stands next to the input, matters most. */
const short = (text: string): string =>
  text.length <= mostText ? text : text.slice(0, mostText / 2) + unknown + text.slice(-mostText / 2);

/** The text of a taint within what another taint's text says: a function's `<b>{input}</b>` around its argument's `Dr {input}`. */
export function nested(outer: string | undefined, inner: string | undefined): string | undefined {
  if (outer === undefined || inner === undefined) return outer ?? inner;
  const at = outer.indexOf(input);
  return at < 0 ? outer : short(outer.slice(0, at)) + inner + short(outer.slice(at + input.length));
}

/** What was an object is none as part of a text. */
export function asText(value: Value | undefined): Value | undefined {
  if (!value?.taints.some(({ label }) => label.kind === 'source' && label.name === 'user-object')) return value;
  const change = (taint: Taint): Taint =>
    taint.label.kind === 'source' && taint.label.name === 'user-object'
      ? { ...taint, label: { kind: 'source', name: 'user-input' } }
      : taint;
  return tainted(value.taints.map(change));
}

/** Every taint of a value with text put around it. */
export function surrounded(value: Value | undefined, before: string, after: string): Value | undefined {
  if (!value || (!before && !after)) return value;
  const around = short(before) + input + short(after);
  return tainted(value.taints.map((taint) => ({ ...taint, text: nested(around, taint.text) ?? around })));
}

/** The taints of an object by one of its keys: `{name: {input}}`. */
export const under = (key: string, value: Value | undefined): Value | undefined => surrounded(value, `{${key}: `, '}');

/** The other way: what was put under a key stands alone again when a property is read. */
export function outOf(taints: readonly Taint[]): readonly Taint[] {
  if (!taints.some((taint) => taint.text?.startsWith('{'))) return taints;
  return taints.map((taint) => {
    const inner = taint.text && /^\{[\w$-]*: (.*)\}$/s.exec(taint.text)?.[1];
    return inner === undefined || inner === '' ? taint : { ...taint, text: inner };
  });
}

/** A taint of an argument after what a function did with its parameter. */
export function composed(inside: Taint, argument: Taint): Taint {
  const text = nested(inside.text, argument.text);
  const taint = { ...argument, clean: both(argument.clean, inside.clean) };
  return text === undefined ? taint : { ...taint, text };
}

const both = (a: ReadonlySet<number>, b: ReadonlySet<number>): ReadonlySet<number> => (!a.size ? b : !b.size ? a : new Set([...a, ...b]));
