import type { TreeCursor } from 'web-tree-sitter';
import type { Entry, MapNode, Node, Span, UnknownNode } from '../engine/tree.ts';
import { heredocText, unescape } from './hcl-text.ts';

/** What must be evaluated to know an HCL expression. Operands are nodes; those that need evaluation carry their own operation. */
export type Operation =
  /** `of` is a name (`var`, `aws_s3_bucket`, an iterator) or the expression before the first step. */
  | { readonly kind: 'traversal'; readonly of: string | Node; readonly steps: readonly Step[] }
  | { readonly kind: 'template'; readonly parts: readonly (string | Node)[] }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Node[]; readonly spread: boolean }
  | { readonly kind: 'conditional'; readonly test: Node; readonly yes: Node; readonly no: Node }
  | { readonly kind: 'unary'; readonly operator: string; readonly of: Node }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Node; readonly right: Node }
  | {
      readonly kind: 'for';
      readonly names: readonly string[];
      readonly in: Node;
      /** Only in `{ for … : key => value }`. */
      readonly key?: Node;
      readonly value: Node;
      readonly condition?: Node;
      /** `value...` groups by key. */
      readonly group: boolean;
    };

/** An attribute (`.name`), an index (`[node]`), or a splat: the following steps apply to each element. */
export type Step = { readonly attribute: string } | { readonly index: Node } | { readonly splat: true };

/** An unknown of parseHcl: `operation` is absent where the text is broken. */
export interface HclUnknown extends UnknownNode {
  readonly operation?: Operation;
}

/** An entry of an object; `computed` is the expression of a key that isn't a plain word or string. */
export interface HclEntry extends Entry {
  readonly computed?: Node;
}

/** The cursor over one tree whose text begins at offset `base` of the document. */
export interface Reader {
  readonly cursor: TreeCursor;
  readonly text: string;
  readonly base: number;
  /** The document offset where the text ends; what the repair added behind it has no place of its own. */
  readonly limit: number;
  /** Offsets of placeholders that the repair put where a value is missing or broken. */
  readonly holes: ReadonlySet<number>;
  readonly problem: (span: Span, message: string) => void;
}

/** Deeper nesting than anyone writes; what lies below is unknown. It also bounds the recursion of all later stages. */
export const maxDepth = 150;

export function spanOf(r: Reader): Span {
  return { start: Math.min(r.limit, r.base + r.cursor.startIndex), end: Math.min(r.limit, r.base + r.cursor.endIndex) };
}

export function textAt(r: Reader, span: Span): string {
  return r.text.slice(span.start - r.base, span.end - r.base);
}

/** Calls `visit` with the type of each child of the cursor's node; the cursor is back where it was afterwards. */
export function eachChild(r: Reader, visit: (type: string) => void): void {
  const { cursor } = r;
  if (!cursor.gotoFirstChild()) return;
  do visit(cursor.nodeType);
  while (cursor.gotoNextSibling());
  cursor.gotoParent();
}

export function unknown(span: Span, operation?: Operation, refs: readonly string[] = []): HclUnknown {
  return operation ? { kind: 'unknown', span, refs, operation } : { kind: 'unknown', span, refs };
}

/** All references in some nodes, each once, without names bound by an enclosing `for`. */
export function refsOf(nodes: readonly (Node | string | undefined)[], bound: readonly string[] = []): readonly string[] {
  const refs = new Set<string>();
  const add = (node: Node): void => {
    if (node.kind === 'unknown') for (const ref of node.refs) refs.add(ref);
    else if (node.kind === 'list') node.items.forEach(add);
    else if (node.kind === 'map') {
      for (const entry of node.entries as readonly HclEntry[]) {
        if (entry.computed) add(entry.computed);
        add(entry.value);
      }
    }
  };
  for (const node of nodes) if (node && typeof node !== 'string') add(node);
  return bound.length ? [...refs].filter((ref) => !bound.includes(ref.slice(0, ref.indexOf('.') >>> 0))) : [...refs];
}

