import { at, text } from '../../server/engine/tree.ts';
import type { Check, Fact } from '../../server/engine/types.ts';

/** A user id, not root's, that a pod of another workload has as well. */
const check: Check = (fact) => {
  const found = at(fact.node, 'securityContext.runAsUser').found[0]?.node;
  const value = text(found);
  if (!found || value === undefined || !/^[1-9]\d*$/.test(value)) return [];
  const own = nameOf(fact);
  const other = [...fact.scope.ofType('pod'), ...fact.scope.ofType('container')].find(
    (one) => text(one.node, 'securityContext.runAsUser') === value && nameOf(one) !== own,
  );
  return other ? [{ span: found.span, values: { value, other: workloadOf(other)?.name ?? other.name } }] : [];
};

function workloadOf(fact: Fact): Fact | undefined {
  return fact.types.includes('container') ? fact.parent?.parent : fact.parent;
}

const nameOf = (fact: Fact): string =>
  `${text(workloadOf(fact)?.node, 'metadata.namespace') ?? ''}/${text(workloadOf(fact)?.node, 'metadata.name') ?? ''}`;

export default check;
