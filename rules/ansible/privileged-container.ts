import { entryOf, text } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';
import { written } from '../../server/engine/workflow.ts';

const check: Check = (fact) => {
  const entry = entryOf(entryOf(fact.node, fact.types[0] ?? '')?.value, 'privileged');
  if (!entry || text(entry.value) !== 'true') return [];
  const plain = /^(true|yes)$/i.test(written(fact, entry.value));
  const edits = [{ op: 'replace' as const, span: entry.value.span, text: 'false' }];
  return [
    {
      span: entry.span,
      values: { value: 'privileged' },
      ...(plain && { fix: { title: 'Run without privileged mode', safe: false, edits } }),
    },
  ];
};

export default check;
