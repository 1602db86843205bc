import { at, entryOf, get, items, text, type Located, type Node } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

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
  if (!found || !(replicas >= 2) || entryOf(pod, 'topologySpreadConstraints') || labels?.kind !== 'map' || labels.open) return [];
  const terms = TERMS.map((path) => at(found.node, path));
  if (terms.some((term) => term.uncertain)) return [];
  const selectors = terms.flatMap((term) => term.found);
  const others = selectors.length > 0 && selectors.every(({ node: selector }: Located) => passesOver(selector, labels));
  return others ? [{ span: found.entry?.keySpan ?? found.node.span }] : [];
};

/** Whether a selector surely doesn't pick pods with these labels. */
function passesOver(selector: Node, labels: Node): boolean {
  const wanted = get(selector, 'matchLabels');
  if (wanted?.kind === 'map' && wanted.entries.some(({ key, value }) => differs(labels, key, [value]))) return true;
  return items(get(selector, 'matchExpressions')).some((expression) => {
    const key = text(expression, 'key');
    const values = get(expression, 'values');
    if (key === undefined || text(expression, 'operator') !== 'In' || values?.kind !== 'list' || values.open) return false;
    return differs(labels, key, values.items);
  });
}

function differs(labels: Node, key: string, wanted: readonly Node[]): boolean {
  const label = entryOf(labels, key)?.value;
  if (label && text(label) === undefined) return false;
  return wanted.every((value) => text(value) !== undefined && text(value) !== text(label));
}

export default check;
