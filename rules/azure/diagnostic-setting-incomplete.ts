import { at, get, items, text, type Node } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

const wanted = ['Administrative', 'Alert', 'Policy', 'Security'];

/** Settings on a subscription that lack a category. */
const check: Check = ({ node, head }) => {
  if (!isSubscription(get(node, 'target_resource_id'))) return [];
  const blocks = ['enabled_log', 'log'].map((path) => at(node, path));
  if (blocks.some(({ uncertain }) => uncertain)) return [];
  const logs = blocks.flatMap(({ found }) => found.flatMap((one) => items(one.node)));
  const categories = new Set<string>();
  for (const log of logs) {
    if (text(get(log, 'enabled')) === 'false') continue;
    const category = get(log, 'category') ?? get(log, 'category_group');
    const name = text(category);
    if (name === undefined || name === 'allLogs' || name === 'audit') return [];
    categories.add(name);
  }
  const missing = wanted.filter((name) => !categories.has(name));
  return missing.length > 0 ? [{ span: head, values: { missing: missing.join(', ') } }] : [];
};

function isSubscription(target: Node | undefined): boolean {
  if (target?.kind === 'scalar') return /^\/subscriptions\/[^/]+$/.test(String(target.value));
  if (target?.kind !== 'unknown' || target.parts?.some((part) => /\/(?:resourceGroups|providers)/.test(part ?? ''))) return false;
  return target.refs.length > 0 && target.refs.every((ref) => /^(?:data\.)?azurerm_subscription\./.test(ref));
}

export default check;
