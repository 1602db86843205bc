import assert from 'node:assert/strict';
import { at, entryOf, get, text as textOf, type Node } from '../server/engine/tree.ts';
import type { Fact, SourceDocument, TreeEdit, Writer } from '../server/engine/types.ts';
import { writeJson } from '../server/engine/write/json.ts';
import { writeYaml } from '../server/engine/write/yaml.ts';
import { refersTo } from '../server/engine/match.ts';
import { cloudformation } from '../server/facts/cloudformation.ts';
import { compose } from '../server/facts/compose.ts';
import type { Extractor } from '../server/facts/extractor.ts';
import { helm } from '../server/facts/helm.ts';
import { kubernetes } from '../server/facts/kubernetes.ts';
import { parseEnv } from '../server/parse/env.ts';
import { parseJson } from '../server/parse/json.ts';
import type { Parsed } from '../server/parse/parsed.ts';
import { parseYaml } from '../server/parse/yaml.ts';

const yaml = (text: string, path = 'a.yaml'): Parsed => parseYaml({ path, text, syntax: 'yaml' });
const json = (text: string, path = 'a.json'): Parsed => parseJson({ path, text, syntax: 'json' });

function plain(node: Node | undefined): unknown {
  switch (node?.kind) {
    case 'map':
      return Object.fromEntries(node.entries.map((e) => [e.key, plain(e.value)]));
    case 'list':
      return node.items.map(plain);
    case 'scalar':
      return node.value;
    default:
      return node ? `?${node.refs.join(' ')}` : undefined;
  }
}

function factsOf(extractor: Extractor, parsed: Parsed, siblings: readonly Parsed[] = []): readonly Fact[] {
  assert.ok(extractor.recognises(parsed), `${extractor.platform} recognises ${parsed.document.path}`);
  return extractor.facts(parsed, siblings);
}

function named(facts: readonly Fact[], type: string, name?: string): Fact {
  const found = facts.find((f) => f.types.includes(type) && (name === undefined || f.name === name));
  assert.ok(found, `${type} ${name ?? ''} among ${facts.map((f) => `${f.types.join('/')} ${f.name}`).join(', ')}`);
  return found;
}

const slice = (document: SourceDocument, { start, end }: Fact['head']): string => document.text.slice(start, end);

function rewritten(fact: Fact, write: Writer, edits: readonly TreeEdit[]): string | undefined {
  const written = write(fact, edits, fact.head);
  return (
    written &&
    [...written]
      .sort((a, b) => b.span.start - a.span.start)
      .reduce((t, e) => t.slice(0, e.span.start) + e.text + t.slice(e.span.end), fact.document.text)
  );
}

