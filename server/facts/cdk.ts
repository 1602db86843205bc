import { canonicalName, staticValue } from '../dataflow/names.ts';
import { isMember, propertyName, type Node as Syntax } from '../dataflow/nodes.ts';
import type { Scope, Scopes } from '../dataflow/scopes.ts';
import type { Entry, MapNode, Node, ScalarValue, Span } from '../engine/tree.ts';
import type { Fact, SourceDocument } from '../engine/types.ts';
import { mapped, plain } from './ansible-mapping.ts';
import { constructs } from './cdk-constructs.ts';
import { valueOf, type Reader } from './program-values.ts';
import { pascalCase } from './words.ts';

const library = /^aws_cdk(?:_lib\.aws|_aws)_(\w+?)\.([A-Z]\w*)$/;

/** CloudFormation's names of services whose letters aren't only capitalised. */
const services: ReadonlyMap<string, string> = new Map(
  (
    'AccessAnalyzer AmazonMQ ApiGateway ApiGatewayV2 AppMesh AppRunner AppSync Athena AutoScaling Backup Batch Bedrock Budgets CertificateManager CloudFormation CloudFront CloudTrail CloudWatch CodeArtifact CodeBuild ' +
    'CodeCommit CodeDeploy CodePipeline Cognito Config DAX DLM DMS DocDB DynamoDB EC2 ECR ECS EFS EKS EMR ElastiCache ElasticLoadBalancing ElasticLoadBalancingV2 ' +
    'ElasticBeanstalk Elasticsearch Events FSx GameLift Glue GuardDuty IAM ImageBuilder IoT KMS Kinesis KinesisAnalytics KinesisFirehose KinesisVideo Lambda Logs MSK MWAA MemoryDB ' +
    'Neptune NetworkFirewall OpenSearchService QLDB RDS Redshift Route53 S3 SES SNS SQS SSM SageMaker SecretsManager SecurityHub ServiceDiscovery StepFunctions Synthetics ' +
    'Timestream Transfer WAF WAFRegional WAFv2 WorkSpaces XRay'
  )
    .split(' ')
    .map((name) => [name.toLowerCase(), name]),
);
/** Names whose capitals aren't where `pascalCase` puts them. */
const spelled: ReadonlyMap<string, string> = new Map(
  Object.entries({
    enableIamDatabaseAuthentication: 'EnableIAMDatabaseAuthentication',
    iamInstanceProfile: 'IamInstanceProfile',
    kmsMasterKeyId: 'KMSMasterKeyID',
    sseAlgorithm: 'SSEAlgorithm',
    sseSpecification: 'SSESpecification',
    sseEnabled: 'SSEEnabled',
    sseType: 'SSEType',
    vpcSecurityGroups: 'VPCSecurityGroups',
    webAclId: 'WebACLId',
    webAclArn: 'WebACLArn',
  }),
);

/** What a property of a Cfn construct is called in CloudFormation. */
function propertyOf(name: string): string {
  return spelled.get(name) ?? (/^db[A-Z]/.test(name) ? `DB${name.slice(2)}` : pascalCase(name));
}

/** `aws_cdk_lib.aws_s3.CfnBucket` is `AWS::S3::Bucket`, its properties are those of CloudFormation; what is known of other constructs is said in theirs. */
export function cdkResource(
  name: string,
): { readonly type: string; readonly key: (name: string) => string; readonly properties?: (given: MapNode) => MapNode } | undefined {
  const found = library.exec(name);
  if (!found) return undefined;
  const [, module, construct] = found as unknown as [string, string, string];
  if (construct.startsWith('Cfn')) {
    const service = services.get(module);
    return service === undefined ? undefined : { type: `AWS::${service}::${construct.slice(3)}`, key: propertyOf };
  }
  const known = constructs.get(`${module}.${construct}`);
  if (!known) return undefined;
  const properties = (given: MapNode): MapNode => {
    const entries = [...mapped(given, known.keys, false)];
    for (const [key, value] of Object.entries(known.otherwise ?? {})) {
      if (!given.open && !entries.some((e) => e.key === key))
        entries.push(plain(key, value, { start: given.span.start, end: given.span.start + 1 }));
    }
    const silent = given.open === true;
    return { kind: 'map', span: given.span, entries, ...(silent && { open: true }) };
  };
  return { type: known.type, key: (key) => key, properties };
}

/** An enumeration's member by its own name: `s3.BucketEncryption.KMS` is `KMS`. */
export function cdkConstant(canonical: string): ScalarValue | undefined {
  return /^aws_cdk[\w.]*\.([A-Z][A-Z\d]*(?:_[A-Z\d]+)*)$/.exec(canonical)?.[1];
}

