import { at, entryOf, get, text } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';
import { picks } from './mismatching-selector.ts';

const TERMS = [
  'requiredDuringSchedulingIgnoredDuringExecution.labelSelector',
  'preferredDuringSchedulingIgnoredDuringExecution.podAffinityTerm.labelSelector',
];

/** An anti-affinity whose selectors all pick other pods than the copies themselves. */
const check: Check = ({ node }) => {
  const pod = get(node, 'spec.template.spec');
  const found = at(node, 'spec.template.spec.affinity.podAntiAffinity').found[0];
  const labels = get(node, 'spec.template.metadata.labels');
  const replicas = Number(text(node, 'spec.replicas'));
  if (!found || !(replicas >= 2) || entryOf(pod, 'topologySpreadConstraints') || !labels) return [];
  const terms = TERMS.map((path) => at(found.node, path));
  if (terms.some((term) => term.uncertain)) return [];
  const selectors = terms.flatMap((term) => term.found);
  const others = selectors.length > 0 && selectors.every((selector) => picks(selector.node, labels) === false);
  return others ? [{ span: found.entry?.keySpan ?? found.node.span }] : [];
};

export default check;
