import { get, items, text } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

/** The first instruction, where it is neither FROM nor ARG; an empty file has none. */
const check: Check = (fact) => {
  const inner = fact.node.kind === 'map' ? fact.node.entries.filter(({ key }) => key !== 'directives' && key !== 'stages') : [];
  const first = inner.find(({ value }) => text(value, 'keyword') !== 'ARG')?.value;
  const keyword = text(first, 'keyword');
  if (
    !first ||
    keyword === undefined ||
    keyword === 'FROM' ||
    items(get(fact.node, 'stages')).some((stage) => stage.span.start < first.span.start)
  )
    return [];
  return [{ span: first.span, values: { value: keyword } }];
};

export default check;
