import { get, text, type Node } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

/** A task definition whose task role and execution role are one and the same. */
const check: Check = ({ node }) => {
  const task = get(node, 'task_role_arn') ?? get(node, 'TaskRoleArn');
  const execution = get(node, 'execution_role_arn') ?? get(node, 'ExecutionRoleArn');
  const one = identity(task);
  return task && one !== undefined && one === identity(execution) ? [{ span: task.span }] : [];
};

function identity(node: Node | undefined): string | undefined {
  if (node?.kind === 'unknown') return node.refs.length === 1 ? `ref ${node.refs[0]!}` : undefined;
  const value = text(node);
  return value === undefined || value === '' ? undefined : value;
}

export default check;
