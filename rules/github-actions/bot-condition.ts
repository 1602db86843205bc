import type { ExpressionNode } from '../../server/engine/expressions.ts';
import type { Check, Hit } from '../../server/engine/types.ts';
import { conditionOf, eventsOf } from '../../server/engine/workflow.ts';

/** The author, by the event that started the run. */
const AUTHORS: Readonly<Record<string, string>> = {
  pull_request_target: 'github.event.pull_request.user.login',
  workflow_run: 'github.event.workflow_run.actor.login',
  issue_comment: 'github.event.comment.user.login',
};
const ACTOR = /^github\.(actor|triggering_actor|event\.sender\.login)$/i;

const check: Check = (fact) => {
  const events = eventsOf(fact);
  const event = Object.keys(AUTHORS).find((name) => events.includes(name));
  if (event === undefined) return [];
  const author = AUTHORS[event]!;
  return conditionOf(fact).flatMap(({ ast }): Hit[] => {
    const actor = ast && trusted(ast);
    if (!actor) return [];
    const edits = [{ op: 'replace' as const, span: actor.span, text: author }];
    const fix = { title: 'Ask for the author', safe: false, edits };
    return [{ span: actor.span, values: { value: actor.path, author }, ...(events.length === 1 && event !== 'workflow_run' && { fix }) }];
  });
};

/** The actor that has to be a bot for the condition to hold. */
function trusted(node: ExpressionNode): Extract<ExpressionNode, { kind: 'context' }> | undefined {
  if (node.kind === 'binary') {
    if (node.operator === '&&' || node.operator === '||') return trusted(node.left) ?? trusted(node.right);
    if (node.operator !== '==') return undefined;
    return pair(node.left, node.right) ?? pair(node.right, node.left);
  }
  if (node.kind !== 'call' || !/^(contains|startswith|endswith)$/.test(node.name)) return undefined;
  const [first, second] = node.args;
  return first && second && (pair(first, second) ?? pair(second, first));
}

function pair(actor: ExpressionNode, name: ExpressionNode): Extract<ExpressionNode, { kind: 'context' }> | undefined {
  if (actor.kind !== 'context' || !ACTOR.test(actor.path)) return undefined;
  const literal = name.kind === 'call' && name.name === 'fromjson' ? name.args[0] : name;
  return literal?.kind === 'literal' && /bot|renovate/i.test(String(literal.value)) ? actor : undefined;
}

export default check;
