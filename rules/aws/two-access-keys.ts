import { entryOf, text, type Node } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

/** Each key of a user who has several in use: which one is stale, the code does not say. */
const check: Check = (fact) => {
  if (isInactive(fact.node)) return [];
  const owner = userOf(fact.node);
  if (owner === undefined) return [];
  const keys = fact.scope.ofType(fact.types[0]!);
  const another = keys.some((key) => key.address !== fact.address && !isInactive(key.node) && userOf(key.node) === owner);
  return another ? [{ span: fact.head }] : [];
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
