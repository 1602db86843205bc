import { entryOf, type Entry, type MapNode, type Node, type Origin, type Span } from '../engine/tree.ts';
import type { SourceDocument } from '../engine/types.ts';
import type { HclEntry, HclUnknown, Operation, Step } from '../parse/hcl-expression.ts';
import { booleanOf, functions, longestString, numberOf, scalar, textOf } from './terraform-functions.ts';
import { attributeOf, baseName, type Binding, type Context, type Declaration, type Module } from './terraform-module.ts';
import { deepest, moved } from './terraform-moved.ts';
import { converted } from './terraform-types.ts';
import { embeddedDocument, policyDocument } from './terraform-policy.ts';

const mostElements = 200;

export function contextOf(module: Module, document: SourceDocument): Context {
  return { module, document, bindings: new Map(), depth: 0 };
}

/**
 * A node with all that can be known resolved. A resolved value has the span of the expression it replaces, and an origin where it is written
 * elsewhere; unknowns keep every reference they depend on. Never throws.
 */
export function evaluate(node: Node, c: Context): Node {
  switch (node.kind) {
    case 'scalar':
      return node;
    case 'list':
    case 'map': {
      if (c.depth > deepest) return { kind: 'unknown', span: node.span, refs: [] };
      const inner = { ...c, depth: c.depth + 1 };
      return node.kind === 'map' ? evaluateMap(node, inner) : { ...node, items: node.items.map((item) => evaluate(item, inner)) };
    }
    case 'unknown': {
      const { operation } = node as HclUnknown;
      if (!operation) return node;
      if (c.depth > deepest) return unknownOf(node);
      const result = operate(operation, node, { ...c, depth: c.depth + 1 });
      if (!result) return unknownOf(node);
      return result.kind === 'unknown' ? unknownOf(node, result) : { ...result, span: node.span };
    }
  }
}

/** An unknown in the place of `node`, with the references of the result that turned out to be unknown. */
function unknownOf(node: Node, result?: Node): Node {
  const refs = [...new Set([node, result].flatMap((n) => (n?.kind === 'unknown' ? n.refs : [])))];
  const parts = result?.kind === 'unknown' ? result.parts : undefined;
  return { kind: 'unknown', span: node.span, refs, ...(parts && { parts }) };
}

function evaluateMap(map: MapNode, c: Context): Node {
  const entries: Entry[] = [];
  let open = map.open === true;
  // Documents of SSM may be either.
  const syntax = textOf(entryOf(map, 'document_format')?.value) === 'YAML' ? 'yaml' : 'json';
  for (const entry of map.entries as readonly HclEntry[]) {
    if (entry.block && entry.key === 'dynamic') {
      const generated = expand(entry, c);
      entries.push(...generated.entries);
      open ||= generated.open;
      continue;
    }
    const key = entry.computed ? textOf(evaluate(entry.computed, c)) : entry.key;
    if (key === undefined) open = true;
    const value = evaluate(entry.value, c);
    const { keySpan, span } = entry;
    const shown = isDocument(entry.key)
      ? (embeddedDocument(entry.value, value, c.document, (part) => evaluate(part, c), syntax) ?? value)
      : value;
    entries.push({ key: key ?? entry.key, keySpan, span, value: shown, ...(entry.block && { block: true, labels: entry.labels ?? [] }) });
  }
  return { kind: 'map', span: map.span, entries, ...(open && { open }) };
}

/** Attributes whose text is a document of its own. */
function isDocument(key: string): boolean {
  return /(?:^|_)polic(?:y|ies)(?:_document|_json|_body|_text|_data)?$|^container_(?:definition|propertie)s$|^inline_code$|^configuration$|^content$/.test(
    key,
  );
}

/** The blocks that `dynamic "x" { … }` generates; one with an unknown iterator, and more to come, when `for_each` isn't known. */
function expand(entry: Entry, c: Context): { readonly entries: readonly Entry[]; readonly open: boolean } {
  const key = entry.labels?.[0] ?? '';
  const content = entryOf(entry.value, 'content')?.value;
  if (content?.kind !== 'map') return { entries: [], open: true };
  const chosen = (entryOf(entry.value, 'iterator')?.value as HclUnknown | undefined)?.operation;
  const name = chosen?.kind === 'traversal' && typeof chosen.of === 'string' ? chosen.of : key;
  const source = entryOf(entry.value, 'for_each')?.value;
  const all = source && elementsOf(evaluate(source, c));
  const what = `the \`for_each\` of \`${key}\``;
  const generate = (node: Node): Entry => {
    const value = evaluate(content, bind(c, new Map([[name, { node, what }]])));
    return { key, keySpan: entry.keySpan, span: entry.span, value, block: true, labels: [] };
  };
  if (!all) return { entries: [{ ...generate({ kind: 'unknown', span: entry.span, refs: [] }), perhaps: true }], open: true };
  const elements = all.elements.slice(0, mostElements);
  return { entries: elements.map((element) => generate(keyValue(element))), open: all.open || elements.length < all.elements.length };
}

