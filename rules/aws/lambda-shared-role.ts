import { get, text, type Node } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

/** A function of a template whose role another function has as well. */
const check: Check = (fact) => {
  const role = get(fact.node, 'Role');
  const own = identity(role);
  if (!role || own === undefined) return [];
  const others = ['AWS::Lambda::Function', 'AWS::Serverless::Function'].flatMap((type) => fact.scope.ofType(type));
  const other = others.find((one) => one.address !== fact.address && identity(get(one.node, 'Role')) === own);
  return other ? [{ span: role.span, values: { other: other.address ?? '' } }] : [];
};

function identity(node: Node | undefined): string | undefined {
  if (node?.kind === 'unknown') return node.refs.length === 1 ? `ref ${node.refs[0]!}` : undefined;
  const value = text(node);
  return value === undefined || value === '' ? undefined : value;
}

export default check;
