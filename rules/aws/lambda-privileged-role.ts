import { refersTo } from '../../server/engine/match.ts';
import { at, entryOf, items, text } from '../../server/engine/tree.ts';
import type { Check, Fact } from '../../server/engine/types.ts';
import { attachmentsOf, escalationOf } from './iam-identity-may-escalate.ts';

/** AWS's own policies with which an identity can write policies or pass any role to something that it starts. */
const privileged =
  /^arn:aws[\w-]*:iam::(?:aws:)?policy\/(?:job-function\/|service-role\/)?(?:AdministratorAccess(?:-\w+)?|PowerUserAccess|IAMFullAccess|SystemAdministrator|DataScientist|(?:AWS|Amazon)(?:Batch|BedrockStudio|CloudFormation|CodeStar|DataPipeline|ECS|ElasticBeanstalk|ElasticMapReduce|Glue\w*|Lambda|OpsWorks|Personalize|SageMaker|StepFunctions)_?FullAccess)$/;

/** A function whose role, declared beside it, makes whoever controls its code an administrator. */
const check: Check = (fact) => {
  const entry = entryOf(fact.node, 'role');
  const role = fact.scope.ofType('aws_iam_role').find((one) => refersTo(fact, ['role'], one) === true);
  if (!entry || !role) return [];
  const found = escalationOf(role);
  if (found) return [{ span: entry.value.span, values: { value: found.way.join('` and `') }, related: found.related }];
  for (const { holder, arn } of managedBy(role)) {
    if (!privileged.test(arn)) continue;
    const related = [{ path: holder.document.path, span: holder.head, message: holder.name }];
    return [{ span: entry.value.span, values: { value: arn.slice(arn.lastIndexOf('/') + 1) }, related }];
  }
  return [];
};

/** The managed policies of a role that are known by their ARN. */
function managedBy(role: Fact): readonly { readonly holder: Fact; readonly arn: string }[] {
  const of = (holder: Fact, path: string): readonly { readonly holder: Fact; readonly arn: string }[] =>
    at(holder.node, path)
      .found.flatMap(({ node }) => items(node))
      .flatMap((node) => text(node) ?? [])
      .map((arn) => ({ holder, arn }));
  return [...of(role, 'managed_policy_arns'), ...attachmentsOf(role, 'role').flatMap((one) => of(one, 'policy_arn'))];
}

export default check;
