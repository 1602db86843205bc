import { isFunction, isMember, keyName, propertyName, unwrap, type FunctionNode, type Node } from './nodes.ts';
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
  if (isMember(node)) {
    const name = propertyName(node);
    if (name === undefined) return undefined;
    const object = unwrap(node.object);
    if (object.type === 'ThisExpression') return scope.self && scopes.methods.get(scope.self)?.get(name);
    if (object.type !== 'Identifier') return undefined;
    const binding = lookup(scope, object.name);
    if (binding?.kind === 'class' && binding.node.type === 'ClassDeclaration') return scopes.methods.get(binding.node)?.get(name);
    const init = binding?.init && !binding.writes && !binding.path.length ? unwrap(binding.init) : undefined;
    if (init?.type === 'NewExpression' && init.callee.type === 'Identifier') {
      const made = lookup(binding!.initScope ?? scope, init.callee.name)?.node;
      return made?.type === 'ClassDeclaration' ? scopes.methods.get(made)?.get(name) : undefined;
    }
    if (init?.type !== 'ObjectExpression') return undefined;
    for (const property of init.properties) {
      if (property.type === 'SpreadElement' || keyName(property.key, property.computed) !== name) continue;
      if (property.type === 'ObjectMethod') return property;
      return functionOf(property.value, binding!.initScope ?? scope, scopes, depth + 1);
    }
  }
  return undefined;
}
