import { entryOf, text, type Node } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

/** The second and later keys of one user that are in use. */
const check: Check = (fact) => {
  if (isInactive(fact.node)) return [];
  const owner = userOf(fact.node);
  if (owner === undefined) return [];
  const same = [...fact.scope.ofType(fact.types[0]!)].filter((key) => !isInactive(key.node) && userOf(key.node) === owner);
  const first = same[0];
  return first && first.address !== fact.address ? [{ span: fact.head }] : [];
};

/** The user by name or reference, however the platform writes it. */
function userOf(node: Node): string | undefined {
  const user = (entryOf(node, 'user') ?? entryOf(node, 'UserName'))?.value;
  if (user?.kind === 'unknown') return user.refs.length === 1 && !user.parts ? user.refs[0]!.replace(/\.(?:name|id)$/, '') : undefined;
  return text(user);
}

function isInactive(node: Node): boolean {
  return (text(node, 'status') ?? text(node, 'Status')) === 'Inactive';
}

export default check;