/** What methods and values of the CDK make besides: rules of security groups, statements of policies. */
export function cdkFacts(
  document: SourceDocument,
  scopes: Scopes,
  scope: Fact['scope'],
  address: (made: Syntax) => string | undefined,
): readonly Fact[] {
  const facts: Fact[] = [];
  const reader: Reader = { path: document.path, scopes, key: pascalCase, address, constant: cdkConstant };
  const add = (type: string, node: Syntax, properties: MapNode, head: Span): void => {
    const span = { start: node.start!, end: node.end! };
    const parent: Fact = { platform: 'cloudformation', types: ['definition'], name: '', document, node: open(span), head, span, scope };
    facts.push({ ...parent, types: [type, 'resource'], name: type, node: properties, parent });
  };
  for (const { node, scope: inner } of scopes.places) {
    if (node.type === 'NewExpression') {
      const [given] = node.arguments;
      if (!given || !/^aws_cdk(?:_lib\.aws|_aws)_iam\.PolicyStatement$/.test(canonicalName(node.callee, inner, scopes) ?? '')) continue;
      const written = valueOf(given, inner, reader);
      // One with principals belongs to a resource's own policy.
      if (written.kind !== 'map' || written.open || written.entries.some((e) => e.key.endsWith('Principals'))) continue;
      const span = written.span;
      const statement: MapNode = { ...written, entries: statementOf(written, span) };
      const entry = (key: string, value: Node): Entry => ({ key, keySpan: span, span, value });
      const head = { start: node.start!, end: node.callee.end! };
      add(
        'AWS::IAM::Policy',
        node,
        {
          kind: 'map',
          span,
          open: true,
          entries: [
            entry('PolicyDocument', { kind: 'map', span, entries: [entry('Statement', { kind: 'list', span, items: [statement] })] }),
          ],
        },
        head,
      );
    } else if (node.type === 'CallExpression') {
      const rule = ingressOf(node, inner, scopes);
      if (rule)
        add('AWS::EC2::SecurityGroupIngress', node, rule, { start: node.start!, end: lineEnd(document.text, node.start!, node.end!) });
    }
  }
  return facts;
}

function statementOf(given: MapNode, span: Span): readonly Entry[] {
  const entries = mapped(
    given,
    {
      Effect: { to: 'Effect', values: { allow: 'Allow', deny: 'Deny' } },
      Actions: 'Action',
      NotActions: 'NotAction',
      Resources: 'Resource',
      NotResources: 'NotResource',
      Conditions: 'Condition',
    },
    false,
  );
  return entries.some((e) => e.key === 'Effect') ? entries : [plain('Effect', 'Allow', span), ...entries];
}

/** `group.addIngressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(22))`, `group.connections.allowFromAnyIpv4(ec2.Port.tcp(22))`. */
function ingressOf(call: Extract<Syntax, { type: 'CallExpression' }>, scope: Scope, scopes: Scopes): MapNode | undefined {
  const { callee } = call;
  const method = isMember(callee) ? propertyName(callee) : undefined;
  const anyone = method === 'allowFromAnyIpv4' || method === 'allowFromAnyIPv4';
  if (method !== 'addIngressRule' && !anyone) return undefined;
  const [first, second] = call.arguments;
  const peer = anyone ? undefined : first;
  const port = anyone ? first : second;
  if (!port) return undefined;
  const span = { start: port.start!, end: port.end! };
  const source = anyone ? { key: 'CidrIp', value: '0.0.0.0/0', span } : peer && cidrOf(peer, scope, scopes);
  const ports = portsOf(port, scope, scopes);
  if (!source || !ports) return undefined;
  const [protocol, from, to] = ports;
  const entries = [plain(source.key, source.value, source.span), plain('IpProtocol', protocol, span)];
  if (from !== undefined && to !== undefined) entries.push(plain('FromPort', from, span), plain('ToPort', to, span));
  return { kind: 'map', span: { start: call.start!, end: call.end! }, open: true, entries };
}

function cidrOf(peer: Syntax, scope: Scope, scopes: Scopes) {
  if (peer.type !== 'CallExpression') return undefined;
  const span = { start: peer.start!, end: peer.end! };
  const name = /^aws_cdk(?:_lib\.aws|_aws)_ec2\.Peer\.(\w+)$/.exec(canonicalName(peer.callee, scope, scopes) ?? '')?.[1];
  if (name === 'anyIpv4') return { key: 'CidrIp', value: '0.0.0.0/0', span };
  if (name === 'anyIpv6') return { key: 'CidrIpv6', value: '::/0', span };
  const given = peer.arguments[0] && staticValue(peer.arguments[0], scope);
  return (name === 'ipv4' || name === 'ipv6') && typeof given === 'string'
    ? { key: name === 'ipv4' ? 'CidrIp' : 'CidrIpv6', value: given, span }
    : undefined;
}

/** Constants of `ec2.Port`. */
const named: Readonly<Record<string, number>> = {
  SSH: 22,
  HTTP: 80,
  HTTPS: 443,
  SMB: 445,
  MSSQL: 1433,
  MYSQL_AURORA: 3306,
  RDP: 3389,
  POSTGRES: 5432,
  REDIS: 6379,
  MONGO: 27017,
};

type Ports = readonly [protocol: string, from?: number, to?: number];

function portsOf(port: Syntax, scope: Scope, scopes: Scopes): Ports | undefined {
  const called = port.type === 'CallExpression' ? port : undefined;
  const name = /^aws_cdk(?:_lib\.aws|_aws)_ec2\.Port\.(\w+)$/.exec(canonicalName(called?.callee ?? port, scope, scopes) ?? '')?.[1];
  const constant = !called && name !== undefined ? named[name] : undefined;
  if (constant !== undefined) return ['tcp', constant, constant];
  const [a, b] = (called?.arguments ?? []).map((argument) => staticValue(argument, scope));
  switch (name) {
    case 'tcp':
    case 'udp':
      return typeof a === 'number' ? [name, a, a] : undefined;
    case 'tcpRange':
    case 'udpRange':
      return typeof a === 'number' && typeof b === 'number' ? [name.slice(0, 3), a, b] : undefined;
    case 'allTcp':
    case 'allUdp':
      return [name.slice(3).toLowerCase(), 0, 65535];
    case 'allTraffic':
      return ['-1'];
    default:
      return undefined;
  }
}

function open(span: Span): MapNode {
  return { kind: 'map', entries: [], open: true, span };
}

function lineEnd(text: string, start: number, end: number): number {
  const line = text.slice(start, end).search(/[\r\n]/);
  return line < 0 ? end : start + line;
}
