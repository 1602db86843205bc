import assert from 'node:assert/strict';
import { analyze, ruleSet } from '../server/engine/analyze.ts';
import { applyEdits } from '../server/engine/fix.ts';
import { get, items, text } from '../server/engine/tree.ts';
import type { Fact, SourceDocument } from '../server/engine/types.ts';
import { extract } from '../server/facts/index.ts';
import { camelCase, snakeCase } from '../server/facts/words.ts';
import { parse } from '../server/parse/index.ts';
import { loadParsers } from '../server/workspace/parsers.ts';
import { readPages } from '../server/workspace/rules.ts';
import { checks } from '../rules/checks.ts';

const documentOf = (source: string, path = 'index.ts'): SourceDocument => ({
  path,
  text: source,
  syntax: path.endsWith('.yaml') ? 'yaml' : 'javascript',
});

function factsOf(source: string, path?: string): readonly Fact[] {
  return extract(parse(documentOf(source, path)), []).facts.filter((fact) => fact.platform !== 'javascript');
}

const fact = (source: string, type: string, path?: string): Fact => {
  const facts = factsOf(source, path);
  const found = facts.find(({ types }) => types.includes(type));
  assert.ok(found, `no ${type} in ${facts.map(({ types }) => types[0]).join(', ')}`);
  return found;
};

const aws = 'import * as aws from "@pulumi/aws";\n';

