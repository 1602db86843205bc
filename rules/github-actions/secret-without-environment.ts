import { get, walk } from '../../server/engine/tree.ts';
import type { Check, Hit } from '../../server/engine/types.ts';
import { expressionsIn } from '../../server/engine/workflow.ts';

const check: Check = (fact) => {
  const hits: Hit[] = [];
  for (const key of ['steps', 'env', 'container', 'services']) {
    const part = get(fact.node, key);
    if (!part) continue;
    walk(part, (node) => {
      for (const { contexts } of expressionsIn(fact, node)) {
        const use = contexts.find(({ path }) => /^secrets\.(?!github_token$)/i.test(path));
        if (use) hits.push({ span: use.span, values: { value: use.path } });
      }
    });
  }
  return hits;
};

export default check;
