import { entryOf, text } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';
import { written } from '../../server/engine/workflow.ts';

const check: Check = (fact) => {
  const state = entryOf(entryOf(fact.node, fact.types[0] ?? '')?.value, 'state');
  if (!state || text(state.value) !== 'latest') return [];
  const plain = written(fact, state.value) === 'latest';
  const edits = [{ op: 'replace' as const, span: state.value.span, text: 'present' }];
  return [{ span: state.value.span, ...(plain && { fix: { title: 'Install it, and leave it', safe: false, edits } }) }];
};

export default check;