describe('infrastructure in programs', () => {
  before(loadParsers);

  it('puts names into the words of other tools', () => {
    assert.deepEqual(['forceDestroy', 'BucketIAMBinding', 'S3Bucket', 'DB_HOST', 'x-y'].map(snakeCase), [
      'force_destroy',
      'bucket_iam_binding',
      's3_bucket',
      'DB_HOST',
      'x-y',
    ]);
    assert.deepEqual(['force_destroy', 'ForceDestroy', 'SSEAlgorithm', 'KMSKeyID'].map(camelCase), [
      'forceDestroy',
      'forceDestroy',
      'sseAlgorithm',
      'kmsKeyId',
    ]);
  });

  it('knows the classes of Pulumi', () => {
    const classes: Readonly<Record<string, string>> = {
      'aws.s3.BucketV2': 'aws_s3_bucket',
      'aws.ec2.SecurityGroup': 'aws_security_group',
      'aws.rds.Instance': 'aws_db_instance',
      'aws.rds.Cluster': 'aws_rds_cluster',
      'aws.lb.LoadBalancer': 'aws_lb',
      'aws.apigateway.RestApi': 'aws_api_gateway_rest_api',
      'aws.iam.RolePolicy': 'aws_iam_role_policy',
      'azure.storage.Account': 'azurerm_storage_account',
      'azure.keyvault.KeyVault': 'azurerm_key_vault',
      'gcp.projects.IAMMember': 'google_project_iam_member',
      'gcp.storage.BucketIAMBinding': 'google_storage_bucket_iam_binding',
    };
    for (const [name, type] of Object.entries(classes)) {
      const library = name.split('.')[0]!;
      assert.equal(factsOf(`import * as ${library} from "@pulumi/${library}";\nnew ${name}("x", {});\n`)[0]?.types[0], type, name);
    }
    assert.equal(fact('import { Bucket } from "@pulumi/aws/s3";\nconst b = new Bucket("x");\n', 'aws_s3_bucket').name, 'aws_s3_bucket.b');
    assert.deepEqual(factsOf(`${aws}class s3 { static Bucket = class {} }\nnew s3.Bucket("x", {});\n`), []);
  });

  it('leaves the keys of a policy alone', () => {
    const source = `${aws}new aws.iam.Policy("p", { policy: { Statement: [{ Effect: "Allow", NotAction: "iam:*" }] }, namePrefix: "p" });\n`;
    const { node } = fact(source, 'aws_iam_policy');
    assert.equal(text(node, 'policy.Statement.NotAction'), 'iam:*');
    assert.equal(text(node, 'name_prefix'), 'p');
    assert.equal(text(fact(source, 'identity-statement').node, 'NotAction'), 'iam:*');
  });

  it('reads values, constants, spreads and references', () => {
    const source = `${aws}const open = "0.0.0.0/0";
const base = { forceDestroy: true };
const logs = new aws.s3.Bucket("logs", { ...base, acl: aws.s3.CannedAcl.PublicRead, bucket: \`logs-\${stage}\`, tags: { ["a" + 1]: 1 } });
new aws.s3.BucketVersioningV2("v", { bucket: logs.id, cidr: [open], policy: JSON.stringify({ Version: "1", camelKey: logs.arn }), ...more });
`;
    const { node } = fact(source, 'aws_s3_bucket');
    assert.equal(text(node, 'acl'), 'public-read');
    assert.equal(text(node, 'force_destroy'), 'true');
    assert.deepEqual((get(node, 'bucket') as { parts: unknown }).parts, ['logs-', undefined]);
    const other = fact(source, 'aws_s3_bucket_versioning');
    assert.deepEqual((get(other.node, 'bucket') as { refs: unknown }).refs, ['aws_s3_bucket.logs.id']);
    assert.equal(other.scope.resolve('aws_s3_bucket.logs.id')?.name, 'aws_s3_bucket.logs');
    assert.equal(items(get(other.node, 'cidr'))[0]?.origin?.what, 'the value of `open`');
    assert.deepEqual((get(other.node, 'policy.camelKey') as { refs: unknown }).refs, ['aws_s3_bucket.logs.arn']);
    assert.equal((other.node as { open?: boolean }).open, true, 'what is spread from elsewhere may say more');
  });

  it('follows what a class keeps', () => {
    const source = `${aws}class Site { bucket: any; constructor() {
  this.bucket = new aws.s3.Bucket("b", {});
  new aws.s3.BucketPublicAccessBlock("p", { bucket: this.bucket.id });
} }
`;
    const block = fact(source, 'aws_s3_bucket_public_access_block');
    assert.deepEqual((get(block.node, 'bucket') as { refs: unknown }).refs, ['aws_s3_bucket.bucket.id']);
  });

  it('has Kubernetes objects with their containers', () => {
    const source = `import * as k8s from "@pulumi/kubernetes";
new k8s.apps.v1.Deployment("app", { metadata: { name: "app" }, spec: { template: { spec: { containers: [{ name: "web" }] } } } });
`;
    assert.equal(fact(source, 'container').name, 'container web');
    assert.equal(text(fact(source, 'Deployment').node, 'apiVersion'), 'apps/v1');
  });

  it("knows the CDK's own resources and its usual constructs", () => {
    const source = `import * as s3 from 'aws-cdk-lib/aws-s3';
import { aws_rds as rds, aws_ec2 as ec2 } from 'aws-cdk-lib';
const raw = new s3.CfnBucket(this, 'Raw', { accessControl: 'PublicRead', bucketEncryption: { serverSideEncryptionConfiguration: [] } });
new s3.Bucket(this, 'Own', { versioned: true, blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL });
new rds.CfnDBInstance(this, 'Db', { dbInstanceClass: 'x' });
group.addIngressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(22));
group.addIngressRule(ec2.Peer.ipv4('10.0.0.0/8'), ec2.Port.allTraffic());
group.addIngressRule(peer, ec2.Port.tcp(22));
`;
    const facts = factsOf(source).filter(({ types }) => types.includes('resource'));
    assert.deepEqual(
      facts.map(({ types }) => types[0]),
      ['AWS::S3::Bucket', 'AWS::S3::Bucket', 'AWS::RDS::DBInstance', 'AWS::EC2::SecurityGroupIngress', 'AWS::EC2::SecurityGroupIngress'],
    );
    const [raw, own, db, rule] = facts as [Fact, Fact, Fact, Fact];
    assert.equal(text(raw.node, 'AccessControl'), 'PublicRead');
    assert.ok(get(raw.node, 'BucketEncryption.ServerSideEncryptionConfiguration'));
    assert.equal(text(own.node, 'VersioningConfiguration.Status'), 'Enabled');
    assert.equal(text(own.node, 'PublicAccessBlockConfiguration.RestrictPublicBuckets'), 'true');
    assert.equal(text(db.node, 'DBInstanceClass'), 'x');
    assert.deepEqual([text(rule.node, 'CidrIp'), text(rule.node, 'FromPort')], ['0.0.0.0/0', '22']);
  });

  it('knows the constructs of CDK for Terraform', () => {
    assert.ok(fact("import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';\nnew S3Bucket(this, 'b', {});\n", 'aws_s3_bucket'));
    assert.ok(fact("// cdktf\nimport { Instance } from './.gen/providers/aws/instance';\nnew Instance(this, 'b', {});\n", 'aws_instance'));
    assert.ok(
      fact(
        "import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';\nnew S3BucketVersioningA(this, 'b', {});\n",
        'aws_s3_bucket_versioning',
      ),
    );
  });

  it('knows programs in YAML', () => {
    const source = `name: shop
runtime: yaml
resources:
  logs:
    type: aws:s3:BucketV2
    properties: { forceDestroy: true }
  block:
    type: aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock
    properties: { bucket: "\${logs.id}" }
  app:
    type: kubernetes:core/v1:Pod
    properties: { spec: { containers: [{ name: web }] } }
`;
    assert.equal(text(fact(source, 'aws_s3_bucket', 'Pulumi.yaml').node, 'force_destroy'), 'true');
    const block = fact(source, 'aws_s3_bucket_public_access_block', 'Pulumi.yaml');
    assert.deepEqual((get(block.node, 'bucket') as { refs: unknown }).refs, ['aws_s3_bucket.logs.id']);
    assert.equal(fact(source, 'container', 'Pulumi.yaml').name, 'container web');
  });

  it('gets the rules of its resources, and fixes in its own words', () => {
    const rules = ruleSet(
      readPages().flatMap(({ rule }) =>
        rule && /^aws\/(?:s3-public-acl|database-public|database-unencrypted)$/.test(rule.id) ? [rule] : [],
      ),
      checks,
    );
    const mended = (source: string, path?: string): string => {
      const document = documentOf(source, path);
      const { facts, literals } = extract(parse(document), []);
      const analysis = analyze({ document, facts, literals }, rules);
      const fixes = analysis.findings.flatMap((finding) => analysis.fixesOf(finding).slice(0, 1));
      assert.ok(fixes.length > 0, JSON.stringify(analysis.findings));
      return applyEdits(
        source,
        fixes.flatMap(({ edits }) => edits),
      );
    };
    assert.equal(
      mended(`${aws}new aws.s3.Bucket("b", {\n    acl: "public-read", // for now\n});\n`),
      `${aws}new aws.s3.Bucket("b", {\n    acl: "private", // for now\n});\n`,
    );
    assert.equal(
      mended(`${aws}new aws.rds.Instance('db', {\n    engine: 'postgres',\n});\n`),
      `${aws}new aws.rds.Instance('db', {\n    engine: 'postgres',\n    storageEncrypted: true,\n});\n`,
    );
    assert.equal(
      mended("import * as s3 from 'aws-cdk-lib/aws-s3';\nnew s3.CfnBucket(this, 'b', { accessControl: 'PublicRead' });\n"),
      "import * as s3 from 'aws-cdk-lib/aws-s3';\nnew s3.CfnBucket(this, 'b', { accessControl: 'Private' });\n",
    );
    assert.equal(
      mended(
        'resources:\n  db:\n    type: aws:rds:Instance\n    properties:\n      storageEncrypted: true\n      publiclyAccessible: true\n',
        'Pulumi.yaml',
      ),
      'resources:\n  db:\n    type: aws:rds:Instance\n    properties:\n      storageEncrypted: true\n      publiclyAccessible: false\n',
    );
  });
});
