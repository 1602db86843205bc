import { get, text } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

const check: Check = (fact) => {
  const node = get(fact.node, 'container_name');
  const name = text(node);
  if (!node || name === undefined) return [];
  const other = fact.scope
    .ofType('service')
    .find((one) => one.address !== fact.address && one.parent === fact.parent && text(one.node, 'container_name') === name);
  if (!other) return [];
  const related = [{ path: other.document.path, span: other.head, message: other.name }];
  return [{ span: node.span, values: { value: name, other: other.name }, related }];
};

export default check;