/** The node of an `expression` (or of any node whose children form one), with the cursor on it. */
export function expression(r: Reader, depth: number): Node {
  const span = spanOf(r);
  if (depth > maxDepth || r.holes.has(span.start)) return unknown(span);
  let left: Node | undefined;
  let operator: string | undefined;
  let current: Node | undefined;
  let steps: Step[] = [];
  let end = span.end;
  let broken = false;
  const shift = (next: string): void => {
    left = current && traversal(current, steps, end);
    operator = next;
    current = undefined;
    steps = [];
  };
  eachChild(r, (type) => {
    switch (type) {
      case 'get_attr':
      case 'index':
      case 'splat':
        collectSteps(r, type, steps, depth + 1);
        end = r.base + r.cursor.endIndex;
        return;
      case '(':
      case ')':
      case 'comment':
        return;
      case '!':
      case '-':
        shift(type);
        return;
      case 'ERROR':
        broken = true;
        return;
      default: {
        const node = term(r, type, depth + 1);
        if (node) current = node;
        else shift(type);
      }
    }
  });
  if (broken || !current) return unknown(span, undefined, refsOf([left, current]));
  current = traversal(current, steps, end);
  if (operator === undefined) return current;
  if (left) return unknown(span, { kind: 'binary', operator, left, right: current }, refsOf([left, current]));
  if (operator === '-' && current.kind === 'scalar' && typeof current.value === 'number') {
    return { kind: 'scalar', span, value: -current.value };
  }
  return unknown(span, { kind: 'unary', operator, of: current }, refsOf([current]));
}

/** The node of a term, or undefined when the child is an operator. */
function term(r: Reader, type: string, depth: number): Node | undefined {
  switch (type) {
    case 'expression':
    case 'operation':
    case 'unary_operation':
    case 'binary_operation':
    case 'collection_value':
    case 'template_expr':
      return expression(r, depth);
    case 'literal_value':
    case 'string_lit':
      return literal(r);
    case 'variable_expr': {
      const span = spanOf(r);
      return r.holes.has(span.start) ? unknown(span) : unknown(span, { kind: 'traversal', of: textAt(r, span), steps: [] });
    }
    case 'quoted_template':
    case 'heredoc_template':
      return template(r, type === 'heredoc_template', depth);
    case 'tuple':
      return { kind: 'list', span: spanOf(r), items: expressions(r, depth) };
    case 'object':
      return object(r, depth);
    case 'function_call':
      return call(r, depth);
    case 'conditional': {
      const span = spanOf(r);
      const [test, yes, no] = expressions(r, depth);
      if (!test || !yes || !no) return unknown(span, undefined, refsOf([test, yes, no]));
      return unknown(span, { kind: 'conditional', test, yes, no }, refsOf([test, yes, no]));
    }
    case 'for_expr':
      return forExpression(r, depth);
    default:
      return undefined;
  }
}

function expressions(r: Reader, depth: number): Node[] {
  const nodes: Node[] = [];
  eachChild(r, (type) => {
    if (type === 'expression') nodes.push(expression(r, depth));
    else if (type === 'ERROR') nodes.push(unknown(spanOf(r)));
  });
  return nodes;
}

/** A string, number, boolean or null; also reads a block's label. */
export function literal(r: Reader): Node {
  const span = spanOf(r);
  const raw = textAt(r, span);
  const scalar = (value: string | number | boolean | null): Node => ({ kind: 'scalar', span, value });
  if (raw.startsWith('"')) return scalar(unescape(raw.slice(1, raw.length > 1 && raw.endsWith('"') ? -1 : undefined)));
  if (raw === 'true' || raw === 'false') return scalar(raw === 'true');
  if (raw === 'null') return scalar(null);
  const number = Number(raw);
  return Number.isNaN(number) ? unknown(span) : scalar(number);
}

