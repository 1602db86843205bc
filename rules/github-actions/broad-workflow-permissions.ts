import { get, text } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

const check: Check = (fact) => {
  const jobs = get(fact.node, 'jobs');
  const permissions = get(fact.node, 'permissions');
  if (jobs?.kind !== 'map' || permissions?.kind !== 'map') return [];
  // Jobs with permissions of their own don't get those at the top.
  const heirs = jobs.entries.filter((job) => job.value.kind === 'map' && !get(job.value, 'permissions'));
  if (heirs.length < 2) return [];
  return permissions.entries
    .filter((entry) => text(entry.value) === 'write')
    .map((entry) => ({ span: entry.span, values: { key: entry.key } }));
};

export default check;
