import { text as textOf } from '../engine/tree.ts';
import type { Entry, MapNode, Node, Origin, ScalarNode } from '../engine/tree.ts';

/** Values of ARG and ENV by name; null for an ARG without a default, which only the build knows. */
export type Variables = Map<string, Node>;

/** Values that stay as they are written: names, and what a shell reads. */
const verbatim: ReadonlySet<string> = new Set(['keyword', 'arguments', 'shell', 'json', 'commands', 'heredocs', 'trigger', 'as', 'type']);

/** The instruction with `$NAME`, `${NAME}`, `${NAME:-default}` and `${NAME:+other}` replaced; what can't be known is unknown. */
export function substitute(instruction: MapNode, variables: Variables, text: string): MapNode {
  if (!text.slice(instruction.span.start, instruction.span.end).includes('$')) return instruction;
  return rewrite(instruction, (node) => replaced(node, variables, text));
}

function rewrite(node: MapNode, change: (node: ScalarNode) => Node): MapNode {
  const entries = node.entries.map((e): Entry => {
    if (verbatim.has(e.key)) return e;
    const value = rewriteNode(e.value, change);
    return value === e.value ? e : { ...e, value };
  });
  return { ...node, entries };
}

function rewriteNode(node: Node, change: (node: ScalarNode) => Node): Node {
  if (node.kind === 'scalar') return change(node);
  if (node.kind === 'list') return { ...node, items: node.items.map((item) => rewriteNode(item, change)) };
  return node.kind === 'map' ? rewrite(node, change) : node;
}

function replaced(node: ScalarNode, variables: Variables, text: string): Node {
  const { value, span } = node;
  if (typeof value !== 'string' || !value.includes('$')) return node;
  // Single quotes keep Docker from substituting.
  if (text[span.start] === "'" && text[span.end - 1] === "'") return node;
  const template = expand(value, variables, 0);
  if (template.parts.includes(undefined)) return { kind: 'unknown', refs: template.refs, parts: template.parts, span };
  const known = template.parts.join('');
  const { origin } = template;
  return { kind: 'scalar', value: known, span, ...(origin ? { origin } : {}) };
}

/** Longer values are unknown: `ENV A=$A$A` in every line doubles each time. */
const longest = 10_000;

interface Template {
  readonly parts: readonly (string | undefined)[];
  readonly refs: readonly string[];
  /** Where the value of the whole text comes from, when it is one variable. */
  readonly origin?: Origin;
}

/** Docker's variables begin with a letter or `_`; anything else after `$` is text. */
const reference = /\\\$|\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(:?[-+?]|[#%/]+)?)/g;

function expand(value: string, variables: Variables, depth: number): Template {
  const parts: (string | undefined)[] = [];
  const refs: string[] = [];
  let literal = '';
  let from = 0;
  let origin: Origin | undefined;
  const append = (piece: Template): void => {
    for (const part of piece.parts) {
      if (part !== undefined) literal += part;
      else {
        if (literal) parts.push(literal);
        parts.push(undefined);
        literal = '';
      }
    }
    refs.push(...piece.refs);
  };
  reference.lastIndex = 0;
  for (const m of value.matchAll(reference)) {
    if (m.index < from) continue;
    literal += value.slice(from, m.index);
    from = m.index + m[0].length;
    const name = m[1] ?? m[2];
    if (name === undefined) {
      literal += '$';
      continue;
    }
    let word = '';
    if (m[2] !== undefined) {
      const close = closingBrace(value, from);
      word = value.slice(from, close);
      from = Math.min(close + 1, value.length);
    }
    const variable = variables.get(name);
    append(resolve(name, variable, m[3] ?? '', word, variables, depth));
    if (m.index === 0 && from === value.length) origin = variable?.origin;
  }
  literal += value.slice(from);
  if (literal.length > longest || parts.length > longest) return { parts: [undefined], refs: [] };
  if (literal || parts.length === 0) parts.push(literal);
  return { parts, refs, ...(origin ? { origin } : {}) };
}

function resolve(name: string, variable: Node | undefined, operator: string, word: string, variables: Variables, depth: number): Template {
  const unknown: Template = { parts: [undefined], refs: [name] };
  const known = textOf(variable);
  const alternative = (): Template => (depth < 20 ? expand(word, variables, depth + 1) : unknown);
  switch (operator) {
    case '':
    case '?':
    case ':?':
      return known === undefined
        ? variable?.kind === 'unknown' && variable.parts
          ? { parts: variable.parts, refs: variable.refs }
          : unknown
        : { parts: [known], refs: [] };
    case '-':
    case ':-':
      // Without a value from the build this is what is used, as with the default of an ARG.
      return variable?.kind === 'unknown'
        ? unknown
        : known === undefined || (known === '' && operator === ':-')
          ? alternative()
          : { parts: [known], refs: [] };
    case '+':
    case ':+':
      return known === undefined ? unknown : known === '' && operator === ':+' ? { parts: [''], refs: [] } : alternative();
    default:
      return unknown;
  }
}

/** The brace that closes the one before `from`. */
function closingBrace(value: string, from: number): number {
  let depth = 0;
  for (let i = from; i < value.length; i++) {
    if (value[i] === '{') depth++;
    else if (value[i] === '}' && depth-- === 0) return i;
  }
  return value.length;
}
