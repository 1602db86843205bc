import { entryOf, get, items, text } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';
import { written } from '../../server/engine/workflow.ts';

/** `state: latest`, unless the task is an update: of all that is installed, or only of what is. */
const check: Check = (fact) => {
  const args = entryOf(fact.node, fact.types[0] ?? '')?.value;
  const state = entryOf(args, 'state');
  if (!state || text(state.value) !== 'latest') return [];
  if (text(args, 'update_only')?.toLowerCase() === 'true' || items(get(args, 'name')).some((name) => text(name) === '*')) return [];
  const plain = written(fact, state.value) === 'latest';
  const edits = [{ op: 'replace' as const, span: state.value.span, text: 'present' }];
  return [{ span: state.value.span, ...(plain && { fix: { title: 'Install it, and leave it', safe: false, edits } }) }];
};

export default check;
