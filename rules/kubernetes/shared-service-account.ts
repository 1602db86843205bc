import { at, text } from '../../server/engine/tree.ts';
import type { Check, Fact } from '../../server/engine/types.ts';

/** A service account, not the default one, that a workload of another name in the same namespace uses as well. */
const check: Check = (fact) => {
  const found = at(fact.node, 'serviceAccountName').found[0]?.node;
  const value = text(found);
  if (!found || value === undefined || value === '' || value === 'default') return [];
  const [own, namespace] = [nameOf(fact), namespaceOf(fact)];
  const other = fact.scope
    .ofType('pod')
    .find((pod) => text(pod.node, 'serviceAccountName') === value && nameOf(pod) !== own && namespaceOf(pod) === namespace);
  return other ? [{ span: found.span, values: { value, other: other.name } }] : [];
};

const nameOf = ({ parent }: Fact): string | undefined => text(parent?.node, 'metadata.name');
const namespaceOf = ({ parent }: Fact): string | undefined => text(parent?.node, 'metadata.namespace');

export default check;
