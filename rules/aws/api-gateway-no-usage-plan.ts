import { at, entryOf, text, type Node } from '../../server/engine/tree.ts';
import type { Check, Fact } from '../../server/engine/types.ts';

/** A stage, or a deployment that makes one, of an API that no usage plan names. */
const check: Check = (fact) => {
  const stage = entryOf(fact.node, 'stage_name') ?? entryOf(fact.node, 'StageName');
  const deployment = /deployment$/i.test(fact.types[0]!);
  if (deployment && !stage) return [];
  const api = (entryOf(fact.node, 'rest_api_id') ?? entryOf(fact.node, 'RestApiId'))?.value;
  const plans = ['aws_api_gateway_usage_plan', 'AWS::ApiGateway::UsagePlan'].flatMap((type) => fact.scope.ofType(type));
  if (plans.some((plan) => mayCover(plan, api))) return [];
  return [{ span: deployment ? stage!.value.span : fact.head }];
};

/** Whether a plan counts for the API: not if each of its stages is known to belong to another. */
function mayCover({ node }: Fact, api: Node | undefined): boolean {
  const stages = [at(node, 'api_stages.api_id'), at(node, 'ApiStages.ApiId')].flatMap(({ found }) => found);
  const own = identityOf(api);
  return stages.length === 0 || own === undefined || stages.some((stage) => (identityOf(stage.node) ?? own) === own);
}

/** The API by name or reference. */
function identityOf(node: Node | undefined): string | undefined {
  if (node?.kind !== 'unknown') return text(node);
  return node.refs.length === 1 && !node.parts ? node.refs[0]!.replace(/\.id$/, '') : undefined;
}

export default check;
