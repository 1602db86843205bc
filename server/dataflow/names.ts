import { isMember, keyName, propertyName, unwrap, type Node } from './nodes.ts';
import { lookup, moduleName, type Binding, type Scope, type Scopes } from './scopes.ts';

const globalRoots = new Set(['window', 'globalThis', 'self', 'global']);
const depthLimit = 40;

/** A binding that has one value for its whole life. */
export const settled = (binding: Binding): boolean => binding.writes === 0 && binding.kind !== 'param';

const join = (base: string, property: string): string => (property === 'default' ? base : `${base}.${property}`);

/**
 * What an expression is, by the name that the world outside the file knows it by: `child_process.exec`, `document.cookie`,
 * `express()` for an instance. Undefined for what the file made itself.
 */
export function canonicalName(node: Node, scope: Scope, scopes: Scopes, depth = 0): string | undefined {
  if (depth > depthLimit) return undefined;
  node = unwrap(node);
  switch (node.type) {
    case 'Identifier': {
      const binding = lookup(scope, node.name);
      return binding ? nameOfBinding(binding, scopes, depth) : globalRoots.has(node.name) ? undefined : node.name;
    }
    case 'MemberExpression':
    case 'OptionalMemberExpression': {
      const property = propertyName(node);
      if (property === undefined) return undefined;
      const object = unwrap(node.object);
      if (object.type === 'Identifier' && globalRoots.has(object.name) && !lookup(scope, object.name)) return property;
      if (object.type === 'ThisExpression') return nameOfField(property, scope, scopes, depth);
      const base = canonicalName(object, scope, scopes, depth + 1);
      return base === undefined ? undefined : join(base, property);
    }
    case 'CallExpression':
    case 'OptionalCallExpression': {
      const [first] = node.arguments;
      const { callee } = node;
      if (callee.type === 'Import') return first?.type === 'StringLiteral' ? moduleName(first.value) : undefined;
      if (callee.type === 'Identifier' && callee.name === 'require' && !lookup(scope, 'require')) {
        const source = first && literalOf(first);
        return typeof source === 'string' ? moduleName(source) : undefined;
      }
      const name = canonicalName(callee, scope, scopes, depth + 1);
      if (name === undefined) return undefined;
      if (first && (name === 'util.promisify' || name === 'pify')) return canonicalName(first, scope, scopes, depth + 1);
      if (name.endsWith('.bind')) return name.slice(0, -5);
      return `${name}()`;
    }
    case 'NewExpression': {
      const name = canonicalName(node.callee, scope, scopes, depth + 1);
      return name === undefined ? undefined : `${name}()`;
    }
    case 'TSTypeReference': {
      // The type of an injected field: what it holds is an instance.
      const name = node.typeName.type === 'Identifier' ? canonicalName(node.typeName, scope, scopes, depth + 1) : undefined;
      return name === undefined ? undefined : `${name}()`;
    }
    case 'ImportExpression':
      return node.source.type === 'StringLiteral' ? moduleName(node.source.value) : undefined;
    case 'AwaitExpression':
      return canonicalName(node.argument, scope, scopes, depth + 1);
    case 'LogicalExpression':
      return canonicalName(node.left, scope, scopes, depth + 1);
    default:
      return undefined;
  }
}

function nameOfBinding(binding: Binding, scopes: Scopes, depth: number): string | undefined {
  if (binding.imported !== undefined) return binding.imported;
  if (binding.canonical !== undefined) return binding.canonical ?? undefined;
  if (!binding.init || !binding.initScope || binding.writes > 0) return undefined;
  binding.canonical = null;
  let name = canonicalName(binding.init, binding.initScope, scopes, depth + 1);
  for (const key of binding.path) name = name === undefined ? undefined : join(name, key);
  binding.canonical = name ?? null;
  return name;
}

