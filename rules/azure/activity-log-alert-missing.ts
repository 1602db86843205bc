import { at, text } from '../../server/engine/tree.ts';
import type { Check, Fact } from '../../server/engine/types.ts';

/** Operations that are rare and that matter, in lower case, and how a message calls them. */
const watched: readonly (readonly [string, string])[] = [
  ['microsoft.authorization/policyassignments/write', 'new policy assignments'],
  ['microsoft.authorization/policyassignments/delete', 'deleted policy assignments'],
  ['microsoft.network/networksecuritygroups/write', 'changed security groups'],
  ['microsoft.network/networksecuritygroups/delete', 'deleted security groups'],
  ['microsoft.network/publicipaddresses/write', 'new public addresses'],
  ['microsoft.network/publicipaddresses/delete', 'deleted public addresses'],
  ['microsoft.security/securitysolutions/write', 'changed security solutions'],
  ['microsoft.security/securitysolutions/delete', 'deleted security solutions'],
  ['microsoft.sql/servers/firewallrules/write', 'changed SQL firewall rules'],
  ['microsoft.sql/servers/firewallrules/delete', 'deleted SQL firewall rules'],
];

const alert = 'azurerm_monitor_activity_log_alert';

/** What no alert of the folder watches, said once: at the first alert on changes. */
const check: Check = (fact) => {
  const onChanges = fact.scope.ofType(alert).filter(watchesChanges);
  const addresses = onChanges.map(({ address }) => address ?? '').sort();
  if (addresses.length === 0 || fact.address !== addresses[0]) return [];
  const operations = onChanges.map(({ node }) => at(node, 'criteria.operation_name'));
  if (operations.some(({ found, uncertain }) => uncertain || found.some(({ node }) => text(node) === undefined))) return [];
  const seen = new Set(operations.flatMap(({ found }) => found.map(({ node }) => text(node)!.toLowerCase())));
  const missing = watched.flatMap(([operation, words]) => (seen.has(operation) ? [] : [words]));
  return missing.length > 0 ? [{ span: fact.head, values: { missing: missing.join(', ') } }] : [];
};

function watchesChanges({ node }: Fact): boolean {
  return at(node, 'criteria.category').found.some(({ node: category }) =>
    /^(?:Administrative|Policy|Security)$/.test(text(category) ?? ''),
  );
}

export default check;
