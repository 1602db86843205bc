import { at, get, items, text, type Node } from '../../server/engine/tree.ts';
import type { Check, Fact } from '../../server/engine/types.ts';

/** Backup selections that name resources one by one, and not this one. By tag or with a `*` in its names, a selection may have any. */
const check: Check = (fact) => {
  const selections = fact.scope.ofType('aws_backup_selection');
  return selections.length > 0 && selections.every((selection) => leavesOut(selection, fact)) ? [{ span: fact.head }] : [];
};

function leavesOut(selection: Fact, fact: Fact): boolean {
  if (selection.node.kind !== 'map' || selection.node.open) return false;
  if (get(selection.node, 'selection_tag') ?? get(selection.node, 'condition')) return false;
  const lists = at(selection.node, 'resources').found.map(({ node }) => node);
  const named = lists.flatMap((list) => items(list));
  return named.length > 0 && lists.every(isWhole) && named.every((one) => isAnother(one, selection, fact));
}

const isWhole = (list: Node): boolean => list.kind !== 'list' || !list.open;

function isAnother(named: Node, selection: Fact, fact: Fact): boolean {
  const name = text(named);
  if (name !== undefined) return false;
  if (named.kind !== 'unknown' || named.refs.length === 0) return false;
  return named.refs.every((ref) => {
    const target = selection.scope.resolve(ref);
    return target !== undefined && target.address !== fact.address;
  });
}

export default check;
