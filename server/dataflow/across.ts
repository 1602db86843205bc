import type { File } from '@babel/types';
import { exportsOf, type Foreign, type ForeignFunction, type ForeignReturn, type ForeignSink, type Neighbourhood } from './foreign.ts';
import type { CallNode, FunctionNode } from './nodes.ts';
import { passes, type QueryIndex } from './queries.ts';
import type { Scopes } from './scopes.ts';
import type { End, Sinks, Summary } from './sinks.ts';
import { composed, tainted, through, union, type Taint, type Value } from './values.ts';

/** What a call of a function of another file does: what its arguments reach is told to `reach`, its result is returned. */
export function applied(
  { sinks, returns, carrier, rest }: ForeignFunction,
  args: readonly (Value | undefined)[],
  node: CallNode,
  name: string,
  reach: (end: End, taint: Taint) => void,
): Value | undefined {
  const passed = args.map((value, i) => through(value, { node: node.arguments[i] ?? node, message: `passed to \`${name}\`` }));
  const argument = (index: number): readonly Taint[] =>
    (index === rest ? passed.slice(index).reduce((a, b) => union(a, b), undefined) : passed[index])?.taints ?? [];
  const inside = ({ clean, text }: ForeignSink | ForeignReturn): Taint => ({
    label: { kind: 'query', query: -1 },
    origin: node,
    trace: [],
    clean: new Set(clean),
    ...(text !== undefined && { text }),
  });
  for (const sink of sinks) {
    for (const outer of argument(sink.index)) reach({ sink, query: sink.query, node }, composed(inside(sink), outer));
  }
  const taints = returns.flatMap((one): readonly Taint[] => {
    if (typeof one.from === 'number') return argument(one.from).map((outer) => composed(inside(one), outer));
    const trace = one.steps.map((place) => ({ node, message: place.message, place }));
    return [{ ...inside(one), label: { kind: 'source', name: one.from }, trace }];
  });
  return tainted(taints, carrier);
}

/** What the functions that a file exports do, without anything of its tree in it; with those that it passes on from others. */
export function foreignFunctions(
  program: File,
  { document, imports }: Neighbourhood,
  scopes: Scopes,
  index: QueryIndex,
  collected: Sinks,
  summaryOf: (fn: FunctionNode) => Summary,
): Foreign {
  const subject = { text: document.text, scopes };
  const plain = ({ clean, text }: Taint) => ({ clean: [...clean], ...(text !== undefined && { text }) });
  const sinkOf = ({ index: parameter, end, taint }: Summary['sinks'][number]): readonly ForeignSink[] => {
    const base = { index: parameter, query: end.query, ...plain(taint), steps: collected.stepsOf(end, taint) };
    if ('sink' in end) return [end.sink.passes ? { ...base, passes: end.sink.passes } : base];
    const { where } = index.compiled[end.query]!.query.match;
    if (!where) return [base];
    if (JSON.stringify(where).includes('"TEXT"')) return [{ ...base, passes: (text) => passes(where, end, subject, text) }];
    return passes(where, end, subject) ? [base] : [];
  };
  const functionFrom = (fn: FunctionNode): ForeignFunction => {
    const { sinks, returns } = summaryOf(fn);
    const last = fn.params.length - 1;
    return {
      sinks: sinks.flatMap(sinkOf),
      returns: (returns?.taints ?? []).flatMap((taint): readonly ForeignReturn[] => {
        const { label, trace } = taint;
        const from = label.kind === 'source' ? label.name : label.kind === 'param' && label.of === fn ? label.index : undefined;
        return from === undefined ? [] : [{ from, ...plain(taint), steps: trace.map((step) => collected.related(step)) }];
      }),
      ...(returns?.carrier && { carrier: returns.carrier }),
      ...(fn.params[last]?.type === 'RestElement' && { rest: last }),
    };
  };
  const { functions, passedOn } = exportsOf(program, scopes);
  const found = new Map<string, ForeignFunction>();
  for (const [name, fn] of functions) found.set(name, functionFrom(fn));
  for (const { as, specifier, name } of passedOn) {
    for (const [other, fn] of imports?.foreign(specifier, document.path, index.queries) ?? []) {
      const below = belowName(other, name);
      const own = below === undefined ? undefined : underName(below, as);
      if (own !== undefined && !found.has(own)) found.set(own, fn);
    }
  }
  return found;
}

/** What is left of `other` when it stands below `name`; `Users().find` is `().find` below `Users`. A name of '' stands for all, `default` for the module. */
function belowName(other: string, name: string): string | undefined {
  if (name === '' || name === other) return name === '' ? other : '';
  if (name === 'default') return other;
  return other.startsWith(`${name}.`) || other.startsWith(`${name}()`) ? other.slice(name.length).replace(/^\./, '') : undefined;
}

function underName(below: string, as: string): string {
  if (as === '') return below || 'default';
  if (below === '' || below === 'default') return as;
  return below.startsWith('()') ? as + below : `${as}.${below}`;
}
