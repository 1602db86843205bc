import { get, text } from '../../server/engine/tree.ts';
import type { Check, Fact } from '../../server/engine/types.ts';

/** An API key of a user whom a membership of the project puts into the group Administrators. */
const check: Check = (key) => {
  const user = target(key, 'user_id');
  if (!user) return [];
  const isAdministrator = key.scope.ofType('oci_identity_user_group_membership').some((membership) => {
    const group = target(membership, 'group_id');
    return group && text(get(group.node, 'name')) === 'Administrators' && target(membership, 'user_id')?.address === user.address;
  });
  return isAdministrator ? [{ span: key.head }] : [];
};

/** The resource that the value at `path` refers to. */
function target(fact: Fact, path: string): Fact | undefined {
  const value = get(fact.node, path);
  const ref = value?.kind === 'unknown' ? value.refs[0] : undefined;
  return ref === undefined ? undefined : fact.scope.resolve(ref);
}

export default check;