function nameOfField(property: string, scope: Scope, scopes: Scopes, depth: number): string | undefined {
  const field = scope.self && scopes.fields.get(scope.self)?.get(property);
  return field && canonicalName(field.value, field.scope, scopes, depth + 1);
}

/** The expression as it is written, when it is a chain of names: `res.redirect`, `this.db.query`. */
export function writtenName(node: Node): string | undefined {
  const parts: string[] = [];
  node = unwrap(node);
  while (isMember(node)) {
    const property = propertyName(node);
    if (property === undefined || parts.length > depthLimit) return undefined;
    parts.push(property);
    node = unwrap(node.object);
  }
  if (node.type === 'Identifier') parts.push(node.name);
  else if (node.type === 'ThisExpression') parts.push('this');
  else return undefined;
  return parts.reverse().join('.');
}

/** The identifier at the left end of a chain of names. */
export function rootOf(node: Node): Node {
  node = unwrap(node);
  while (isMember(node)) node = unwrap(node.object);
  return node;
}

/** The last name of a callee or member: `exec` of `cp.exec`. */
export function lastName(node: Node): string | undefined {
  node = unwrap(node);
  if (node.type === 'Identifier') return node.name;
  return isMember(node) ? propertyName(node) : undefined;
}

export type StaticValue = string | number | boolean | null;

/** The value of a literal; undefined for anything else. */
export function literalOf(node: Node): StaticValue | undefined {
  switch (node.type) {
    case 'StringLiteral':
    case 'NumericLiteral':
    case 'BooleanLiteral':
      return node.value;
    case 'NullLiteral':
      return null;
    case 'TemplateLiteral':
      return node.expressions.length ? undefined : (node.quasis[0]?.value.cooked ?? undefined);
    default:
      return undefined;
  }
}

/** The expression that an identifier stands for when it has one value for its whole life and nothing changes its insides. */
export function settledInit(node: Node, scope: Scope): { node: Node; scope: Scope } | undefined {
  if (node.type !== 'Identifier') return undefined;
  const binding = lookup(scope, node.name);
  if (!binding?.init || !binding.initScope || !settled(binding) || binding.mutated || binding.path.length) return undefined;
  return { node: unwrap(binding.init), scope: binding.initScope };
}

/** Folds literals, constants and concatenations of them. */
export function staticValue(node: Node, scope: Scope, depth = 0): StaticValue | undefined {
  node = unwrap(node);
  const literal = literalOf(node);
  if (literal !== undefined || depth > 20) return literal;
  switch (node.type) {
    case 'UnaryExpression': {
      const value = staticValue(node.argument, scope, depth + 1);
      if (value === undefined) return undefined;
      if (node.operator === '-' && typeof value === 'number') return -value;
      return node.operator === '!' ? !value : undefined;
    }
    case 'BinaryExpression': {
      const left = staticValue(node.left, scope, depth + 1);
      const right = left === undefined ? undefined : staticValue(node.right, scope, depth + 1);
      if (left === undefined || left === null || right === undefined || right === null) return undefined;
      if (typeof left === 'number' && typeof right === 'number') {
        if (node.operator === '*') return left * right;
        if (node.operator === '+') return left + right;
        if (node.operator === '-') return left - right;
        if (node.operator === '/') return left / right;
        return undefined;
      }
      return node.operator === '+' ? String(left) + String(right) : undefined;
    }
    case 'Identifier': {
      const init = settledInit(node, scope);
      return init && staticValue(init.node, init.scope, depth + 1);
    }
    case 'MemberExpression': {
      // `defaults.algorithm` of a constant object.
      const object = settledInit(unwrap(node.object), scope);
      const name = propertyName(node);
      if (object?.node.type !== 'ObjectExpression' || name === undefined) return undefined;
      for (const property of object.node.properties) {
        if (property.type !== 'ObjectProperty') return undefined;
        if (keyName(property.key, property.computed) === name) return staticValue(property.value, object.scope, depth + 1);
      }
      return undefined;
    }
    default:
      return undefined;
  }
}
