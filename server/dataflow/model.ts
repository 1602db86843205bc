import type { File } from '@babel/types';
import type { CodeHit, CodeModel, CodeQuery, Related, SourceDocument } from '../engine/types.ts';
import { localImports, type Foreign, type Imports, type Neighbourhood } from './foreign.ts';
import { keyName, type Node } from './nodes.ts';
import { isEllipsis } from './pattern.ts';
import { indexOf, matchesAt, type Match, type QueryIndex } from './queries.ts';
import { replacement } from './replace.ts';
import { scopesOf, type Scopes } from './scopes.ts';
import type { End } from './sinks.ts';
import { sourcesIn } from './sources.ts';
import { exported, taints } from './taint.ts';

/** What can be asked about one program. The walk over it is made at the first question. `imports` leads to other files of the project. */
export function codeModel(document: SourceDocument, program: File, imports?: Imports): CodeModel {
  let scopes: Scopes | undefined;
  return {
    search(queries) {
      scopes ??= scopesOf(program);
      return search({ document, imports }, program, scopes, queries);
    },
  };
}

/** What the functions that a program exports do with their parameters. */
export function foreignOf(document: SourceDocument, program: File, queries: readonly CodeQuery[], imports: Imports | undefined): Foreign {
  const scopes = scopesOf(program);
  const index = indexOf(queries);
  return exported({ document, imports }, program, scopes, index, matchesIn(scopes, index, document.text).flows);
}

interface Found {
  readonly code: readonly Match[];
  readonly flows: ReadonlyMap<Node, readonly Match[]>;
  /** The queries that have a sink here. */
  readonly sinks: ReadonlySet<number>;
  /** Whether the rest of the file is as a query wants it. */
  readonly fits: (query: number) => boolean;
}

function matchesIn(scopes: Scopes, index: QueryIndex, text: string): Found {
  const subject = { text, scopes };
  const code: Match[] = [];
  const flows = new Map<Node, Match[]>();
  const sinks = new Set<number>();
  const present = { has: new Set<number>(), lacks: new Set<number>() };
  for (const place of scopes.places) {
    matchesAt(index, place, subject, (match) => {
      if (match.role === 'code') {
        code.push(match);
        return;
      }
      if (match.role === 'has' || match.role === 'lacks') {
        present[match.role].add(match.query);
        return;
      }
      if (match.role === 'sink') sinks.add(match.query);
      const list = flows.get(place.node);
      if (list) list.push(match);
      else flows.set(place.node, [match]);
    });
  }
  const fits = (query: number): boolean => !present.lacks.has(query) && (!index.compiled[query]!.query.match.has || present.has.has(query));
  return { code, flows, sinks, fits };
}

function search(near: Neighbourhood, program: File, scopes: Scopes, queries: readonly CodeQuery[]): readonly CodeHit[] {
  const { text } = near.document;
  const index = indexOf(queries);
  const hits: CodeHit[] = [];
  const seen = new Set<string>();
  const add = (end: End, related: readonly Related[], extra: Readonly<Record<string, Node>>): void => {
    const node = 'sink' in end ? end.node : end.place.node;
    const key = `${end.query} ${node.start} ${node.end}`;
    if (seen.has(key)) return;
    seen.add(key);
    const bindings: Record<string, { text: string; span: { start: number; end: number } }> = {};
    for (const [name, bound] of [...('sink' in end ? [] : end.bindings), ...Object.entries(extra)]) {
      const span = { start: bound.start!, end: bound.end! };
      bindings[name] = { text: text.slice(span.start, span.end), span };
    }
    hits.push({
      query: index.compiled[end.query]!.query,
      span: 'sink' in end ? { start: node.start!, end: node.end! } : spanOf(end),
      bindings,
      related,
      replace: (snippet) => ('sink' in end ? undefined : replacement(snippet, end, text)),
    });
  };
  const { code, flows, sinks, fits } = matchesIn(scopes, index, text);
  for (const match of code) if (fits(match.query)) add(match, [], {});
  if (follows(near, scopes, index, sinks, flows)) {
    for (const { end, source, related } of taints(near, program, scopes, index, flows)) {
      if (fits(end.query)) add(end, related, { source, sink: 'sink' in end ? end.node : end.place.node });
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

/** Whether some query with a sink here, or in a function that is imported, has a source here too. */
function follows(
  { imports, document }: Neighbourhood,
  scopes: Scopes,
  index: QueryIndex,
  sinks: ReadonlySet<number>,
  flows: ReadonlyMap<Node, readonly Match[]>,
): boolean {
  const local = imports ? localImports(scopes) : [];
  if (sinks.size === 0 && local.length === 0) return false;
  const present: ReadonlySet<string> = sourcesIn(scopes);
  const own = new Set<number>();
  for (const list of flows.values()) for (const { role, query } of list) if (role === 'source') own.add(query);
  if (present.size === 0 && own.size === 0) return false;
  const starts = (query: number): boolean => own.has(query) || [...index.compiled[query]!.from].some((name) => present.has(name));
  if ([...sinks].some(starts)) return true;
  return local.some((specifier) => {
    const functions = imports!.foreign(specifier, document.path, index.queries)?.values() ?? [];
    return [...functions].some((fn) => fn.sinks.some(({ query }) => starts(query)));
  });
}
