import { walk } from '../../server/engine/tree.ts';
import type { Check, Hit } from '../../server/engine/types.ts';
import { expressionsIn } from '../../server/engine/workflow.ts';

const check: Check = (fact) => {
  const hits: Hit[] = [];
  walk(fact.node, (node) => {
    for (const { contexts, span, text } of expressionsIn(fact, node)) {
      const all = contexts.some(({ path, reaches }) => reaches && /^secrets(\.\*)?$/i.test(path));
      if (all) hits.push({ span, values: { value: text } });
    }
  });
  return hits;
};

export default check;
