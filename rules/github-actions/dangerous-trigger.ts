import { get, items, text, type Node } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

/** Actions that only look at the event, and are made for these triggers. */
const HARMLESS =
  /^(actions\/(labeler|stale|first-interaction|add-to-project)|amannn\/action-semantic-pull-request|dessant\/lock-threads|contributor-assistant\/github-action|release-drafter\/release-drafter|peter-evans\/(create-or-update-comment|slash-command-dispatch)|dependabot\/fetch-metadata)(@|$)/i;

const check: Check = (fact) => {
  const on = get(fact.node, 'on');
  const spans =
    on?.kind === 'map'
      ? on.entries.map((entry) => ({ name: entry.key, span: entry.keySpan }))
      : items(on).map((event) => ({ name: text(event) ?? '', span: event.span }));
  const trigger = spans.find(({ name }) => name === 'pull_request_target' || name === 'workflow_run');
  if (!trigger || jobs(fact.node).every(harmless)) return [];
  return [{ span: trigger.span, values: { value: trigger.name } }];
};

function jobs(workflow: Node): readonly Node[] {
  const found = get(workflow, 'jobs');
  return found?.kind === 'map' ? found.entries.map((entry) => entry.value) : [];
}

function harmless(job: Node): boolean {
  const steps = items(get(job, 'steps'));
  return steps.length > 0 && steps.every((step) => HARMLESS.test(text(step, 'uses') ?? ''));
}

export default check;
