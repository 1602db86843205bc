import { get, items, text } from '../../server/engine/tree.ts';
import type { Check, Hit } from '../../server/engine/types.ts';

const check: Check = (fact) =>
  items(get(fact.node, 'instructions')).flatMap((instruction): Hit[] => {
    if (!/^(COPY|ADD)$/.test(text(instruction, 'keyword') ?? '')) return [];
    const from = get(instruction, 'from');
    const source = items(get(instruction, 'sources')).find((one) => /^(\.\/?|\/|\.\/\*|\*|\/\*)$/.test(text(one) ?? ''));
    // From another stage only its root is everything; `scratch` images are made that way on purpose.
    if (!source || from || get(instruction, 'flags.exclude')) return [];
    return [{ span: instruction.span, values: { value: text(source) ?? '' } }];
  });

export default check;
