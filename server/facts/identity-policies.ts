import { at, entryOf, items, type MapNode, type Node } from '../engine/tree.ts';
import type { Fact } from '../engine/types.ts';
import { policyDocument } from './terraform-policy.ts';

/** Where a resource holds the policy of a user, group or role, by its type. */
const places: Readonly<Record<string, readonly string[]>> = {
  aws_iam_policy: ['policy'],
  aws_iam_role_policy: ['policy'],
  aws_iam_user_policy: ['policy'],
  aws_iam_group_policy: ['policy'],
  aws_iam_role: ['inline_policy.policy'],
  aws_ssoadmin_permission_set_inline_policy: ['inline_policy'],
  'AWS::IAM::Policy': ['PolicyDocument'],
  'AWS::IAM::ManagedPolicy': ['PolicyDocument'],
  'AWS::IAM::RolePolicy': ['PolicyDocument'],
  'AWS::IAM::UserPolicy': ['PolicyDocument'],
  'AWS::IAM::GroupPolicy': ['PolicyDocument'],
  'AWS::IAM::Role': ['Policies.PolicyDocument'],
  'AWS::IAM::User': ['Policies.PolicyDocument'],
  'AWS::IAM::Group': ['Policies.PolicyDocument'],
  'AWS::SSO::PermissionSet': ['InlinePolicy'],
  'AWS::Serverless::Function': ['Policies'],
  'AWS::Serverless::StateMachine': ['Policies'],
};

const document = 'data.aws_iam_policy_document';

/**
 * The statements of the policies that a fact gives to users, groups and roles, each a fact of the type `identity-statement` in the words of
 * AWS (`Effect`, `Action`, `Resource` …), however the policy is written. The parent is the fact that holds it. A document of
 * Terraform counts where it stands, and not again where it is used; with a principal it is the policy of a resource.
 */
export function identityStatements(fact: Fact): readonly Fact[] {
  const [type = ''] = fact.types;
  if (type === document) {
    if (fact.node.kind !== 'map') return [];
    const statements = statementsIn(policyDocument(fact.node), 'Statement');
    return statements.filter((one) => !entryOf(one, 'Principal') && !entryOf(one, 'NotPrincipal')).map((one) => statementOf(fact, one));
  }
  const paths = Object.hasOwn(places, type) ? places[type]! : [];
  return paths.flatMap((path) =>
    at(fact.node, path)
      .found.filter(({ node }) => !node.origin?.what.startsWith(`\`${document}.`))
      .flatMap(({ node }) => statementsIn(node, 'Statement').map((one) => statementOf(fact, one))),
  );
}

function statementsIn(node: Node, path: string): readonly MapNode[] {
  return at(node, path).found.flatMap((found) => items(found.node).filter((one) => one.kind === 'map'));
}

function statementOf(parent: Fact, node: MapNode): Fact {
  const { platform, name, document, scope } = parent;
  const head = node.entries[0]?.keySpan ?? parent.head;
  return { platform, types: ['identity-statement'], name, document, scope, parent, node, head, span: node.span };
}