describe('facts cloudformation', () => {
  const template = `AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Acl: { Type: String, Default: PublicRead }
  Env: { Type: String, Default: prod }
  Name: { Type: String }
  Cidrs: { Type: CommaDelimitedList, Default: "10.0.0.0/8, 0.0.0.0/0" }
Mappings:
  Sizes: { prod: { size: 20 }, dev: { size: 5 } }
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  IsDev: !Not [{ Condition: IsProd }]
  Unsure: !Equals [!Ref Name, x]
  Loop: !And [{ Condition: Loop }]
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    DeletionPolicy: Retain
    Properties:
      AccessControl: !Ref Acl
      BucketName: !Sub "\${Env}-\${Name}-logs"
      Plain: !Sub "\${Env}-x\${!y}"
      Size: !FindInMap [Sizes, !Ref Env, size]
      Cond: !If [IsProd, yes-prod, no-prod]
      Dev: !If [IsDev, a, !Ref AWS::NoValue]
      Same: !If [Unsure, a, a]
      Maybe: !If [Unsure, !Ref Policy, b]
      Loop: !If [Loop, 1, 2]
      Joined: !Join ["-", [a, !Ref Env]]
      Part: !Join ["", ["arn:", !Ref AWS::Partition, ":s3:::*"]]
      Cidr: !Select [1, !Ref Cidrs]
      Piece: !Select [0, !Split [".", x.y]]
      Arn: !GetAtt Policy.Arn
      Long: { Fn::GetAtt: [Policy, Arn] }
      Data: { Fn::Base64: "#!/bin/sh" }
      Import: !ImportValue x
      Zone: !Select [0, !GetAZs ""]
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties: { Bucket: !Ref Bucket }
  Bare:
    Type: AWS::SNS::Topic
  Empty:
    Type: AWS::SQS::Queue
    Properties:
`;
  const facts = factsOf(cloudformation, yaml(template));

  it('evaluates functions as far as the template tells', () => {
    const { node, head, document, parent } = named(facts, 'AWS::S3::Bucket', 'Bucket');
    assert.deepEqual(plain(node), {
      AccessControl: 'PublicRead',
      BucketName: '?Name',
      Plain: 'prod-x${y}',
      Size: 20,
      Cond: 'yes-prod',
      Same: 'a',
      Maybe: '?Policy',
      Loop: '?',
      Joined: 'a-prod',
      Part: '?AWS::Partition',
      Cidr: '0.0.0.0/0',
      Piece: 'x',
      Arn: '?Policy.Arn',
      Long: '?Policy.Arn',
      Data: '#!/bin/sh',
      Import: '?',
      Zone: '?',
    });
    assert.equal(slice(document, head), 'Bucket');
    assert.deepEqual(parent?.types, ['definition']);
    assert.equal(textOf(parent?.node, 'DeletionPolicy'), 'Retain');
    assert.equal(textOf(parent?.node, 'Properties.AccessControl'), 'PublicRead');
    const name = get(node, 'BucketName');
    assert.deepEqual(name?.kind === 'unknown' && name.parts, ['prod-', undefined, '-logs']);
  });

  it('says where a default stands', () => {
    const acl = get(named(facts, 'AWS::S3::Bucket').node, 'AccessControl')!;
    assert.equal(template.slice(acl.span.start, acl.span.end), '!Ref Acl');
    assert.equal(template.slice(acl.origin!.span.start, acl.origin!.span.end), 'PublicRead');
  });

  it('links resources', () => {
    const { scope, node } = named(facts, 'AWS::S3::BucketPolicy');
    const bucket = get(node, 'Bucket');
    assert.deepEqual(bucket?.kind === 'unknown' && bucket.refs, ['Bucket']);
    assert.equal(scope.resolve('Bucket.Arn')?.types[0], 'AWS::S3::Bucket');
    assert.equal(scope.ofType('resource').length, 4);
    assert.equal(scope.ofType('parameter').length, 4);
    assert.equal(scope.ofType('template').length, 1);
  });

  it('takes an id that the template lacks for another resource', () => {
    const policies = ['Bucket', 'Other', 'AWS::StackName'].map(
      (ref) => `  ${ref.replace(/:/g, '')}Policy: { Type: AWS::S3::BucketPolicy, Properties: { Bucket: !Ref ${ref} } }\n`,
    );
    const linked = factsOf(cloudformation, yaml(`Resources:\n  Bucket: { Type: AWS::S3::Bucket }\n${policies.join('')}`));
    const bucket = named(linked, 'AWS::S3::Bucket');
    const answers = linked
      .filter(({ types }) => types[0] === 'AWS::S3::BucketPolicy')
      .map((policy) => refersTo(policy, ['Bucket'], bucket));
    assert.deepEqual(answers, [true, false, undefined]);
  });

  it('knows a resource by the expression of its name', () => {
    const linked = factsOf(
      cloudformation,
      yaml(`Parameters: { Name: { Type: String } }
Resources:
  Bucket: { Type: AWS::S3::Bucket, Properties: { BucketName: !Sub "\${Name}-logs" } }
  Policy: { Type: AWS::S3::BucketPolicy, Properties: { Bucket: !Sub "\${Name}-logs" } }
  Other: { Type: AWS::S3::BucketPolicy, Properties: { Bucket: !Ref Name } }
`),
    );
    const bucket = named(linked, 'AWS::S3::Bucket');
    const answers = linked
      .filter(({ types }) => types[0] === 'AWS::S3::BucketPolicy')
      .map((policy) => refersTo(policy, ['Bucket'], bucket));
    assert.deepEqual(answers, [true, false]);
  });

  it('adds properties to a resource that has none', () => {
    const edits: TreeEdit[] = [{ op: 'set', path: 'KmsMasterKeyId', value: 'alias/aws/sns' }];
    assert.match(
      rewritten(named(facts, 'AWS::SNS::Topic'), writeYaml, edits)!,
      /Type: AWS::SNS::Topic\n {4}Properties:\n {6}KmsMasterKeyId: alias\/aws\/sns\n {2}Empty/,
    );
    assert.match(rewritten(named(facts, 'AWS::SQS::Queue'), writeYaml, edits)!, /Properties:\n {6}KmsMasterKeyId: alias\/aws\/sns\n$/);
    const [, , topic] = factsOf(cloudformation, json('{\n  "Resources": {\n    "T": {\n      "Type": "AWS::SNS::Topic"\n    }\n  }\n}'));
    assert.match(
      rewritten(topic!, writeJson, edits)!,
      /"AWS::SNS::Topic",\n {6}"Properties": \{\n {8}"KmsMasterKeyId": "alias\/aws\/sns"\n {6}\}\n {4}\}/,
    );
  });

  it("merges SAM's globals", () => {
    const sam = yaml(`Transform: AWS::Serverless-2016-10-31
Globals:
  Function: { Tracing: Active, Environment: { Variables: { A: 1 } }, Layers: [x] }
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties: { Environment: { Variables: { B: 2 } }, Layers: [y] }
`);
    const { node } = named(factsOf(cloudformation, sam), 'AWS::Serverless::Function');
    assert.deepEqual(plain(node), { Environment: { Variables: { B: 2, A: 1 } }, Layers: ['x', 'y'], Tracing: 'Active' });
  });

  it('recognises templates by content, and nothing else', () => {
    assert.ok(cloudformation.recognises(json('{"Resources": {"A": {"Type": "AWS::S3::Bucket"}}}')));
    assert.ok(cloudformation.recognises(yaml('resources:\n  Resources:\n    A: { Type: AWS::S3::Bucket }\n', 'serverless.yml')));
    assert.ok(!cloudformation.recognises(yaml('Resources: { A: { Type: x } }\n')));
    assert.ok(!cloudformation.recognises(json('{"name": "x"}')));
  });

  it('survives any cut of a template', () => {
    for (let i = 0; i < template.length; i += 3) {
      const parsed = yaml(template.slice(0, i));
      if (cloudformation.recognises(parsed)) cloudformation.facts(parsed, []);
    }
  }).timeout(20_000);
});

