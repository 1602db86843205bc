import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { analyze, ruleSet, type Analysis } from '../server/engine/analyze.ts';
import { applyEdits, compatible } from '../server/engine/fix.ts';
import { at, get, text as textOf } from '../server/engine/tree.ts';
import type { Fact, SourceDocument } from '../server/engine/types.ts';
import { extract } from '../server/facts/index.ts';
import { parse } from '../server/parse/index.ts';
import { loadParsers } from '../server/workspace/parsers.ts';
import { checks, loadRules } from '../server/workspace/rules.ts';

const playbook = (task: string): SourceDocument => ({
  path: 'playbook.yml',
  text: `- hosts: localhost\n  vars:\n    open: 0.0.0.0/0\n  tasks:\n    - name: t\n${task.replace(/^(?=.)/gm, '      ')}`,
  syntax: 'yaml',
});
const factsOf = (task: string): readonly Fact[] => extract(parse(playbook(task)), []).facts.filter((fact) => fact.platform !== 'ansible');
const only = (task: string): Fact => {
  const [fact, ...more] = factsOf(task);
  assert.ok(fact && more.length === 0, `${more.length} more facts`);
  return fact;
};

describe('cloud resources in Ansible', () => {
  let run: (task: string, ...ids: readonly string[]) => Analysis;
  before(loadParsers);
  before(() => {
    const pages = loadRules();
    run = (task, ...ids) => {
      const document = playbook(task);
      const rules = ruleSet(
        pages.filter(({ id }) => ids.includes(id)),
        checks,
        { preset: 'all' },
      );
      const { facts, literals } = extract(parse(document), []);
      return analyze({ document, facts, literals }, rules);
    };
  });

  it('are resources of Terraform under their names', () => {
    const fact = only('community.aws.rds_instance:\n  id: db\n  enable_iam_database_authentication: yes\n  unheard_of: 1\n');
    assert.deepEqual([fact.platform, fact.types, fact.name], ['terraform', ['aws_db_instance', 'resource'], 'task t']);
    assert.equal(textOf(fact.node, 'iam_database_authentication_enabled'), 'true');
    const { document, head } = fact;
    assert.equal(document.text.slice(head.start, head.end), 'community.aws.rds_instance');
    const { missing, uncertain } = at(fact.node, 'storage_encrypted');
    assert.deepEqual([missing.length, uncertain], [1, false], 'known to be absent');
    assert.equal(at(fact.node, 'unheard_of').uncertain, true, 'what the module does not say');
  });

  it('are caches under the names of the old module', () => {
    const fact = only('community.aws.elasticache:\n  name: jobs\n  engine: redis\n  cache_engine_version: 3.2.4\n  cache_port: 7379\n');
    assert.deepEqual(fact.types, ['aws_elasticache_cluster', 'resource']);
    assert.deepEqual([textOf(fact.node, 'engine_version'), textOf(fact.node, 'port')], ['3.2.4', '7379']);
    assert.equal(at(fact.node, 'subnet_group_name').uncertain, false, 'known to be absent');
  });

  it('are not there when nothing is made', () => {
    assert.deepEqual(factsOf('amazon.aws.s3_bucket:\n  name: a\n  state: absent\n'), []);
    assert.deepEqual(factsOf('amazon.aws.s3_bucket:\n  name: a\n  state: "{{ state }}"\n'), []);
    assert.deepEqual(factsOf('other.collection.s3_bucket:\n  name: a\n'), []);
    assert.deepEqual(factsOf('google.cloud.gcp_storage_bucket_info:\n  name: a\n'), []);
    const changed = only('amazon.aws.ec2_vol:\n  id: vol-1\n  tags: {}\n');
    assert.equal(at(changed.node, 'encrypted').uncertain, true, 'it exists already');
  });

  it('have the defaults of the module, and those that a filter names', () => {
    const pool = only('google.cloud.gcp_container_node_pool:\n  name: a\n  management:\n    auto_repair: true\n');
    assert.equal(textOf(pool.node, 'management.auto_repair'), 'true');
    assert.equal(textOf(pool.node, 'management.auto_upgrade'), 'false');
    assert.equal(textOf(only('community.aws.redshift:\n  identifier: a\n').node, 'encrypted'), 'false');
    assert.equal(textOf(only('community.aws.redshift:\n  identifier: a\n  encrypted: "{{ e }}"\n').node, 'encrypted'), undefined);
    const bucket = `amazon.aws.s3_bucket:\n  name: "{{ open | default('x') }}"\n  acl: "{{ acl | default('private', true) }}"\n  state: "{{ state | default('present') }}"\n`;
    assert.equal(textOf(only(bucket).node, 'acl'), 'private');
    assert.equal(textOf(only(bucket).node, 'bucket'), '0.0.0.0/0', 'a value that is known goes before');
    assert.equal(textOf(only('amazon.aws.s3_bucket:\n  name: "{{ a | default(omit) }}"\n').node, 'bucket'), undefined);
  });

  it('bring rules of a security group and of a network security group into shape', () => {
    const group = only(
      'ec2_group:\n  name: g\n  rules:\n    - proto: all\n      cidr_ip: "{{ open }}"\n    - ports: [22, 8000-8100, "{{ port }}"]\n      cidr_ip: [10.0.0.0/8]\n',
    );
    const rules = at(group.node, 'ingress.*').found.map(({ node }) => [
      textOf(node, 'protocol'),
      textOf(node, 'from_port'),
      textOf(node, 'to_port'),
    ]);
    assert.deepEqual(rules, [
      ['-1', undefined, undefined],
      ['tcp', '22', '22'],
      ['tcp', '8000', '8100'],
      ['tcp', undefined, undefined],
    ]);
    assert.equal(get(group.node, 'ingress.cidr_blocks')?.origin?.what, 'the variable `open`');
    const nsg = only('azure_rm_securitygroup:\n  name: n\n  rules:\n    - name: a\n      destination_port_range: [22, 80]\n');
    assert.equal(textOf(nsg.node, 'security_rule.access'), 'Allow');
    assert.equal(at(nsg.node, 'security_rule.destination_port_ranges.*').found.length, 2);
  });

  it('read policies, translate values, and know what stands apart in Terraform', () => {
    const [bucket, block] = factsOf(
      `amazon.aws.s3_bucket:\n  name: a\n  policy: '{"Statement": [{"Action": "s3:*"}]}'\n  public_access:\n    block_public_acls: true\n`,
    );
    assert.equal(textOf(bucket!.node, 'policy.Statement.Action'), 's3:*');
    assert.equal(block!.types[0], 'aws_s3_bucket_public_access_block');
    assert.equal(textOf(block!.node, 'block_public_acls'), 'true');
    const account = only(
      'azure_rm_storageaccount:\n  public_network_access: Disabled\n  network_acls:\n    bypass: None\n    default_action: Deny\n',
    );
    assert.equal(textOf(account.node, 'public_network_access_enabled'), 'false');
    assert.deepEqual(
      [textOf(account.node, 'network_rules.bypass'), textOf(account.node, 'network_rules.default_action')],
      ['None', 'Deny'],
    );
    assert.equal(only('iam_policy:\n  iam_type: user\n  policy_json: "{}"\n').types[0], 'aws_iam_user_policy');
    const cluster = only('google.cloud.gcp_container_cluster:\n  legacy_abac:\n    enabled: true\n  logging_service: none\n');
    assert.deepEqual(
      [cluster.types[0], textOf(cluster.node, 'enable_legacy_abac'), textOf(cluster.node, 'logging_service')],
      ['google_container_cluster', 'true', 'none'],
    );
    assert.equal(only('gcp_sql_instance:\n  name: s\n').types[0], 'google_sql_database_instance');
    const routed = only('gcp_container_cluster:\n  ip_allocation_policy:\n    use_ip_aliases: no\n  shielded_nodes:\n    enabled: no\n');
    assert.deepEqual([textOf(routed.node, 'networking_mode'), textOf(routed.node, 'enable_shielded_nodes')], ['ROUTES', 'false']);
    const networks = only('gcp_container_cluster:\n  master_authorized_networks_config:\n    enabled: no\n    cidr_blocks: []\n');
    assert.equal(at(networks.node, 'master_authorized_networks_config').found.length, 0, 'a list that is not in force');
    const template = only('gcp_compute_instance_template:\n  name: t\n  properties:\n    can_ip_forward: yes\n');
    assert.equal(textOf(template.node, 'can_ip_forward'), 'true');
  });

  it('get the rules of Terraform, and a fix where one argument says the same', () => {
    const task = 'rds_instance:\n  id: db\n  publicly_accessible: yes # for now\n  storage_encrypted: no\n';
    const analysis = run(task, 'aws/database-public', 'aws/database-unencrypted', 'aws/rds-no-iam-authentication');
    assert.deepEqual(
      analysis.findings.map(({ rule, fixable }) => [rule, fixable]),
      [
        ['aws/database-public', true],
        ['aws/database-unencrypted', true],
      ],
    );
    const { text } = playbook(task);
    const fixed = applyEdits(text, compatible(analysis.findings.flatMap((f) => analysis.fixesOf(f))).edits);
    assert.ok(fixed.endsWith('        publicly_accessible: false # for now\n        storage_encrypted: true\n'), fixed);
    const line = run('ec2_vol: encrypted=no volume_size=5\n', 'aws/ebs-unencrypted');
    assert.deepEqual(
      line.findings.map(({ fixable }) => fixable),
      [false],
    );
    // Modules of google.cloud call most things as Terraform does; what they don't know must not be written.
    const alike = 'gcp_sql_instance:\n  settings:\n    ip_configuration:\n      ipv4_enabled: yes # for now\n';
    const open = run(alike, 'gcp/sql-public-ip');
    const closed = applyEdits(playbook(alike).text, compatible(open.findings.flatMap((f) => open.fixesOf(f))).edits);
    assert.ok(closed.endsWith('          ipv4_enabled: false # for now\n'), closed);
    const unapproved = run('gcp_container_cluster:\n  name: c\n', 'gcp/gke-no-binary-authorization');
    assert.deepEqual(
      unapproved.findings.map(({ fixable }) => fixable),
      [false],
    );
    const group = run(
      'ec2_group:\n  name: g\n  rules:\n    - ports: [22]\n      cidr_ip: "{{ open }}"\n',
      'aws/security-group-open-admin-port',
    );
    assert.deepEqual(
      group.findings.map(({ related }) => related[0]?.message),
      ['the variable `open`'],
    );
  });

  it('are objects of Kubernetes in definitions', () => {
    const task =
      'kubernetes.core.k8s:\n  state: present\n  definition:\n    apiVersion: v1\n    kind: Pod\n    metadata:\n      name: p\n    spec:\n      containers:\n        - name: c\n          securityContext:\n            privileged: true\n';
    assert.deepEqual(
      factsOf(task).map(({ name }) => name),
      ['Pod p', 'Pod p', 'container c'],
    );
    const analysis = run(task, 'kubernetes/privileged-container');
    const { text } = playbook(task);
    assert.match(applyEdits(text, analysis.fixesOf(analysis.findings[0]!)[0]!.edits), /privileged: false\n$/);
  });

  it('survive any arguments', () => {
    for (const args of [
      '',
      '[]',
      '1',
      '{rules: 1}',
      '{rules: [1, [2]]}',
      '{rules: {ports: {a: 1}}}',
      '{rules: [{proto: constructor}]}',
      '{policy: "{", public_access: x}',
    ])
      for (const module of ['ec2_group', 'azure_rm_securitygroup', 's3_bucket', 'gcp_compute_firewall', 'k8s'])
        assert.ok(factsOf(`${module}: ${args}\n`));
  });
});
