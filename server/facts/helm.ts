import { entryOf, type Entry, type MapNode, type Node, type Origin, type UnknownNode } from '../engine/tree.ts';
import type { Fact, SourceDocument } from '../engine/types.ts';
import type { Parsed } from '../parse/parsed.ts';
import { scopeOf, type Extractor } from './extractor.ts';
import { switchedOff, without } from './helm-conditions.ts';

/** The values of a chart. Its templates are Kubernetes objects (kubernetes.ts). */
export const helm: Extractor = {
  platform: 'helm',
  recognises: ({ document, trees }) => isChartValues(document) && trees[0]?.kind === 'map',
  facts({ document, trees }) {
    const node = trees[0];
    if (node?.kind !== 'map') return [];
    const facts: Fact[] = [];
    const head = node.entries[0]?.keySpan ?? { start: 0, end: 0 };
    facts.push({ platform: 'helm', types: ['values'], name: 'values', document, node, head, span: node.span, scope: scopeOf(() => facts) });
    return facts;
  },
};

/** `values.yaml` and its relatives (`values-production.yaml`). */
export function isChartValues({ path, syntax }: SourceDocument): boolean {
  return syntax === 'yaml' && /(?:^|\/)values(?:[.-][\w.-]+)?\.ya?ml$/.test(path) && !/(?:^|\/)templates\//.test(path);
}

/** A whole action that prints one value of the chart, as it is: `{{ .Values.image.tag | quote }}`, `{{- toYaml .Values.resources | nindent 8 }}`. */
const printed =
  /^\{\{-?\s*(?:toYaml\s+|tpl\s+)?\$?\.Values((?:\.\w+)+)(?:\s*\|\s*(?:quote|squote|toString|trim|int|toYaml|n?indent\s+\d+|default\s+(?:"[^"\n]*"|[\w.-]+)))*\s*-?\}\}$/;

/** The trees of a chart's template with the values of the `values.yaml` among its siblings filled in, and without the blocks that
 * those values switch off; other trees as they are. */
export function withValues({ document, trees }: Parsed, siblings: readonly Parsed[]): readonly Node[] {
  if (!document.text.includes('{{')) return trees;
  const source = siblings.find((s) => /(?:^|\/)values\.ya?ml$/.test(s.document.path));
  const values = source?.trees[0];
  if (!source || values?.kind !== 'map') return trees;
  const off = switchedOff(document.text, values);
  return trees.map((tree) => filled(without(tree, off), document.text, source.document.path, values));
}

function filled(node: Node, text: string, path: string, values: MapNode): Node {
  switch (node.kind) {
    case 'unknown':
      return valueOf(node, text, path, values) ?? node;
    case 'list': {
      const items = node.items.map((item) => filled(item, text, path, values));
      return items.every((item, i) => item === node.items[i]) ? node : { ...node, items };
    }
    case 'map': {
      let changed = false;
      const entries = node.entries.map((entry): Entry => {
        const value = filled(entry.value, text, path, values);
        changed ||= value !== entry.value;
        return value === entry.value ? entry : { ...entry, value };
      });
      return changed ? { ...node, entries } : node;
    }
    case 'scalar':
      return node;
  }
}

/** What a scalar with actions prints, if all of them print values of the chart. */
function valueOf(node: UnknownNode, text: string, path: string, values: MapNode): Node | undefined {
  const { start, end } = node.span;
  const whole = !node.parts;
  // An action on a line of its own may stand left or right of where it prints: take the line.
  const nextLine = text.indexOf('\n', end);
  let source = whole ? text.slice(text.lastIndexOf('\n', start) + 1, nextLine < 0 ? text.length : nextLine).trim() : text.slice(start, end);
  if (/^(["']).*\1$/s.test(source)) source = source.slice(1, -1);
  const pieces = source.split(/(\{\{[^{}]*\}\})/).filter((piece) => piece !== '');
  let origin: Origin | undefined;
  const found: Node[] = [];
  for (const piece of pieces) {
    if (!piece.startsWith('{{')) {
      found.push({ kind: 'scalar', value: piece, span: node.span });
      continue;
    }
    const keys = printed.exec(piece)?.[1]?.slice(1).split('.');
    let value: Node | undefined = keys && values;
    for (const key of keys ?? []) value = entryOf(value, key)?.value;
    // An empty value is a hole that the user of the chart fills.
    if (!value || value.kind === 'unknown' || (value.kind === 'scalar' && (value.value === null || value.value === ''))) return undefined;
    if (value.kind !== 'scalar' && (value.kind === 'map' ? value.entries : value.items).length === 0) return undefined;
    origin ??= { path, span: value.span, what: `the chart's value \`${keys!.join('.')}\`` };
    found.push(value);
  }
  const only = found[0];
  if (!only || !origin) return undefined;
  if (found.length === 1) return { ...only, span: node.span, origin };
  if (found.some((piece) => piece.kind !== 'scalar')) return undefined;
  return {
    kind: 'scalar',
    value: found.map((piece) => (piece.kind === 'scalar' ? String(piece.value) : '')).join(''),
    span: node.span,
    origin,
  };
}
