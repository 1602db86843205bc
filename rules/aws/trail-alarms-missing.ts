import { entryOf, text } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

/** What the CIS benchmark wants an alarm for, with a word that every filter for it contains. */
const events: readonly (readonly [string, RegExp])[] = [
  ['unauthorised calls', /UnauthorizedOperation|AccessDenied/],
  ['sign-in without MFA', /MFAUsed/],
  ['failed sign-ins', /Failed authentication/],
  ['use of the root user', /userIdentity\.type\s*=\s*\\?"?Root/],
  ['IAM policies', /(?:Put|Attach|Detach|Delete)(?:Group|Role|User)Policy|CreatePolicyVersion/],
  ['CloudTrail itself', /StopLogging|DeleteTrail|UpdateTrail/],
  ['disabled keys', /DisableKey|ScheduleKeyDeletion/],
  ['bucket policies', /PutBucketPolicy|DeleteBucketPolicy/],
  ['AWS Config', /StopConfigurationRecorder|PutConfigurationRecorder/],
  ['security groups', /AuthorizeSecurityGroup|CreateSecurityGroup/],
  ['network ACLs', /NetworkAcl/],
  ['gateways', /CustomerGateway|InternetGateway/],
  ['route tables', /RouteTable|CreateRoute|DeleteRoute/],
  ['VPCs', /CreateVpc|DeleteVpc|ModifyVpcAttribute/],
  ['the organisation', /organizations\.amazonaws\.com/],
];

/** The trail is watched through CloudWatch, and every filter of the module is known: what none of them looks for is named. */
const check: Check = (fact) => {
  const group = entryOf(fact.node, 'cloud_watch_logs_group_arn') ?? entryOf(fact.node, 'CloudWatchLogsLogGroupArn');
  if (!group || (group.value.kind === 'scalar' && !group.value.value)) return [];
  // A trail for data events alone sees none of these.
  const managed = ['event_selector.include_management_events', 'EventSelectors.IncludeManagementEvents'].map((path) =>
    text(fact.node, path),
  );
  if (managed.some((value) => value?.toLowerCase() === 'false')) return [];
  const patterns: string[] = [];
  for (const type of ['aws_cloudwatch_log_metric_filter', 'AWS::Logs::MetricFilter']) {
    for (const { node } of fact.scope.ofType(type)) {
      const pattern = text(node, 'pattern') ?? text(node, 'FilterPattern');
      if (pattern === undefined) return [];
      patterns.push(pattern);
    }
  }
  // With modules the filters may stand elsewhere.
  if (fact.scope.ofType('module').length > 0) return [];
  const missing = events.filter(([, word]) => !patterns.some((pattern) => word.test(pattern))).map(([name]) => name);
  return missing.length > 0 ? [{ span: fact.head, values: { missing: missing.join(', ') } }] : [];
};

export default check;
