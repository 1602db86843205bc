import type { Entry, MapNode, Node, ScalarValue, UnknownNode } from '../engine/tree.ts';
import { canonicalName, settledInit, staticValue } from '../dataflow/names.ts';
import { isMember, keyName, propertyName, unwrap, type Node as Syntax } from '../dataflow/nodes.ts';
import type { Scope, Scopes } from '../dataflow/scopes.ts';

/** How the values of one kind of infrastructure program are read. */
export interface Reader {
  readonly path: string;
  readonly scopes: Scopes;
  /** What a property is called in the words of the facts. */
  readonly key: (name: string) => string;
  /** The address of the resource that an expression makes. */
  readonly address: (made: Syntax) => string | undefined;
  /** What a name of a library stands for: `s3.CannedAcl.Private`. */
  readonly constant?: (canonical: string) => ScalarValue | undefined;
}

const deepest = 60;
/** Calls that hand on their first argument. */
const wrappers = /(?:^|\.)(?:output|secret|unsecret|Token\.asString|Token\.asNumber|Lazy\.string)$/;

/**
 * The value of an expression of a program, as a configuration language would have it: object literals are maps, what other resources say is unknown with
 * references (`aws_s3_bucket.logs.id`), and constants carry the place where they are set.
 */
export function valueOf(written: Syntax, scope: Scope, reader: Reader, depth = 0): Node {
  const node = unwrap(written);
  const span = { start: node.start!, end: node.end! };
  const unknown = (refs: readonly string[] = []): UnknownNode => ({ kind: 'unknown', span, refs });
  if (depth > deepest) return unknown();
  const simple = staticValue(node, scope);
  if (simple !== undefined) {
    const scalar: Node = { kind: 'scalar', value: simple, span };
    return node.type === 'Identifier' ? { ...scalar, origin: originOf(node.name, node, scope, reader) } : scalar;
  }
  switch (node.type) {
    case 'ObjectExpression':
      return mapOf(node, scope, reader, depth);
    case 'ArrayExpression': {
      const items: Node[] = [];
      let open = false;
      for (const element of node.elements) {
        if (element?.type !== 'SpreadElement') items.push(element ? valueOf(element, scope, reader, depth + 1) : unknown());
        else {
          const spread = valueOf(element.argument, scope, reader, depth + 1);
          if (spread.kind === 'list') items.push(...spread.items);
          if (spread.kind !== 'list' || spread.open) open = true;
        }
      }
      return { kind: 'list', items, span, ...(open && { open }) };
    }
    case 'TemplateLiteral':
      return template(node, scope, reader, span, depth);
    case 'TaggedTemplateExpression':
      return template(node.quasi, scope, reader, span, depth);
    case 'Identifier': {
      if (node.name === 'undefined') return { kind: 'scalar', value: null, span };
      const init = settledInit(node, scope);
      if (!init) return unknown();
      const address = reader.address(init.node);
      if (address !== undefined) return unknown([address]);
      const value = valueOf(init.node, init.scope, reader, depth + 1);
      return value.origin || value.kind === 'unknown' ? value : { ...value, origin: originOf(node.name, node, scope, reader) };
    }
    case 'NewExpression': {
      const address = reader.address(node);
      return unknown(address === undefined ? [] : [address]);
    }
    case 'CallExpression': {
      const name = canonicalName(node.callee, scope, reader.scopes);
      const [first] = node.arguments;
      // A policy as text: its keys are its own.
      if (first && (name === 'JSON.stringify' || name?.endsWith('.jsonStringify')))
        return valueOf(first, scope, { ...reader, key: (key) => key }, depth + 1);
      if (first && name !== undefined && wrappers.test(name)) return valueOf(first, scope, reader, depth + 1);
      const { callee } = node;
      return unknown(isMember(callee) ? refsOf(callee.object, scope, reader, depth) : []);
    }
    default: {
      if (!isMember(node)) return unknown();
      const name = canonicalName(node, scope, reader.scopes);
      const constant = name === undefined ? undefined : reader.constant?.(name);
      if (constant !== undefined) return { kind: 'scalar', value: constant, span };
      return unknown(refsOf(node, scope, reader, depth));
    }
  }
}

/** `bucket.arn` as `aws_s3_bucket.logs.arn`, where `bucket` holds a resource. */
function refsOf(written: Syntax, scope: Scope, reader: Reader, depth: number): readonly string[] {
  const node = unwrap(written);
  if (depth > deepest) return [];
  if (isMember(node)) {
    const property = propertyName(node);
    const object = unwrap(node.object);
    const field =
      object.type === 'ThisExpression' && property !== undefined && scope.self && reader.scopes.fields.get(scope.self)?.get(property);
    if (field) return refsOf(field.value, field.scope, reader, depth + 1);
    return refsOf(object, scope, reader, depth + 1).map((ref) => (property === undefined ? ref : `${ref}.${reader.key(property)}`));
  }
  const made = settledInit(node, scope)?.node ?? node;
  const address = reader.address(made);
  return address === undefined ? [] : [address];
}

function mapOf(node: Extract<Syntax, { type: 'ObjectExpression' }>, scope: Scope, reader: Reader, depth: number): MapNode {
  const entries: Entry[] = [];
  let open = false;
  for (const property of node.properties) {
    const span = { start: property.start!, end: property.end! };
    if (property.type === 'SpreadElement') {
      const spread = valueOf(property.argument, scope, reader, depth + 1);
      if (spread.kind === 'map') entries.push(...spread.entries);
      if (spread.kind !== 'map' || spread.open) open = true;
      continue;
    }
    const name = keyName(property.key, property.computed);
    if (name === undefined) {
      open = true;
      continue;
    }
    const keySpan = { start: property.key.start!, end: property.key.end! };
    const value: Node =
      property.type === 'ObjectProperty' ? valueOf(property.value, scope, reader, depth + 1) : { kind: 'unknown', span, refs: [] };
    const key = reader.key(name);
    // The last one counts.
    const before = entries.findIndex((entry) => entry.key === key);
    if (before >= 0) entries.splice(before, 1);
    entries.push({ key, keySpan, span, value });
  }
  return { kind: 'map', entries, span: { start: node.start!, end: node.end! }, ...(open && { open }) };
}

function template(
  node: Extract<Syntax, { type: 'TemplateLiteral' }>,
  scope: Scope,
  reader: Reader,
  span: Node['span'],
  depth: number,
): UnknownNode | Node {
  const parts: (string | undefined)[] = [];
  const refs: string[] = [];
  const known = (text: string): void => {
    const last = parts.at(-1);
    if (last !== undefined) parts[parts.length - 1] = last + text;
    else if (text !== '') parts.push(text);
  };
  node.quasis.forEach((quasi, i) => {
    known(quasi.value.cooked ?? '');
    const expression = node.expressions[i];
    if (!expression) return;
    const value = valueOf(expression, scope, reader, depth + 1);
    if (value.kind === 'scalar') known(String(value.value));
    else {
      parts.push(undefined);
      if (value.kind === 'unknown') refs.push(...value.refs);
    }
  });
  const [only] = parts;
  if (parts.length <= 1 && (only !== undefined || parts.length === 0)) return { kind: 'scalar', value: only ?? '', span };
  return { kind: 'unknown', span, refs, parts };
}

function originOf(name: string, node: Syntax, scope: Scope, { path }: Reader) {
  const init = settledInit(node, scope)!.node;
  return { path, span: { start: init.start!, end: init.end! }, what: `the value of \`${name}\`` };
}
