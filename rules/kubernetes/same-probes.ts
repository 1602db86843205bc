import { at, entryOf } from '../../server/engine/tree.ts';
import type { Node } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

/** Liveness and readiness probes that are the same in every setting. */
const check: Check = ({ node }) => {
  const live = entryOf(node, 'livenessProbe');
  const ready = at(node, 'readinessProbe').found[0]?.node;
  if (!live || !ready || live.value.kind !== 'map' || live.value.entries.length === 0 || !same(live.value, ready)) return [];
  return [{ span: live.keySpan }];
};

/** Whether two known values are equal; the order of keys doesn't matter. */
function same(a: Node, b: Node): boolean {
  if (a.kind === 'scalar') return b.kind === 'scalar' && String(a.value) === String(b.value);
  if (a.kind === 'list')
    return b.kind === 'list' && a.items.length === b.items.length && a.items.every((item, i) => same(item, b.items[i]!));
  if (a.kind !== 'map' || b.kind !== 'map' || a.open || b.open || a.entries.length !== b.entries.length) return false;
  return a.entries.every(({ key, value }) => {
    const other = entryOf(b, key);
    return other !== undefined && same(value, other.value);
  });
}

export default check;
