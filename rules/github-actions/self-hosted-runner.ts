import { get, items, text } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';
import { eventsOf } from '../../server/engine/workflow.ts';

const check: Check = (fact) => {
  const runsOn = get(fact.node, 'runs-on');
  const labels = [...items(runsOn), ...items(get(runsOn, 'labels'))].map((label) => text(label));
  const stranger = eventsOf(fact).some((event) => /^(pull_request(_target)?|issue_comment)$/.test(event));
  return runsOn && stranger && labels.includes('self-hosted') ? [{ span: runsOn.span }] : [];
};

export default check;
