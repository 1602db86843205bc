import { at, text } from '../../server/engine/tree.ts';
import type { Check, Fact } from '../../server/engine/types.ts';

/** An autoscaler whose target another one of the same kind and namespace has as well. */
const check: Check = (fact) => {
  const path = fact.types[0] === 'VerticalPodAutoscaler' ? 'spec.targetRef' : 'spec.scaleTargetRef';
  const target = (one: Fact): string =>
    `${text(one.node, 'metadata.namespace') ?? ''} ${text(one.node, `${path}.kind`) ?? ''} ${text(one.node, `${path}.name`) ?? ''}`;
  const found = at(fact.node, `${path}.name`).found[0]?.node;
  const value = text(found);
  if (!found || value === undefined) return [];
  const other = fact.scope
    .ofType(fact.types[0]!)
    .find((one) => text(one.node, 'metadata.name') !== text(fact.node, 'metadata.name') && target(one) === target(fact));
  return other ? [{ span: found.span, values: { value, other: other.name } }] : [];
};

export default check;
