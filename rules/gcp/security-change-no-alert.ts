import { at, get, items, text, type Node } from '../../server/engine/tree.ts';
import type { Check, Fact } from '../../server/engine/types.ts';

/** What a filter of the audit log has to name, by what is watched. */
const changes: readonly (readonly [string, RegExp])[] = [
  ['owners of the project', /ProjectOwnership|roles\/owner/],
  ['the audit configuration', /auditConfigDeltas/],
  ['custom roles', /(?:CreateRole|UpdateRole|DeleteRole|iam_role)/],
];
const ofTheAuditLog = /protoPayload|cloudresourcemanager|SetIamPolicy|ProjectOwnership|auditConfigDeltas|CreateRole/;

/** A metric over the audit log that no alert asks, and changes that no such metric counts. */
const check: Check = (fact) => {
  const filter = get(fact.node, 'filter');
  const said = text(filter);
  if (!filter || said === undefined || !ofTheAuditLog.test(said)) return [];
  if (alerted(fact) === false) return [{ span: fact.head, values: { value: 'this change' } }];
  const metrics = fact.scope.ofType('google_logging_metric');
  const filters = metrics.map((one) => text(get(one.node, 'filter')));
  const first = metrics.find((_, i) => ofTheAuditLog.test(filters[i] ?? ''));
  if (first?.address !== fact.address || filters.includes(undefined)) return [];
  return changes
    .filter(([, named]) => !filters.some((one) => named.test(one!)))
    .slice(0, 1)
    .map(([value]) => ({ span: fact.head, values: { value: `a change of ${value}` } }));
};

/** Whether an alert asks for the metric; undefined when that can't be seen. */
function alerted({ node, scope, address }: Fact): boolean | undefined {
  const name = text(get(node, 'name'));
  let unknown = name === undefined;
  for (const policy of scope.ofType('google_monitoring_alert_policy')) {
    for (const filter of filtersOf(policy.node)) {
      if (name !== undefined && text(filter)?.includes(name)) return true;
      if (filter.kind !== 'unknown') continue;
      const targets = filter.refs.map((ref) => scope.resolve(ref));
      if (targets.some((target) => target?.address === address)) return true;
      if (targets.length === 0 || targets.includes(undefined)) unknown = true;
    }
  }
  return unknown ? undefined : false;
}

function filtersOf(policy: Node): readonly Node[] {
  return ['condition_threshold', 'condition_absent', 'condition_matched_log', 'condition_monitoring_query_language'].flatMap((condition) =>
    ['filter', 'query'].flatMap((key) => at(policy, `conditions.${condition}.${key}`).found.flatMap((found) => items(found.node))),
  );
}

export default check;
