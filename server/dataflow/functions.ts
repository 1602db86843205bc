import { isFunction, isMember, keyName, propertyName, unwrap, type ClassNode, type FunctionNode, type Node } from './nodes.ts';
import { lookup, type Scope, type Scopes } from './scopes.ts';

/** The function of this file that an expression stands for. */
export function functionOf(node: Node, scope: Scope, scopes: Scopes, depth = 0): FunctionNode | undefined {
  node = unwrap(node);
  if (isFunction(node)) return node;
  if (depth > 5) return undefined;
  if (node.type === 'Identifier') {
    const binding = lookup(scope, node.name);
    if (binding?.kind === 'function') return isFunction(binding.node) ? binding.node : undefined;
    if (!binding?.init || binding.path.length || binding.writes) return undefined;
    return functionOf(binding.init, binding.initScope ?? scope, scopes, depth + 1);
  }
  if (node.type === 'CallExpression' && isMember(node.callee) && propertyName(node.callee) === 'bind' && node.arguments.length < 2)
    return functionOf(node.callee.object, scope, scopes, depth + 1);
  if (isMember(node)) {
    const name = propertyName(node);
    if (name === undefined) return undefined;
    const object = unwrap(node.object);
    if (object.type === 'ThisExpression') return scope.self && methodOf(scope.self, name, scope, scopes);
    if (object.type === 'Super') return scope.self && methodOf(parentOf(scope.self, scope), name, scope, scopes);
    if (object.type === 'NewExpression') return madeOf(object.callee, name, scope, scopes);
    if (isMember(object) && unwrap(object.object).type === 'ThisExpression')
      return ofField(propertyName(object), name, scope, scopes, depth);
    if (object.type !== 'Identifier') return undefined;
    const binding = lookup(scope, object.name);
    if (binding?.kind === 'class') return methodOf(classOf(object, scope), name, scope, scopes);
    const init = binding?.init && !binding.writes && !binding.path.length ? unwrap(binding.init) : undefined;
    if (init?.type === 'NewExpression') return madeOf(init.callee, name, binding!.initScope ?? scope, scopes);
    return init && memberOf(init, name, binding!.initScope ?? scope, scopes, depth);
  }
  return undefined;
}

/** The function that an object literal has under a name. */
function memberOf(object: Node, name: string, scope: Scope, scopes: Scopes, depth: number): FunctionNode | undefined {
  if (object.type !== 'ObjectExpression') return undefined;
  for (const property of object.properties) {
    if (property.type === 'SpreadElement' || keyName(property.key, property.computed) !== name) continue;
    return property.type === 'ObjectMethod' ? property : functionOf(property.value, scope, scopes, depth + 1);
  }
  return undefined;
}

/** `this.users.find`, where the field was made, or injected, in this file. */
function ofField(field: string | undefined, name: string, scope: Scope, scopes: Scopes, depth: number): FunctionNode | undefined {
  const held = field !== undefined && scope.self ? scopes.fields.get(scope.self)?.get(field) : undefined;
  if (!held) return undefined;
  const value = unwrap(held.value);
  if (value.type === 'NewExpression') return madeOf(value.callee, name, held.scope, scopes);
  if (value.type === 'TSTypeReference') return methodOf(classOf(value.typeName, held.scope), name, held.scope, scopes);
  return memberOf(value, name, held.scope, scopes, depth);
}

/** A method of what `new` makes: of a class, or of a constructor function. */
function madeOf(callee: Node, name: string, scope: Scope, scopes: Scopes): FunctionNode | undefined {
  const of = classOf(callee, scope);
  if (of) return methodOf(of, name, scope, scopes);
  const binding = callee.type === 'Identifier' ? lookup(scope, callee.name) : undefined;
  return binding?.kind === 'function' && isFunction(binding.node) ? madeBy(scopes).get(binding.node)?.get(name) : undefined;
}

type Made = ReadonlyMap<FunctionNode, ReadonlyMap<string, FunctionNode>>;
const made = new WeakMap<Scopes, Made>();

/** What constructor functions give to what they make: `this.find = function …` in them, `Users.prototype.find = function …`. */
export function madeBy(scopes: Scopes): Made {
  const known = made.get(scopes);
  if (known) return known;
  const found = new Map<FunctionNode, Map<string, FunctionNode>>();
  // Asked for again while it is being found out: as far as it is.
  made.set(scopes, found);
  for (const { node, scope } of scopes.places) {
    if (node.type !== 'AssignmentExpression' || node.operator !== '=' || !isMember(node.left)) continue;
    const name = propertyName(node.left);
    const object = unwrap(node.left.object);
    const prototype = isMember(object) && propertyName(object) === 'prototype' ? functionOf(object.object, scope, scopes) : undefined;
    const of = object.type === 'ThisExpression' ? scope.within : prototype;
    const fn = name === undefined || !of ? undefined : functionOf(node.right, scope, scopes);
    if (!fn) continue;
    const own = found.get(of!) ?? new Map<string, FunctionNode>();
    found.set(of!, own.set(name!, fn));
  }
  return found;
}

/** The class of this file that an expression names. */
export function classOf(node: Node, scope: Scope): ClassNode | undefined {
  const binding = node.type === 'Identifier' ? lookup(scope, node.name) : undefined;
  if (binding?.kind === 'class') return binding.node.type === 'ClassDeclaration' ? binding.node : undefined;
  const init = binding?.init && !binding.writes ? unwrap(binding.init) : undefined;
  return init?.type === 'ClassExpression' ? init : undefined;
}

const parentOf = (of: ClassNode, scope: Scope): ClassNode | undefined => (of.superClass ? classOf(of.superClass, scope) : undefined);

/** A method of a class, its own or one that it inherits within this file. */
function methodOf(of: ClassNode | undefined, name: string, scope: Scope, scopes: Scopes): FunctionNode | undefined {
  for (let depth = 0; of && depth < 5; depth++) {
    const own = scopes.methods.get(of)?.get(name);
    if (own) return own;
    of = parentOf(of, scope);
  }
  return undefined;
}
