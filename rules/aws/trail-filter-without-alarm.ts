import { at, items, text, type Node } from '../../server/engine/tree.ts';
import type { Check, Fact } from '../../server/engine/types.ts';

/** Events that make up one topic of the CIS benchmark: whoever looks for some of them means them all. */
const topics: readonly (readonly string[])[] = [
  ['UnauthorizedOperation', 'AccessDenied'],
  ['MFAUsed', 'ConsoleLogin'],
  ['DisableKey', 'ScheduleKeyDeletion'],
  ['StopLogging', 'DeleteTrail', 'UpdateTrail'],
  ['CreateCustomerGateway', 'DeleteCustomerGateway', 'AttachInternetGateway', 'DeleteInternetGateway', 'DetachInternetGateway'],
  ['CreateNetworkAcl', 'DeleteNetworkAcl', 'ReplaceNetworkAclEntry', 'ReplaceNetworkAclAssociation'],
  ['CreateRoute', 'ReplaceRoute', 'DeleteRoute', 'DisassociateRouteTable'],
  ['AuthorizeSecurityGroupIngress', 'AuthorizeSecurityGroupEgress', 'CreateSecurityGroup', 'DeleteSecurityGroup'],
];

const check: Check = (fact) => {
  const pattern = patternOf(fact);
  // Filters on the log of a program are another matter.
  if (!pattern || !/\$\.(?:event(?:Name|Source)|error(?:Code|Message)|userIdentity|additionalEventData)\b/.test(pattern)) return [];
  const reason = flawOf(pattern, fact) ?? (isWatched(fact) ? undefined : 'no alarm reads its metric');
  return reason ? [{ span: fact.head, values: { reason } }] : [];
};

function flawOf(pattern: string, fact: Fact): string | undefined {
  if (/\(\s*\$\.(\w+)\s*=[^)]*\)\s*&&\s*\(\s*\$\.\1\s*=/.test(pattern)) return 'no event fits two values at once';
  if (/\$\.eventSource\s*=[^)]*\)\s*\|\|/.test(pattern)) return 'every call to the service fits its pattern';
  if (/ConsoleLogin"?\s*\)\s*\|\|\s*\(\s*\$\.additionalEventData\.MFAUsed/.test(pattern)) return 'every sign-in fits its pattern';
  const patterns = fact.scope.ofType(fact.types[0]!).map(patternOf);
  if (patterns.includes(undefined)) return undefined;
  for (const topic of topics) {
    if (!topic.some((event) => pattern.includes(event))) continue;
    const missing = topic.filter((event) => !patterns.some((other) => other!.includes(event)));
    if (missing.length > 0) return `it misses ${missing.join(', ')}`;
  }
  return undefined;
}

function patternOf({ node }: Fact): string | undefined {
  return text(node, 'pattern') ?? text(node, 'FilterPattern');
}

/** Whether some alarm of the module reads the metric, or may do so. */
function isWatched(fact: Fact): boolean {
  // With modules the alarm may stand elsewhere.
  if (fact.scope.ofType('module').length > 0) return true;
  const own = valuesAt(fact.node, ['metric_transformation.name', 'MetricTransformations.MetricName', 'name', 'FilterName']);
  return ['aws_cloudwatch_metric_alarm', 'AWS::CloudWatch::Alarm']
    .flatMap((type) => fact.scope.ofType(type))
    .flatMap((alarm) =>
      valuesAt(alarm.node, ['metric_name', 'metric_query.metric.metric_name', 'MetricName', 'Metrics.MetricStat.Metric.MetricName']),
    )
    .some((metric) => own.some((name) => mayBeSame(metric, name, fact)));
}

function valuesAt(node: Node, paths: readonly string[]): readonly Node[] {
  return paths.flatMap((path) => at(node, path).found.flatMap(({ node: found }) => items(found)));
}

/** A name that is computed may be any, unless it is said which filter it comes from. */
function mayBeSame(metric: Node, name: Node, { address }: Fact): boolean {
  if (metric.kind === 'unknown') {
    const filter =
      metric.refs.length === 1 && !metric.parts ? /^aws_cloudwatch_log_metric_filter\.[\w-]+/.exec(metric.refs[0]!)?.[0] : undefined;
    return filter === undefined || filter === address;
  }
  return name.kind === 'unknown' || text(metric) === text(name);
}

export default check;
