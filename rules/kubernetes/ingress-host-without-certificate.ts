import { at, items, text } from '../../server/engine/tree.ts';
import type { Check, Hit } from '../../server/engine/types.ts';

/** Hosts of the rules that no entry of `tls` covers; an entry without hosts covers all. */
const check: Check = ({ node }) => {
  const tls = at(node, 'spec.tls').found[0]?.node;
  if (tls?.kind !== 'list' || tls.open || tls.items.length === 0) return [];
  const covered = new Set<string>();
  for (const entry of tls.items) {
    const hosts = at(entry, 'hosts').found[0]?.node;
    if (hosts?.kind !== 'list' || hosts.open || hosts.items.length === 0) return [];
    for (const host of hosts.items) {
      const name = text(host);
      if (name === undefined) return [];
      covered.add(name.toLowerCase());
    }
  }
  return items(at(node, 'spec.rules').found[0]?.node).flatMap((rule): Hit[] => {
    const host = at(rule, 'host').found[0]?.node;
    const name = text(host)?.toLowerCase();
    if (!host || name === undefined || name === '' || covered.has(name) || covered.has(name.replace(/^[^.]*/, '*'))) return [];
    return [{ span: host.span, values: { value: name } }];
  });
};

export default check;
