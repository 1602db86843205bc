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
    if (fact.node.kind !== 'map' || onlyLimits(fact)) return [];
    const statements = statementsIn(policyDocument(fact.node), 'Statement');
    return statements.filter((one) => !entryOf(one, 'Principal') && !entryOf(one, 'NotPrincipal')).map((one) => statementOf(fact, one));
  }
  const paths = Object.hasOwn(places, type) ? places[type]! : [];
  if (paths.length > 0 && isBoundary(fact)) return [];
  return paths.flatMap((path) =>
    at(fact.node, path)
      .found.filter(({ node }) => !node.origin?.what.startsWith(`\`${document}.`))
      .flatMap(({ node }) => statementsIn(node, 'Statement').map((one) => statementOf(fact, one))),
  );
}

/** A document of a service control policy or of a permissions boundary allows nothing by itself. */
function onlyLimits(fact: Fact): boolean {
  const uses = (other: Fact, key: string): boolean => {
    const origin = entryOf(other.node, key)?.value.origin;
    return origin?.path === fact.document.path && fact.span.start <= origin.span.start && origin.span.end <= fact.span.end;
  };
  return (
    fact.scope.ofType('aws_organizations_policy').some((other) => uses(other, 'content')) ||
    fact.scope.ofType('aws_iam_policy').some((other) => uses(other, 'policy') && isBoundary(other))
  );
}

const bounded = ['aws_iam_role', 'aws_iam_user', 'AWS::IAM::Role', 'AWS::IAM::User', 'AWS::Serverless::Function'];

function isBoundary({ address, scope }: Fact): boolean {
  if (address === undefined) return false;
  return bounded.some((type) =>
    scope.ofType(type).some(({ node }) => {
      const boundary = (entryOf(node, 'permissions_boundary') ?? entryOf(node, 'PermissionsBoundary'))?.value;
      return boundary?.kind === 'unknown' && boundary.refs.some((ref) => scope.resolve(ref)?.address === address);
    }),
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
