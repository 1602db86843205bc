import type { Related, SourceDocument } from '../engine/types.ts';
import { canonicalName, lastName, writtenName } from './names.ts';
import { isCall, type FunctionNode, type Node } from './nodes.ts';
import { passes, type Match, type QueryIndex } from './queries.ts';
import type { Scopes } from './scopes.ts';
import { input, type Taint, type Value } from './values.ts';

/** A source that reaches a sink. */
export interface Flow {
  readonly match: Match;
  readonly source: Node;
  /** From the source to the sink. */
  readonly related: readonly Related[];
}

/** What calling a function does with its arguments. */
export interface Summary {
  returns: Value | undefined;
  /** Parameters that reach a sink. */
  readonly sinks: { readonly index: number; readonly match: Match; readonly taint: Taint }[];
}

/** Collects what reaches a sink, each sink once. */
export class Sinks {
  readonly found: Flow[] = [];
  private readonly reported = new Set<Match>();
  private readonly document: SourceDocument;
  private readonly scopes: Scopes;
  private readonly index: QueryIndex;

  constructor(document: SourceDocument, scopes: Scopes, index: QueryIndex) {
    this.document = document;
    this.scopes = scopes;
    this.index = index;
  }

  /** A taint that has come to a sink: a finding, or part of the summary of the function whose parameter it is. */
  reach(match: Match, taint: Taint, summaryOf: (fn: FunctionNode) => Summary | undefined): void {
    const { query } = match;
    const { label } = taint;
    if (taint.clean.has(query)) return;
    if (label.kind === 'param') {
      const summary = summaryOf(label.of);
      if (summary && summary.sinks.length < 200 && !summary.sinks.some((s) => s.match === match && s.index === label.index)) {
        summary.sinks.push({ index: label.index, match, taint });
      }
      return;
    }
    if (label.kind === 'query' ? label.query !== query : !this.index.compiled[query]!.from.has(label.name)) return;
    if (this.reported.has(match)) return;
    const { where } = this.index.compiled[query]!.query.match;
    if (where && !passes(where, match, { text: this.document.text, scopes: this.scopes }, taint.text ?? input)) return;
    this.reported.add(match);
    const steps = [...taint.trace, { node: match.place.node, message: `reaches ${this.sinkName(match)} here` }];
    this.found.push({
      match,
      source: taint.origin,
      related: steps.map(({ node, message }) => ({ path: this.document.path, span: this.oneLine(node), message })),
    });
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
