import type { File } from '@babel/types';
import type { CodeHit, CodeModel, CodeQuery, Related, SourceDocument } from '../engine/types.ts';
import { keyName, type Node } from './nodes.ts';
import { isEllipsis } from './pattern.ts';
import { indexOf, matchesAt, type Match, type QueryIndex } from './queries.ts';
import { replacement } from './replace.ts';
import { scopesOf, type Scopes } from './scopes.ts';
import { sourcesIn } from './sources.ts';
import { taints } from './taint.ts';

/** What can be asked about one program. The walk over it is made at the first question. */
export function codeModel(document: SourceDocument, program: File): CodeModel {
  let scopes: Scopes | undefined;
  return {
    search(queries) {
      scopes ??= scopesOf(program);
      return search(document, program, scopes, queries);
    },
  };
}

function search(document: SourceDocument, program: File, scopes: Scopes, queries: readonly CodeQuery[]): readonly CodeHit[] {
  const { text } = document;
  const index = indexOf(queries);
  const subject = { text, scopes };
  const hits: CodeHit[] = [];
  const seen = new Set<string>();
  const flows = new Map<Node, Match[]>();
  /** The queries that have a sink here. */
  const sinks = new Set<number>();
  const add = (match: Match, related: readonly Related[], extra: Readonly<Record<string, Node>>): void => {
    const { node } = match.place;
    const key = `${match.query} ${node.start} ${node.end}`;
    if (seen.has(key)) return;
    seen.add(key);
    const bindings: Record<string, { text: string; span: { start: number; end: number } }> = {};
    for (const [name, bound] of [...match.bindings, ...Object.entries(extra)]) {
      const span = { start: bound.start!, end: bound.end! };
      bindings[name] = { text: text.slice(span.start, span.end), span };
    }
    hits.push({
      query: index.compiled[match.query]!.query,
      span: spanOf(match),
      bindings,
      related,
      replace: (snippet) => replacement(snippet, match, text),
    });
  };
  for (const place of scopes.places) {
    matchesAt(index, place, subject, (match) => {
      if (match.role === 'code') {
        add(match, [], {});
        return;
      }
      if (match.role === 'sink') sinks.add(match.query);
      const list = flows.get(place.node);
      if (list) list.push(match);
      else flows.set(place.node, [match]);
    });
  }
  if (sinks.size && follows(scopes, index, sinks, flows)) {
    for (const { match, source, related } of taints(document, program, scopes, index, flows)) {
      add(match, related, { source, sink: match.place.node });
    }
  }
  return hits.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
}

/** What is underlined: of an object that is asked for one property, that property. */
function spanOf({ pattern, place: { node } }: Match): { start: number; end: number } {
  let shown: Node = node;
  if (pattern.node.type === 'ObjectExpression' && node.type === 'ObjectExpression') {
    const keys = pattern.node.properties.flatMap((p) =>
      p.type === 'ObjectProperty' && !isEllipsis(p) ? [keyName(p.key, p.computed)] : [],
    );
    const own = node.properties.find((p) => p.type === 'ObjectProperty' && keyName(p.key, p.computed) === keys[0]);
    if (keys.length === 1 && own) shown = own;
  }
  return { start: shown.start!, end: shown.end! };
}

/** Whether some query with a sink here has a source here too. */
function follows(scopes: Scopes, index: QueryIndex, sinks: ReadonlySet<number>, flows: ReadonlyMap<Node, readonly Match[]>): boolean {
  for (const list of flows.values()) if (list.some((match) => match.role === 'source' && sinks.has(match.query))) return true;
  const present = sourcesIn(scopes);
  return [...sinks].some((query) => [...index.compiled[query]!.from].some((name) => (present as ReadonlySet<string>).has(name)));
}
