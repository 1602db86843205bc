import { at, entryOf, text } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

/** A selector with a label that the pods of the same workload don't have, or have with another value. */
const check: Check = ({ node }) => {
  const found = at(node, 'spec.selector.matchLabels').found[0];
  const labels = at(node, 'spec.template.metadata.labels');
  const own = labels.found[0]?.node;
  if (found?.node.kind !== 'map' || labels.uncertain || (own && (own.kind !== 'map' || own.open))) return [];
  const missing = found.node.entries.some(({ key, value }) => {
    const wanted = text(value);
    const label = own && entryOf(own, key)?.value;
    return wanted !== undefined && (label ? label.kind === 'scalar' && text(label) !== wanted : true);
  });
  return missing ? [{ span: found.entry?.keySpan ?? found.node.span }] : [];
};

export default check;
