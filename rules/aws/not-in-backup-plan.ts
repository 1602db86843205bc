import { at, get, items, text, type Node } from '../../server/engine/tree.ts';
import type { Check, Fact } from '../../server/engine/types.ts';

/**
 * Volumes without any backup selection in the project, and volumes and clusters that its selections leave out. By tag or with a `*`
 * in its names, a selection may have any; it may also stand in another project, for which a tag is the only sign.
 */
const check: Check = (fact) => {
  const selections = fact.scope.ofType('aws_backup_selection');
  const found =
    selections.length > 0
      ? selections.every((selection) => leavesOut(selection, fact))
      : fact.types.includes('aws_ebs_volume') && fact.scope.ofType('aws_dlm_lifecycle_policy').length === 0 && !mayBeTagged(fact.node);
  return found ? [{ span: fact.head }] : [];
};

/** Tags that aren't known, or that speak of backups. */
function mayBeTagged(node: Node): boolean {
  const { found, uncertain } = at(node, 'tags');
  if (uncertain) return true;
  return found.some(
    ({ node: tags }) => tags.kind !== 'map' || tags.open === true || tags.entries.some(({ key }) => /backup|snapshot|dlm/i.test(key)),
  );
}

function leavesOut(selection: Fact, fact: Fact): boolean {
  if (selection.node.kind !== 'map' || selection.node.open) return false;
  if (get(selection.node, 'selection_tag') ?? get(selection.node, 'condition')) return false;
  const lists = at(selection.node, 'resources').found.map(({ node }) => node);
  const named = lists.flatMap((list) => items(list));
  // A selection of nothing leaves everything out.
  return lists.length > 0 && lists.every(isWhole) && named.every((one) => isAnother(one, selection, fact));
}

const isWhole = (list: Node): boolean => list.kind !== 'list' || !list.open;

function isAnother(named: Node, selection: Fact, fact: Fact): boolean {
  if (text(named) !== undefined || named.kind !== 'unknown' || named.refs.length === 0) return false;
  return named.refs.every((ref) => {
    const target = selection.scope.resolve(ref);
    return target !== undefined && target.address !== fact.address;
  });
}

export default check;