interface Element {
  readonly key: Node;
  readonly value: Node;
}

/** The elements of a list or map; undefined when nothing is known of them. */
function elementsOf(node: Node): { readonly elements: readonly Element[]; readonly open: boolean } | undefined {
  if (node.kind === 'list') {
    const elements = node.items.map((value, i): Element => ({ key: { kind: 'scalar', span: value.span, value: i }, value }));
    return { elements, open: node.open === true };
  }
  if (node.kind !== 'map') return undefined;
  const elements = node.entries.map((e): Element => ({ key: { kind: 'scalar', span: e.keySpan, value: e.key }, value: e.value }));
  return { elements, open: node.open === true };
}

/** What `each` and the iterator of a dynamic block hold. */
function keyValue({ key, value }: Element): MapNode {
  const entry = (name: string, node: Node): Entry => ({ key: name, keySpan: node.span, span: node.span, value: node });
  return { kind: 'map', span: value.span, entries: [entry('key', key), entry('value', value)] };
}

/** The context of each instance of a block, `each` bound where `for_each` is known; one without it where it isn't. */
export function instances({ value }: Entry, context: Context): readonly Context[] {
  const count = entryOf(value, 'count')?.value;
  if (count && numberOf(evaluate(count, context)) === 0) return [];
  const source = entryOf(value, 'for_each')?.value;
  const all = source && elementsOf(evaluate(source, context));
  if (!all || all.open) return [context];
  return all.elements.map((one) => {
    // A set's elements are their own keys.
    const fromList = one.key.kind === 'scalar' && typeof one.key.value === 'number';
    const element = fromList ? { key: one.value, value: one.value } : one;
    return bind(context, new Map([['each', { node: keyValue(element), what: 'the `for_each`' }]]));
  });
}

function bind(c: Context, names: ReadonlyMap<string, Binding>): Context {
  return { ...c, depth: c.depth + 1, bindings: new Map([...c.bindings, ...names]) };
}

function operate(operation: Operation, node: Node, c: Context): Node | undefined {
  switch (operation.kind) {
    case 'traversal':
      return traverse(operation.of, operation.steps, node.span, c);
    case 'template':
      return template(operation.parts, node, c);
    case 'call':
      return call(operation, node, c);
    case 'conditional': {
      const test = booleanOf(evaluate(operation.test, c));
      if (test !== undefined) return evaluate(test ? operation.yes : operation.no, c);
      const [yes, no] = [textOf(evaluate(operation.yes, c)), evaluate(operation.no, c)];
      return yes !== undefined && yes === textOf(no) ? no : undefined;
    }
    case 'unary': {
      const of = evaluate(operation.of, c);
      const value = operation.operator === '!' ? booleanOf(of) : numberOf(of);
      return value === undefined ? undefined : scalar(typeof value === 'boolean' ? !value : -value, node.span);
    }
    case 'binary':
      return binary(operation.operator, evaluate(operation.left, c), evaluate(operation.right, c), node.span);
    case 'for':
      return forEach(operation, node, c);
  }
}

function traverse(of: string | Node, steps: readonly Step[], span: Span, c: Context): Node | undefined {
  if (typeof of !== 'string') return follow(evaluate(of, c), steps, c);
  const bound = c.bindings.get(of);
  if (bound) return moved(follow(bound.node, steps, c), span, c, c.document, bound.what);
  // Terraform has no such words, but nobody can mean anything else.
  if (steps.length === 0 && (of === 'True' || of === 'False')) return scalar(of === 'True', span);
  const [first, second, third] = steps.flatMap((s) => ('attribute' in s ? [s.attribute] : []));
  if (first === undefined) return undefined;
  switch (of) {
    case 'var':
      return variable(first, steps.slice(1), span, c);
    case 'local': {
      const declared = c.module.locals.get(first);
      if (!declared) return undefined;
      return moved(
        follow(once(`local.${first}`, declared, declared.entry.value, c), steps.slice(1), c),
        span,
        c,
        declared.document,
        `local \`${first}\``,
      );
    }
    case 'data': {
      const address = `data.${first}.${second ?? ''}`;
      const declared = c.module.blocks.get(address);
      if (!declared || first !== 'aws_iam_policy_document' || (third !== 'json' && third !== 'minified_json')) return undefined;
      const body = once(address, declared, declared.entry.value, c);
      return body?.kind === 'map' ? moved(policyDocument(body), span, c, declared.document, `\`${address}\``) : undefined;
    }
    default: {
      const declared = c.module.blocks.get(`${of}.${first}`);
      // What names a resource stays a reference: relations between resources are found by it.
      if (!declared || second === undefined || /(?:^|_)(?:id|arn|name|self_link)$|^bucket$/.test(second)) return undefined;
      const attribute = attributeOf(c.module, `${of}.${first}`, second);
      const at = steps.findIndex((s) => 'attribute' in s && s.attribute === second);
      if (!attribute || attribute.entry.block || steps.slice(0, at).some((s) => 'splat' in s)) return undefined;
      const value = once(`${of}.${first}.${second}`, attribute, attribute.entry.value, c);
      return value?.kind === 'unknown'
        ? value
        : moved(follow(value, steps.slice(at + 1), c), span, c, attribute.document, `\`${of}.${first}\``);
    }
  }
}

