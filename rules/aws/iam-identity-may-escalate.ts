import { refersTo } from '../../server/engine/match.ts';
import { at, entryOf, get, items, text, type Node } from '../../server/engine/tree.ts';
import type { Check, Fact, Hit } from '../../server/engine/types.ts';

/** Sets of actions with which an identity gets rights that it wasn't given, each as far as it is known in public. */
const WAYS: readonly (readonly string[])[] = [
  ['iam:CreatePolicyVersion'],
  ['iam:SetDefaultPolicyVersion'],
  ['iam:CreateAccessKey'],
  ['iam:CreateLoginProfile'],
  ['iam:UpdateLoginProfile'],
  ['iam:AttachUserPolicy'],
  ['iam:AttachGroupPolicy'],
  ['iam:AttachRolePolicy'],
  ['iam:PutUserPolicy'],
  ['iam:PutGroupPolicy'],
  ['iam:PutRolePolicy'],
  ['iam:AddUserToGroup'],
  ['iam:UpdateAssumeRolePolicy', 'sts:AssumeRole'],
  ['iam:PassRole', 'ec2:RunInstances'],
  ['iam:PassRole', 'lambda:CreateFunction', 'lambda:InvokeFunction'],
  ['iam:PassRole', 'lambda:CreateFunction', 'lambda:CreateEventSourceMapping'],
  ['iam:PassRole', 'cloudformation:CreateStack'],
  ['iam:PassRole', 'glue:CreateDevEndpoint'],
  ['iam:PassRole', 'glue:CreateJob', 'glue:StartJobRun'],
  ['iam:PassRole', 'datapipeline:CreatePipeline', 'datapipeline:PutPipelineDefinition'],
  ['iam:PassRole', 'ecs:RunTask'],
  ['iam:PassRole', 'sagemaker:CreateNotebookInstance', 'sagemaker:CreatePresignedNotebookInstanceUrl'],
  ['iam:PassRole', 'codebuild:CreateProject', 'codebuild:StartBuild'],
  ['lambda:UpdateFunctionCode'],
  ['glue:UpdateDevEndpoint'],
];

/** The way, if any, that all policies of a user, group or role open together. */
const check: Check = (fact) => {
  const found = escalationOf(fact);
  // A policy with everything is no way round, and others say so.
  return found && found.way[0] !== '*' ? [{ span: fact.head, values: { value: found.way.join('` and `') }, related: found.related }] : [];
};

/** The actions that make an identity more than it was meant to be (`*` where it may do everything), and the policies that allow them. */
export function escalationOf(fact: Fact): { readonly way: readonly string[]; readonly related: NonNullable<Hit['related']> } | undefined {
  const kind = /^aws_iam_(user|group|role)$/.exec(fact.types[0] ?? '')?.[1];
  if (kind === undefined) return undefined;
  const policies = policiesOf(fact, kind);
  const actions = policies.flatMap(({ node }) => actionsOf(node));
  const way = actions.includes('*')
    ? ['*']
    : WAYS.find((needed) => needed.every((action) => actions.some((allowed) => covers(allowed, action))));
  if (!way) return undefined;
  const related = policies
    .filter(({ node }) => actionsOf(node).some((allowed) => way.some((action) => covers(allowed, action))))
    .map(({ holder }) => ({ path: holder.document.path, span: holder.head, message: holder.name }));
  return { way, related };
}

/** The attachments of policies to a user, group or role. */
export function attachmentsOf(fact: Fact, kind: string): readonly Fact[] {
  const { scope } = fact;
  return [
    ...scope.ofType(`aws_iam_${kind}_policy_attachment`).filter((one) => refersTo(one, [kind], fact) === true),
    ...scope.ofType('aws_iam_policy_attachment').filter((one) => refersTo(one, [`${kind}s`], fact) === true),
  ];
}

interface Policy {
  readonly holder: Fact;
  readonly node: Node;
}

/** Inline policies, and managed ones of this project that are attached to it. */
function policiesOf(fact: Fact, kind: string): readonly Policy[] {
  const { scope } = fact;
  const of = (holder: Fact, path: string): readonly Policy[] => at(holder.node, path).found.map(({ node }) => ({ holder, node }));
  const inline = scope.ofType(`aws_iam_${kind}_policy`).filter((one) => refersTo(one, [kind], fact) === true);
  const attachments = attachmentsOf(fact, kind);
  const managed = scope
    .ofType('aws_iam_policy')
    .filter((policy) => attachments.some((attachment) => refersTo(attachment, ['policy_arn'], policy) === true));
  return [...of(fact, 'inline_policy.policy'), ...[...inline, ...managed].flatMap((one) => of(one, 'policy'))];
}

/** What a policy allows on every resource without a condition. */
function actionsOf(policy: Node): readonly string[] {
  return items(get(policy, 'Statement')).flatMap((statement) => {
    if (text(statement, 'Effect') !== 'Allow' || entryOf(statement, 'Condition')) return [];
    if (!items(get(statement, 'Resource')).some((resource) => text(resource) === '*')) return [];
    return items(get(statement, 'Action')).flatMap((action) => text(action) ?? []);
  });
}

/** Whether `iam:Put*` covers `iam:PutRolePolicy`; upper and lower case are the same to AWS. */
function covers(allowed: string, action: string): boolean {
  const [head = '', ...rest] = allowed.toLowerCase().split('*');
  const wanted = action.toLowerCase();
  if (rest.length === 0) return head === wanted;
  let from = head.length;
  if (!wanted.startsWith(head)) return false;
  for (const piece of rest) {
    const found = wanted.indexOf(piece, from);
    if (found < 0) return false;
    from = found + piece.length;
  }
  return rest.at(-1) === '' || wanted.endsWith(rest.at(-1)!);
}

export default check;
