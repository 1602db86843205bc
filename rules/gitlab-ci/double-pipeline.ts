import { entryOf, get, items, text } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

const check: Check = (fact) => {
  const rules = entryOf(fact.node, 'rules');
  const conditions = items(rules?.value)
    .filter((rule) => text(rule, 'when') !== 'never')
    .map((rule) => text(get(rule, 'if')) ?? '');
  const merge = conditions.some((one) => one.includes('merge_request_event'));
  const push = conditions.some((one) => /CI_PIPELINE_SOURCE *==? *["']push/.test(one));
  return rules && merge && push ? [{ span: rules.keySpan }] : [];
};

export default check;