/** What the caller, a file of values or the default says, as the variable's type makes it. */
function variable(name: string, steps: readonly Step[], span: Span, c: Context): Node | undefined {
  const { module } = c;
  const said = (key: string): Declaration | undefined => attributeOf(module, `var.${name}`, key);
  const type = said('type');
  const valueOf = (ref: string, declared: Declaration): Node | undefined =>
    once(ref, declared, declared.entry.value, c, (value) => {
      if (!type) return value;
      const inType = contextOf(module, type.document);
      return converted(value, type.entry.value, (written, key, place) => {
        const what = `the default of \`${key}\``;
        return moved(evaluate(written, { ...inType, depth: c.depth }), place.span, c, type.document, what) ?? place;
      });
    });
  const passed = module.given.get(name);
  const value = passed && valueOf(`given.${name}`, passed);
  if (passed && !(isNull(value) && booleanOf(said('nullable')?.entry.value) === false)) {
    const what = passed.from ? { call: module.call ?? '', name } : baseName(passed.document.path);
    return moved(follow(value, steps, c), span, c, passed.document, what);
  }
  const fallback = said('default');
  const standard = fallback && valueOf(`var.${name}`, fallback);
  // A default of null says that the caller decides: it is known only where a call leaves the variable out.
  if (!fallback || (isNull(standard) && module.call === undefined)) return undefined;
  return moved(follow(standard, steps, c), span, c, fallback.document, `the default of variable \`${name}\``);
}

function isNull(node: Node | undefined): boolean {
  return node?.kind === 'scalar' && node.value === null;
}

/** Evaluates what a reference points to, once in a module and in the document that declares it. */
function once(
  ref: string,
  { document, from }: Declaration,
  node: Node,
  c: Context,
  finish: (value: Node) => Node = (value) => value,
): Node | undefined {
  const { evaluated } = c.module;
  if (!evaluated.has(ref)) {
    evaluated.set(ref, undefined);
    evaluated.set(ref, finish(evaluate(node, { ...(from ?? contextOf(c.module, document)), depth: c.depth })));
  }
  return evaluated.get(ref);
}

function follow(node: Node | undefined, steps: readonly Step[], c: Context): Node | undefined {
  for (let i = 0; node && i < steps.length; i++) {
    if (node.kind === 'unknown') return node;
    const step = steps[i]!;
    if ('splat' in step) {
      if (node.kind !== 'list') return undefined;
      const rest = steps.slice(i + 1);
      const items = node.items.map((item): Node => follow(item, rest, c) ?? { kind: 'unknown', span: item.span, refs: [] });
      return { ...node, items };
    }
    const key = 'attribute' in step ? step.attribute : textOf(evaluate(step.index, c));
    if (key === undefined) return undefined;
    node = node.kind === 'list' ? (node.open ? undefined : node.items[Number(key)]) : entryOf(node, key)?.value;
  }
  return node;
}

function template(parts: readonly (string | Node)[], node: Node, c: Context): Node | undefined {
  const pieces: (string | undefined)[] = [];
  const refs = new Set(node.kind === 'unknown' ? node.refs : []);
  const origins: (Origin | undefined)[] = [];
  let size = 0;
  const add = (piece: string | undefined): void => {
    const last = pieces.at(-1);
    size += piece?.length ?? 1;
    if (piece !== undefined && last !== undefined) pieces[pieces.length - 1] = last + piece;
    else pieces.push(piece);
  };
  for (const part of parts) {
    if (size > longestString) return undefined;
    if (typeof part === 'string') {
      add(part);
      continue;
    }
    const value = evaluate(part, c);
    origins.push(value.origin);
    if (value.kind === 'unknown') {
      for (const ref of value.refs) refs.add(ref);
      for (const piece of value.parts ?? [undefined]) add(piece);
    } else add(textOf(value));
  }
  if (pieces.some((piece) => piece === undefined)) return { kind: 'unknown', span: node.span, refs: [...refs], parts: pieces };
  const known = scalar(pieces.join(''), node.span);
  const [origin] = origins;
  return known && origins.length === 1 && origin ? { ...known, origin } : known;
}

