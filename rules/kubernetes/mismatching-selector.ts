import type { Truth } from '../../server/engine/predicates.ts';
import { at, entryOf, get, items, text, type MapNode, type Node } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

/** A selector with a label that the pods of the same workload don't have, or have with another value. */
const check: Check = (fact) => ['spec', 'spec.jobTemplate.spec'].flatMap((place) => mismatch(fact.node, place));

function mismatch(node: Node, place: string): ReturnType<Check> {
  const template = get(node, `${place}.template`);
  const selector = at(node, `${place}.selector`).found[0];
  const labels = at(node, `${place}.template.metadata.labels`);
  if (!selector || !template || template.kind === 'unknown' || labels.uncertain) return [];
  if (picks(selector.node, labels.found[0]?.node) !== false) return [];
  const first = ['matchLabels', 'matchExpressions'].flatMap((key) => entryOf(selector.node, key) ?? [])[0];
  return [{ span: (first ?? selector.entry)?.keySpan ?? selector.node.span }];
}

/** Whether a selector (`matchLabels`, `matchExpressions`) picks pods with these labels; undefined where that isn't to be seen. */
export function picks(selector: Node, labels: Node | undefined): Truth {
  if (selector.kind !== 'map' || (labels && (labels.kind !== 'map' || labels.open))) return undefined;
  const wanted = get(selector, 'matchLabels');
  const expressions = get(selector, 'matchExpressions');
  if (wanted?.kind === 'map' && wanted.entries.some(({ key, value }) => text(value) !== undefined && differs(labels, key, [text(value)!])))
    return false;
  if (items(expressions).some((expression) => unmet(expression, labels))) return false;
  return selector.open || wanted?.kind === 'unknown' || expressions?.kind === 'unknown' ? undefined : true;
}

/** Whether the labels lack `key`, or have none of the wanted values; what isn't known differs from nothing. */
function differs(labels: MapNode | undefined, key: string, wanted: readonly string[] | undefined): boolean {
  const label = labels && entryOf(labels, key)?.value;
  if (!label) return true;
  return label.kind === 'scalar' && wanted !== undefined && !wanted.includes(text(label)!);
}

/** Whether the labels surely fail one of `matchExpressions`. */
function unmet(expression: Node, labels: MapNode | undefined): boolean {
  const key = text(expression, 'key');
  const values = items(get(expression, 'values'));
  const wanted = values.flatMap((value) => text(value) ?? []);
  if (key === undefined || wanted.length < values.length) return false;
  const label = labels && entryOf(labels, key)?.value;
  switch (text(expression, 'operator')) {
    case 'In':
      return differs(labels, key, wanted);
    case 'NotIn':
      return label?.kind === 'scalar' && wanted.includes(text(label)!);
    case 'Exists':
      return !label;
    case 'DoesNotExist':
      return label !== undefined;
    default:
      return false;
  }
}

export default check;
