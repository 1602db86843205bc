import { at, entryOf, get, items, text, type MapNode, type Node } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

/** A selector with a label that the pods of the same workload don't have, or have with another value. */
const check: Check = (fact) => ['spec', 'spec.jobTemplate.spec'].flatMap((place) => mismatch(fact.node, place));

function mismatch(node: Node, place: string): ReturnType<Check> {
  const template = get(node, `${place}.template`);
  const labels = at(node, `${place}.template.metadata.labels`);
  const own = labels.found[0]?.node;
  if (!template || template.kind === 'unknown' || labels.uncertain) return [];
  if (own && (own.kind !== 'map' || own.open)) return [];
  const missed = (key: string, wanted: readonly string[] | undefined): boolean => differs(own, key, wanted);
  const places = ['matchLabels', 'matchExpressions'].flatMap((key) => at(node, `${place}.selector.${key}`).found);
  return places
    .filter(({ node: selector }) =>
      selector.kind === 'map'
        ? selector.entries.some(({ key, value }) => text(value) !== undefined && missed(key, [text(value)!]))
        : items(selector).some((expression) => unmet(expression, own)),
    )
    .slice(0, 1)
    .map((found) => ({ span: found.entry?.keySpan ?? found.node.span }));
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