/** Adds the steps of a `get_attr`, `index` or `splat` under the cursor. */
function collectSteps(r: Reader, type: string, steps: Step[], depth: number): void {
  switch (type) {
    case 'get_attr': {
      const name = /[\p{ID_Start}_][\p{ID_Continue}-]*$/u.exec(textAt(r, spanOf(r)))?.[0];
      if (name) steps.push({ attribute: name });
      return;
    }
    case 'new_index': {
      const [index] = expressions(r, depth);
      if (index) steps.push({ index });
      return;
    }
    case 'legacy_index': {
      const span = spanOf(r);
      steps.push({ index: { kind: 'scalar', span, value: Number(textAt(r, span).slice(1)) } });
      return;
    }
    case '[*]':
    case '.*':
      steps.push({ splat: true });
      return;
    case 'index':
    case 'splat':
    case 'full_splat':
    case 'attr_splat':
      eachChild(r, (inner) => collectSteps(r, inner, steps, depth));
      return;
  }
}

/** `of` with its steps; a plain name and its steps are one traversal. */
function traversal(of: Node, steps: readonly Step[], end: number): Node {
  if (steps.length === 0) return of;
  const span = { start: of.span.start, end };
  if (steps.length > maxDepth) return unknown(span);
  const before = (of as HclUnknown).operation;
  const name = before?.kind === 'traversal' && before.steps.length === 0 ? before.of : of;
  const operation: Operation = { kind: 'traversal', of: name, steps };
  return unknown(span, operation, traversalRefs(operation));
}

function traversalRefs(operation: Operation & { kind: 'traversal' }): readonly string[] {
  const indices = operation.steps.map((s) => ('index' in s ? s.index : undefined));
  if (typeof operation.of !== 'string') return refsOf([operation.of, ...indices]);
  const names = operation.steps.flatMap((s) => ('attribute' in s ? [s.attribute] : []));
  const own = names.length ? [[operation.of, ...names].join('.')] : [];
  return [...own, ...refsOf(indices)];
}

function object(r: Reader, depth: number): Node {
  const span = spanOf(r);
  const entries: Entry[] = [];
  let open = false;
  eachChild(r, (type) => {
    if (type === 'ERROR') open = true;
    if (type !== 'object_elem') return;
    const whole = spanOf(r);
    const [key, value] = expressions(r, depth);
    if (!key || !value) {
      open = true;
      return;
    }
    entries.push(keyed(r, whole, key, value));
  });
  return open ? ({ kind: 'map', span, entries, open } satisfies MapNode) : { kind: 'map', span, entries };
}

function keyed(r: Reader, span: Span, key: Node, value: Node): HclEntry {
  const source = textAt(r, key.span);
  const operation = (key as HclUnknown).operation;
  const word = operation?.kind === 'traversal' && typeof operation.of === 'string' && operation.steps.length === 0;
  const parenthesised = r.text[span.start - r.base] === '(';
  const base = { keySpan: key.span, span, value };
  if (key.kind === 'scalar') return { ...base, key: String(key.value) };
  return word && !parenthesised ? { ...base, key: operation.of } : { ...base, key: source, computed: key };
}

function call(r: Reader, depth: number): Node {
  const span = spanOf(r);
  let name = '';
  let args: Node[] = [];
  let spread = false;
  eachChild(r, (type) => {
    if (type === 'identifier') name = textAt(r, spanOf(r));
    else if (type === 'function_arguments') {
      args = expressions(r, depth);
      eachChild(r, (inner) => {
        if (inner === 'ellipsis') spread = true;
      });
    }
  });
  return unknown(span, { kind: 'call', name, args, spread }, refsOf(args));
}

