import type { Related, SourceDocument } from '../engine/types.ts';
import { canonicalName, lastName, writtenName } from './names.ts';
import type { ForeignSink } from './foreign.ts';
import { isCall, type FunctionNode, type Node } from './nodes.ts';
import { passes, type Match, type QueryIndex } from './queries.ts';
import type { Scopes } from './scopes.ts';
import { input, type Step, type Taint, type Value } from './values.ts';

/** Where a flow ends: at a match of a sink, or in a call of a function of another file that has one. */
export type End = Match | ForeignCall;

export interface ForeignCall {
  readonly sink: ForeignSink;
  readonly query: number;
  /** The call. */
  readonly node: Node;
}

const isForeign = (end: End): end is ForeignCall => 'sink' in end;

/** A source that reaches a sink. */
export interface Flow {
  readonly end: End;
  readonly source: Node;
  /** From the source to the sink. */
  readonly related: readonly Related[];
}

/** What calling a function does with its arguments. */
export interface Summary {
  returns: Value | undefined;
  /** Parameters that reach a sink. */
  readonly sinks: { readonly index: number; readonly end: End; readonly taint: Taint }[];
  /** What it calls the functions with that it is given. */
  readonly calls: { readonly index: number; readonly args: readonly (Value | undefined)[] }[];
  /** Parameters that are known to be harmless when it has come back. */
  proves: ReadonlySet<number> | undefined;
}

/** Collects what reaches a sink, each sink once. */
export class Sinks {
  readonly found: Flow[] = [];
  private readonly reported = new Set<Match | string>();
  private readonly document: SourceDocument;
  private readonly scopes: Scopes;
  private readonly index: QueryIndex;

  constructor(document: SourceDocument, scopes: Scopes, index: QueryIndex) {
    this.document = document;
    this.scopes = scopes;
    this.index = index;
  }

  /** A taint that has come to a sink: a finding, or part of the summary of the function whose parameter it is. */
  reach(end: End, taint: Taint, summaryOf: (fn: FunctionNode) => Summary | undefined): void {
    const { query } = end;
    const { label } = taint;
    if (taint.clean.has(query)) return;
    if (label.kind === 'param') {
      const summary = summaryOf(label.of);
      const key = keyOf(end);
      if (summary && summary.sinks.length < 200 && !summary.sinks.some((s) => keyOf(s.end) === key && s.index === label.index)) {
        summary.sinks.push({ index: label.index, end, taint });
      }
      return;
    }
    if (label.kind === 'query' ? label.query !== query : !this.index.compiled[query]!.from.has(label.name)) return;
    const key = keyOf(end);
    if (this.reported.has(key) || !this.counts(end, taint)) return;
    this.reported.add(key);
    this.found.push({ end, source: taint.origin, related: this.stepsOf(end, taint) });
  }

  /** What the query's `where` says of the text that the input has become part of. */
  private counts(end: End, { text = input }: Taint): boolean {
    if (isForeign(end)) return end.sink.passes?.(text) ?? true;
    const { where } = this.index.compiled[end.query]!.query.match;
    return !where || passes(where, end, { text: this.document.text, scopes: this.scopes }, text);
  }

  /** From the taint's origin to the sink. */
  stepsOf(end: End, { trace }: Pick<Taint, 'trace'>): readonly Related[] {
    const own = trace.map((step) => this.related(step));
    if (isForeign(end)) return [...own, ...end.sink.steps];
    return [...own, this.related({ node: end.place.node, message: `reaches ${this.sinkName(end)} here` })];
  }

  related({ node, message, place }: Step): Related {
    return place ?? { path: this.document.path, span: this.oneLine(node), message };
  }

  private sinkName({ place: { node, scope } }: Match): string {
    const named = isCall(node) ? node.callee : node.type === 'AssignmentExpression' ? node.left : node;
    const written = writtenName(named) ?? lastName(named);
    const name = canonicalName(named, scope, this.scopes) ?? written;
    return name && !name.includes('()') ? name : (written ?? 'the sink');
  }

  private oneLine(node: Node): { start: number; end: number } {
    const start = node.start!;
    const line = this.document.text.slice(start, node.end!).search(/[\r\n]/);
    return { start, end: line < 0 ? node.end! : start + line };
  }
}

/** The same sink has one key. */
function keyOf(end: End): Match | string {
  if (!isForeign(end)) return end;
  const last = end.sink.steps.at(-1);
  return `${end.query} ${end.node.start} ${last?.path} ${last?.span.start}`;
}
