import { at, text } from '../../server/engine/tree.ts';
import type { Check, Fact } from '../../server/engine/types.ts';

/** A selector that another Service of the namespace has as well; a headless one beside it is meant. */
const check: Check = (fact) => {
  const own = selectorOf(fact);
  if (own === undefined) return [];
  const other = fact.scope
    .ofType('Service')
    .find((one) => text(one.node, 'metadata.name') !== text(fact.node, 'metadata.name') && selectorOf(one) === own);
  const found = at(fact.node, 'spec.selector').found[0];
  return other && found ? [{ span: found.entry?.keySpan ?? found.node.span, values: { other: other.name } }] : [];
};

/** Labels, namespace and whether it is headless; undefined for what isn't known. */
function selectorOf({ node }: Fact): string | undefined {
  const selector = at(node, 'spec.selector').found[0]?.node;
  if (selector?.kind !== 'map' || selector.open || selector.entries.length === 0) return undefined;
  const labels = selector.entries.map(({ key, value }) => (value.kind === 'scalar' ? `${key}=${String(value.value)}` : undefined));
  if (labels.includes(undefined)) return undefined;
  return [text(node, 'metadata.namespace'), text(node, 'spec.clusterIP') === 'None', ...labels.sort()].join(' ');
}

export default check;