function forExpression(r: Reader, depth: number): Node {
  const span = spanOf(r);
  const names: string[] = [];
  const results: Node[] = [];
  let source: Node | undefined;
  let condition: Node | undefined;
  let group = false;
  let map = false;
  const visit = (type: string): void => {
    switch (type) {
      case 'for_object_expr':
        map = true;
        return eachChild(r, visit);
      case 'for_tuple_expr':
        return eachChild(r, visit);
      case 'for_intro':
        return eachChild(r, (inner) => {
          if (inner === 'identifier') names.push(textAt(r, spanOf(r)));
          else if (inner === 'expression') source = expression(r, depth);
        });
      case 'for_cond':
        condition = expressions(r, depth)[0];
        return;
      case 'ellipsis':
        group = true;
        return;
      case 'expression':
        results.push(expression(r, depth));
        return;
    }
  };
  eachChild(r, visit);
  const refs = [...refsOf([source]), ...refsOf([...results, condition], names)];
  const value = results[map ? 1 : 0];
  const key = map ? results[0] : undefined;
  if (!source || !value) return unknown(span, undefined, refs);
  return unknown(span, { kind: 'for', names, in: source, value, group, ...(key && { key }), ...(condition && { condition }) }, refs);
}

/** A quoted string or heredoc with interpolations. Literal pieces are the text between them: the grammar's own tokens lack blanks. */
function template(r: Reader, heredoc: boolean, depth: number): Node {
  const span = spanOf(r);
  const pieces: { readonly span: Span; readonly node: Node; readonly trimBefore: boolean; readonly trimAfter: boolean }[] = [];
  eachChild(r, (type) => {
    if (type !== 'template_interpolation' && type !== 'template_directive') return;
    const piece = spanOf(r);
    const source = textAt(r, piece);
    const node =
      type === 'template_directive' ? unknown(piece, undefined, deepRefs(r, depth)) : (expressions(r, depth)[0] ?? unknown(piece));
    pieces.push({ span: piece, node, trimBefore: source.startsWith('~', 2), trimAfter: source.endsWith('~}') });
  });
  const content = heredoc ? heredocText(textAt(r, span)) : { start: 1, end: span.end - span.start - 1, indent: 0 };
  const parts: (string | Node)[] = [];
  let from = span.start + content.start;
  let lineStart = true;
  let trim = false;
  const push = (end: number, trimEnd: boolean): void => {
    let raw = textAt(r, { start: from, end: Math.max(from, end) });
    if (heredoc) raw = content.indent ? dedent(raw, content.indent, lineStart) : raw;
    if (trim) raw = raw.trimStart();
    if (trimEnd) raw = raw.trimEnd();
    if (raw) parts.push(heredoc ? raw.replace(/([$%])\1\{/g, '$1{') : unescape(raw));
  };
  for (const piece of pieces) {
    push(piece.span.start, piece.trimBefore);
    parts.push({ ...piece.node, span: piece.span });
    from = piece.span.end;
    lineStart = false;
    trim = piece.trimAfter;
  }
  push(span.start + content.end, false);
  return templateOf(span, parts);
}

/** A template of these pieces: a string when all are literal, and the value itself where there is nothing but one interpolation. */
export function templateOf(span: Span, parts: readonly (string | Node)[]): Node {
  const [only] = parts;
  if (parts.every((part) => typeof part === 'string')) return { kind: 'scalar', span, value: parts.join('') };
  if (parts.length === 1 && typeof only === 'object') return { ...only, span };
  const node: HclUnknown = unknown(span, { kind: 'template', parts }, refsOf(parts));
  return { ...node, parts: parts.map((part) => (typeof part === 'string' ? part : undefined)) };
}

/** References of everything below the cursor, for what isn't evaluated (template directives). */
function deepRefs(r: Reader, depth: number): readonly string[] {
  const nodes: Node[] = [];
  const visit = (level: number): void => {
    eachChild(r, (type) => {
      if (type === 'expression') nodes.push(expression(r, level));
      else if (type.startsWith('template_') && level < maxDepth) visit(level + 1);
    });
  };
  visit(depth);
  return refsOf(nodes);
}

function dedent(raw: string, indent: number, atLineStart: boolean): string {
  const blanks = new RegExp(`${atLineStart ? '(^|\\n)' : '(\\n)'}[ \\t]{1,${indent}}`, 'g');
  return raw.replace(blanks, '$1');
}
