import { get, items, text } from '../../server/engine/tree.ts';
import type { Check, Hit } from '../../server/engine/types.ts';

const check: Check = (fact) => {
  const hits: Hit[] = [];
  const known = new Set<string>();
  for (const stage of items(get(fact.node, 'stages'))) {
    const as = get(stage, 'as');
    const name = text(as)?.toLowerCase();
    if (as && name !== undefined) {
      if (known.has(name))
        hits.push({ span: as.span, values: { problem: `an earlier one is called \`${name}\` already. Give this one a name of its own.` } });
      known.add(name);
    }
    for (const instruction of items(get(stage, 'instructions'))) {
      const from = get(instruction, 'from');
      if (from && name !== undefined && text(from)?.toLowerCase() === name && text(instruction, 'keyword') === 'COPY')
        hits.push({ span: from.span, values: { problem: `\`${name}\` copies from itself. Name the stage that made the files.` } });
    }
  }
  return hits;
};

export default check;
