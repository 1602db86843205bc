import { at, text } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

/** A budget whose `minAvailable` is as high as the copies of the workload that it picks. */
const check: Check = ({ node, scope }) => {
  const found = at(node, 'spec.minAvailable').found[0]?.node;
  const value = text(found);
  const wanted = at(node, 'spec.selector.matchLabels').found[0]?.node;
  if (!found || value === undefined || !/^[1-9]\d{0,5}$/.test(value) || wanted?.kind !== 'map' || wanted.entries.length === 0) return [];
  const tight = [...scope.ofType('Deployment'), ...scope.ofType('StatefulSet')].some((workload) => {
    const replicas = at(workload.node, 'spec.replicas');
    const copies = replicas.found.length === 0 && !replicas.uncertain ? '1' : text(replicas.found[0]?.node);
    const picked = wanted.entries.every((entry) => {
      const label = text(at(workload.node, ['spec', 'template', 'metadata', 'labels', entry.key]).found[0]?.node);
      return label !== undefined && label === text(entry.value);
    });
    const scaled = scope
      .ofType('HorizontalPodAutoscaler')
      .some((one) => text(one.node, 'spec.scaleTargetRef.name') === text(workload.node, 'metadata.name'));
    return picked && !scaled && copies !== undefined && /^\d{1,6}$/.test(copies) && Number(copies) > 0 && Number(copies) <= Number(value);
  });
  return tight ? [{ span: found.span, values: { value: `minAvailable: ${value}` } }] : [];
};

export default check;
