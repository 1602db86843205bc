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
    if (object.type === 'NewExpression') return methodOf(classOf(object.callee, scope), name, scope, scopes);
    if (object.type !== 'Identifier') return undefined;
    const binding = lookup(scope, object.name);
    if (binding?.kind === 'class') return methodOf(classOf(object, scope), name, scope, scopes);
    const init = binding?.init && !binding.writes && !binding.path.length ? unwrap(binding.init) : undefined;
    if (init?.type === 'NewExpression') return methodOf(classOf(init.callee, binding!.initScope ?? scope), name, scope, scopes);
    if (init?.type !== 'ObjectExpression') return undefined;
    for (const property of init.properties) {
      if (property.type === 'SpreadElement' || keyName(property.key, property.computed) !== name) continue;
      if (property.type === 'ObjectMethod') return property;
      return functionOf(property.value, binding!.initScope ?? scope, scopes, depth + 1);
    }
  }
  return undefined;
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