function call({ name, args, spread }: Operation & { kind: 'call' }, node: Node, c: Context): Node | undefined {
  if (name === 'try') {
    for (const arg of args) {
      const value = evaluate(arg, c);
      if (value.kind !== 'unknown') return value;
      if (!fails(arg as HclUnknown, c)) return undefined;
    }
    return undefined;
  }
  if (name === 'can' && args[0]) {
    if (evaluate(args[0], c).kind !== 'unknown') return scalar(true, node.span);
    return fails(args[0] as HclUnknown, c) ? scalar(false, node.span) : undefined;
  }
  const apply = functions.get(name);
  if (!apply) return undefined;
  let values = args.map((arg) => evaluate(arg, c));
  if (spread) {
    const last = values.at(-1);
    if (last?.kind !== 'list' || last.open) return undefined;
    values = [...values.slice(0, -1), ...last.items];
  }
  const result = apply(values, node.span);
  if (result && result.kind !== 'scalar') c.module.budget.left -= result.kind === 'list' ? result.items.length : 8;
  return c.module.budget.left < 0 ? undefined : result;
}

/** Whether an expression asks for a key that a known value is known not to have. */
function fails({ operation, span }: HclUnknown, c: Context): boolean {
  if (operation?.kind !== 'traversal') return false;
  const { of, steps } = operation;
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i]!;
    if ('splat' in step) return false;
    const value = i === 0 && typeof of !== 'string' ? evaluate(of, c) : traverse(of, steps.slice(0, i), span, c);
    const key = 'attribute' in step ? step.attribute : textOf(evaluate(step.index, c));
    if (!value || key === undefined) continue;
    if (isNull(value)) return true;
    if (value.kind === 'map' && !value.open && !entryOf(value, key)) return true;
    if (value.kind === 'list' && !value.open && !value.items[Number(key)]) return true;
  }
  return false;
}

function binary(operator: string, left: Node, right: Node, span: Span): Node | undefined {
  if (operator === '&&' || operator === '||') {
    const decisive = operator === '||';
    const [a, b] = [booleanOf(left), booleanOf(right)];
    if (a === decisive || b === decisive) return scalar(decisive, span);
    return a === undefined || b === undefined ? undefined : scalar(!decisive, span);
  }
  if (operator === '==' || operator === '!=') {
    if (left.kind === 'unknown' || right.kind === 'unknown') return undefined;
    // Lists and maps differ from null; whether they equal each other depends on their types.
    if (left.kind !== 'scalar' || right.kind !== 'scalar')
      return isNull(left) || isNull(right) ? scalar(operator === '!=', span) : undefined;
    const equal = left.value === right.value || (left.value !== null && right.value !== null && String(left.value) === String(right.value));
    return scalar(equal === (operator === '=='), span);
  }
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a === undefined || b === undefined) return undefined;
  const results: Readonly<Record<string, number | boolean>> = {
    '+': a + b,
    '-': a - b,
    '*': a * b,
    '/': a / b,
    '%': a % b,
    '<': a < b,
    '>': a > b,
    '<=': a <= b,
    '>=': a >= b,
  };
  const result = results[operator];
  return result === undefined || (typeof result === 'number' && !Number.isFinite(result)) ? undefined : scalar(result, span);
}

function forEach(
  { names, in: source, key, value, condition, group }: Operation & { kind: 'for' },
  node: Node,
  c: Context,
): Node | undefined {
  const all = elementsOf(evaluate(source, c));
  if (!all || names.length === 0 || all.elements.length > mostElements) return undefined;
  const what = 'the list of the `for`';
  const items: Node[] = [];
  const entries = new Map<string, Entry>();
  let { open } = all;
  for (const element of all.elements) {
    if (--c.module.budget.left < 0) return undefined;
    const nodes = names.length > 1 ? [element.key, element.value] : [element.value];
    const inner = bind(c, new Map(names.map((name, i) => [name, { node: nodes[i] ?? element.value, what }])));
    const wanted = condition ? booleanOf(evaluate(condition, inner)) : true;
    if (wanted === false) continue;
    const name = key && textOf(evaluate(key, inner));
    if (wanted === undefined || (key && name === undefined)) {
      open = true;
      continue;
    }
    const item = evaluate(value, inner);
    if (name === undefined) items.push(item);
    else if (group) {
      const grouped = entries.get(name)?.value;
      const value: Node = { kind: 'list', span: item.span, items: [...(grouped?.kind === 'list' ? grouped.items : []), item] };
      entries.set(name, { key: name, keySpan: item.span, span: item.span, value });
    } else entries.set(name, { key: name, keySpan: item.span, span: item.span, value: item });
  }
  const rest = { span: node.span, ...(open && { open }) };
  return key ? { kind: 'map', entries: [...entries.values()], ...rest } : { kind: 'list', items, ...rest };
}