describe('facts kubernetes', () => {
  const text = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  template:
    spec:
      hostNetwork: true
      initContainers:
        - image: busybox
      containers:
        - name: front
          image: nginx
        - name: back
---
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Pod
    metadata: { name: p }
    spec: { containers: [{ name: c }] }
  - apiVersion: v1
    kind: Service
    metadata: { name: s }
---
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: r }
spec:
  template:
    spec:
      containers: [{ name: x, image: y }]
---
apiVersion: batch/v1
kind: CronJob
spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: cron }] } } } } }
`;

  it('finds manifests, pods and containers', () => {
    const facts = factsOf(kubernetes, yaml(text));
    assert.deepEqual(
      facts.map((f) => `${f.types.join(' ')}: ${f.name} @ ${slice(f.document, f.head)}`),
      [
        'Deployment workload manifest: Deployment web @ kind: Deployment',
        'pod: Deployment web @ spec',
        'container: container front @ name: front',
        'container: container back @ name: back',
        'init-container container: container @ image: busybox',
        'Pod workload manifest: Pod p @ kind: Pod',
        'pod: Pod p @ spec',
        'container: container c @ name: c',
        'Service manifest: Service s @ kind: Service',
        'Rollout workload manifest: Rollout r @ kind: Rollout',
        'pod: Rollout r @ spec',
        'container: container x @ name: x',
        'CronJob workload manifest: CronJob @ kind: CronJob',
        'pod: CronJob @ spec',
        'container: container cron @ name: cron',
      ],
    );
    const front = named(facts, 'container', 'container front');
    assert.equal(front.parent?.types[0], 'pod');
    assert.equal(front.parent?.parent?.address, 'Deployment/web');
    assert.equal(textOf(front.parent?.node, 'hostNetwork'), 'true');
  });

  it('sees the folder as one scope', () => {
    const policy = yaml('apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: n }\n', 'b.yaml');
    const [first] = factsOf(kubernetes, yaml(text), [policy]);
    assert.equal(first!.scope.ofType('NetworkPolicy').length, 1);
    assert.equal(first!.scope.resolve('NetworkPolicy/n')?.document.path, 'b.yaml');
  });

  it('recognises kustomizations and JSON, and no other YAML', () => {
    assert.deepEqual(factsOf(kubernetes, yaml('resources: [a.yaml]\n', 'x/kustomization.yaml'))[0]!.types, ['Kustomization', 'manifest']);
    assert.equal(factsOf(kubernetes, json('{"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"name": "a"}]}}')).length, 3);
    assert.ok(!kubernetes.recognises(yaml('apiVersion: v2\nname: chart\n', 'Chart.yaml')));
    assert.deepEqual(factsOf(kubernetes, yaml('apiVersion: v1\nkind: constructor\n'))[0]!.types, ['constructor', 'manifest']);
  });

  it('adds a security context to the container in question', () => {
    const back = named(factsOf(kubernetes, yaml(text)), 'container', 'container back');
    const result = rewritten(back, writeYaml, [{ op: 'set', path: 'securityContext.allowPrivilegeEscalation', value: false }]);
    assert.equal(
      result,
      text.replace('- name: back\n', '- name: back\n          securityContext:\n            allowPrivilegeEscalation: false\n'),
    );
  });
});

describe('facts helm', () => {
  const values = yaml(
    'image: { repository: nginx, tag: latest }\nprivileged: true\nresources: {}\nsc:\n  runAsUser: 0\n',
    'chart/values.yaml',
  );
  const template = `apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}
