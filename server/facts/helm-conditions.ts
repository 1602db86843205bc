import { entryOf, type Entry, type MapNode, type Node, type Span } from '../engine/tree.ts';

/** Blocks of a template that its chart's own values switch off: `{{ if .Values.hostNetwork }} … {{ end }}` where that is false. */
export function switchedOff(text: string, values: MapNode): readonly Span[] {
  const off: Span[] = [];
  const open: { start: number; taken: boolean | undefined; truth: boolean | undefined }[] = [];
  const action = /\{\{-?\s*(if|with|range|else|end|define|block)\b([^{}]*?)-?\}\}/g;
  for (const m of text.matchAll(action)) {
    const [whole, word, rest = ''] = m;
    const top = open.at(-1);
    if (top && (word === 'else' || word === 'end')) {
      if (top.truth === false || top.taken === true) off.push({ start: top.start, end: m.index });
    }
    if (word === 'end') open.pop();
    else if (word === 'else') {
      if (!top) continue;
      top.taken = either(top.taken, top.truth);
      const condition = /^\s*(?:if|with)\s+(.*)$/s.exec(rest)?.[1];
      top.truth = condition === undefined ? negated(top.taken) : truthOf(condition, values);
      top.start = m.index + whole.length;
    } else {
      const truth = word === 'define' || word === 'block' ? undefined : truthOf(rest, values);
      open.push({ start: m.index + whole.length, taken: false, truth });
    }
  }
  return off;
}

/** The tree without what stands in those blocks. What a user may switch on is optional, not absent. */
export function without(tree: Node, off: readonly Span[]): Node {
  // An object that is optional as a whole is still worth reading.
  const inner = off.filter((span) => span.start > tree.span.start);
  return inner.length === 0 ? tree : pruned(tree, inner);
}

function pruned(node: Node, off: readonly Span[]): Node {
  const gone = (start: number): boolean => off.some((span) => span.start <= start && start < span.end);
  if (node.kind === 'list') {
    const kept = node.items.filter((item) => !gone(item.span.start)).map((item) => pruned(item, off));
    if (kept.length === node.items.length && kept.every((item, i) => item === node.items[i])) return node;
    return { ...node, items: kept, ...(kept.length < node.items.length && { open: true }) };
  }
  if (node.kind !== 'map') return node;
  let changed = false;
  const optional = node.entries.filter((entry) => gone(entry.keySpan.start)).map((entry) => entry.key);
  const entries = node.entries
    .filter((entry) => !gone(entry.keySpan.start))
    .map((entry): Entry => {
      const value = pruned(entry.value, off);
      changed ||= value !== entry.value;
      return value === entry.value ? entry : { ...entry, value };
    });
  if (optional.length > 0) return { ...node, entries, optional };
  return changed ? { ...node, entries } : node;
}

/** `.Values.a`, `not X`, `and X Y`, `or X Y` with brackets; undefined for everything else. */
function truthOf(expression: string, values: MapNode): boolean | undefined {
  const tokens = expression.trim().match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const term = (depth: number): boolean | undefined => {
    const token = tokens[at++];
    if (token === undefined || depth > 20) return undefined;
    if (token === '(') {
      const inner = call(depth + 1);
      at++; // the closing bracket
      return inner;
    }
    const keys = /^\$?\.Values((?:\.\w+)+)$/.exec(token)?.[1]?.slice(1).split('.');
    return keys && truthy(keys, values);
  };
  const call = (depth: number): boolean | undefined => {
    const word = tokens[at];
    if (word !== 'not' && word !== 'and' && word !== 'or') {
      const only = term(depth);
      return tokens[at] === undefined || tokens[at] === ')' ? only : unknown();
    }
    at++;
    const terms: (boolean | undefined)[] = [];
    while (at < tokens.length && tokens[at] !== ')') terms.push(term(depth));
    if (word === 'not') return negated(terms[0]);
    return word === 'or' ? terms.reduce(either, false) : negated(terms.map(negated).reduce(either, false));
  };
  /** Skips to the end of the call. */
  const unknown = (): undefined => {
    for (let depth = 0; at < tokens.length; at++) {
      if (tokens[at] === '(') depth++;
      else if (tokens[at] === ')' && depth-- === 0) break;
    }
    return undefined;
  };
  return call(0);
}

function truthy(keys: readonly string[], values: MapNode): boolean | undefined {
  let node: Node | undefined = values;
  for (const key of keys) {
    if (node.kind === 'unknown') return undefined;
    node = entryOf(node, key)?.value;
    if (!node) return false;
  }
  switch (node.kind) {
    case 'scalar':
      return node.value !== null && node.value !== false && node.value !== '' && node.value !== 0;
    case 'list':
      return node.items.length > 0;
    case 'map':
      return node.entries.length > 0;
    case 'unknown':
      return undefined;
  }
}

function negated(truth: boolean | undefined): boolean | undefined {
  return truth === undefined ? undefined : !truth;
}

function either(a: boolean | undefined, b: boolean | undefined): boolean | undefined {
  if (a === true || b === true) return true;
  return a === undefined || b === undefined ? undefined : false;
}