spec:
  containers:
    - name: web
      image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
      command: ["{{ .Values.image.repository }}-{{ .Values.image.tag }}"]
      securityContext:
        privileged: {{ .Values.privileged }}
        {{- if .Values.x }}
        readOnlyRootFilesystem: true
        {{- end }}
      resources:
        {{- toYaml .Values.resources | nindent 8 }}
    - name: side
      securityContext:
        {{- toYaml .Values.sc | nindent 8 }}
`;

  it('fills the defaults of the chart in', () => {
    const facts = factsOf(kubernetes, yaml(template, 'chart/templates/pod.yaml'), [values]);
    const { node } = named(facts, 'container', 'container web');
    const privileged = get(node, 'securityContext.privileged')!;
    assert.equal(plain(privileged), true);
    assert.equal(privileged.origin?.path, 'chart/values.yaml');
    assert.equal(plain(at(node, 'command.*').found[0]!.node), 'nginx-latest');
    assert.equal(plain(get(node, 'image')), 'nginx:latest', 'a default is not needed where there is a value');
    assert.equal(get(node, 'resources')?.kind, 'unknown', 'an empty value is left to the user of the chart');
    assert.ok(at(node, 'securityContext.readOnlyRootFilesystem').uncertain, 'what a condition leaves out may be switched on');
    assert.equal(textOf(named(facts, 'container', 'container side').node, 'securityContext.runAsUser'), '0');
    assert.equal(named(facts, 'Pod').name, 'Pod');
  });

  it('leaves actions unknown without values', () => {
    const facts = factsOf(kubernetes, yaml(template, 'chart/templates/pod.yaml'));
    assert.equal(plain(get(named(facts, 'container', 'container web').node, 'securityContext.privileged')), '?.Values.privileged');
    assert.equal(plain(get(named(facts, 'container', 'container side').node, 'securityContext')), '?.Values.sc');
  });

  it('has the values as a fact', () => {
    const [fact] = factsOf(helm, values);
    assert.deepEqual(fact!.types, ['values']);
    assert.equal(textOf(fact!.node, 'image.tag'), 'latest');
    assert.ok(!helm.recognises(yaml('a: 1\n', 'chart/templates/values.yaml')));
  });
});

describe('facts compose', () => {
  const text = `x-base: &base
  privileged: true
services:
  web:
    <<: *base
    image: "nginx:\${TAG:-latest}"
    user: \${USER_ID}
    command: echo $$HOME \${GREETING}
  db:
    extends: { service: web }
    image: postgres
  far:
    extends: { file: other.yaml, service: x }
  typing: \${
`;

  it('fills variables in, by default and by .env', () => {
    const env = parseEnv({ path: '.env', text: 'GREETING=hi\nTAG=1.27\n', syntax: 'env' });
    const alone = named(factsOf(compose, yaml(text, 'compose.yaml')), 'service', 'service web');
    assert.deepEqual(plain(alone.node), { image: 'nginx:latest', user: '?USER_ID', command: '?GREETING', privileged: true });
    const web = named(factsOf(compose, yaml(text, 'compose.yaml'), [env]), 'service', 'service web');
    assert.deepEqual(plain(web.node), { image: 'nginx:1.27', user: '?USER_ID', command: 'echo $HOME hi', privileged: true });
    assert.equal(get(web.node, 'image')?.origin?.path, '.env');
    assert.equal(slice(web.document, web.head), 'web');
    assert.deepEqual(web.parent?.types, ['file']);
  });

  it('follows extends within the file', () => {
    const facts = factsOf(compose, yaml(text, 'docker-compose.prod.yml'));
    const { node } = named(facts, 'service', 'service db');
    assert.equal(textOf(node, 'image'), 'postgres');
    assert.equal(textOf(node, 'privileged'), 'true');
    assert.ok(entryOf(node, 'user')?.value.origin);
    const far = named(facts, 'service', 'service far').node;
    assert.equal(far.kind === 'map' && far.open, true);
    const loop = factsOf(compose, yaml('services:\n  a: { extends: b, image: x }\n  b: { extends: a }\n'));
    assert.equal(textOf(named(loop, 'service', 'service b').node, 'image'), 'x');
  });

  it('recognises files by name or content', () => {
    assert.ok(compose.recognises(yaml('services:\n  a: { build: . }\n', 'stack.yml')));
    assert.ok(!compose.recognises(yaml('services:\n  - docker:dind\n', '.gitlab-ci.yml')));
    assert.ok(!compose.recognises(yaml('apiVersion: v1\nkind: X\nservices: { a: { image: b } }\n')));
  });
});
