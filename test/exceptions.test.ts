import assert from 'node:assert/strict';
import { analyze, ruleSet, type RuleOptions } from '../server/engine/analyze.ts';
import { applyEdits } from '../server/engine/fix.ts';
import { isAlias } from '../server/engine/peer-comments.ts';
import type { SourceDocument } from '../server/engine/types.ts';
import { extract } from '../server/facts/index.ts';
import { compilePage } from '../server/pages/index.ts';
import { parse, syntaxOf } from '../server/parse/index.ts';
import { loadParsers } from '../server/workspace/parsers.ts';
import { readPages } from '../server/workspace/rules.ts';

const page = (id: string, on: string, where: string, aliases: string) =>
  compilePage(
    id,
    `---\ntitle: A flaw in a file\nseverity: high\nconfidence: high\naliases: [${aliases}]\nmessage: "Something is wrong here."\nmatch:\n  - on: ${on}\n    where: ${where}\n---\nWhy.\n\n\`\`\`text bad 1\nx\n\`\`\`\n\`\`\`text good\nx\n\`\`\`\n`,
  ).rule!;

const own = [
  page('test/acl', 'terraform aws_s3_bucket', '{ acl: public-read }', 'CKV_AWS_20, AVD-AWS-0092, aws-s3-public'),
  page('test/user', 'dockerfile USER', '{ user: root }', 'DL3002, CKV_DOCKER_8'),
  page('test/privileged', 'kubernetes container', '{ securityContext.privileged: true }', 'CKV_K8S_16, privileged-container, KSV-0017'),
  page('test/unpinned', 'github-actions uses', '{ uses: { matches: "@v" } }', 'unpinned-uses'),
];
const leftward = readPages().flatMap(({ rule }) => (rule?.id.startsWith('leftward/') ? [rule] : []));

function found(text: string, path = 'main.tf', options: RuleOptions = {}): readonly string[] {
  const document: SourceDocument = { path, text, syntax: syntaxOf(path, text) };
  const { facts, literals } = extract(parse(document), []);
  const rules = ruleSet([...own, ...leftward], {}, { preset: 'all', ...options });
  return analyze({ document, facts, literals }, rules).findings.map(({ rule, message }) =>
    rule.startsWith('leftward/') ? `${rule}: ${message}` : rule,
  );
}

const bucket = (above = '', beside = '', inside = '') =>
  `${above}resource "aws_s3_bucket" "b" {\n${inside}  acl = "public-read"${beside}\n}\n`;

describe('exceptions', () => {
  before(loadParsers);

  it('end on their day', () => {
    const text = bucket('', ' # leftward-ignore test/acl -- a website until 2027-01-31');
    assert.deepEqual(found(text, 'main.tf', { exceptions: { today: '2027-01-31' } }), []);
    assert.deepEqual(found(text, 'main.tf', { exceptions: { today: '2027-02-01' } }), [
      'test/acl',
      'leftward/expired-ignore: This exception for test/acl ended on 2027-01-31: what it excused counts again. Mend it, or agree on a new date.',
    ]);
    assert.deepEqual(found(text), [], 'nothing ends where nobody says which day it is');
  });

  it('keep to the policy of the team', () => {
    const with_ = (comment: string) =>
      found(bucket('', ` # leftward-ignore test/acl -- ${comment}`), 'main.tf', {
        exceptions: { today: '2026-11-25', maxDays: 30, approvers: ['@sec'] },
      });
    assert.deepEqual(with_('a website until 2026-12-25 approved by @sec'), []);
    assert.match(
      with_('a website').join(),
      /^test\/acl,leftward\/ignore-against-policy: .* it has no end: add `until 2026-12-25` at most\.$/,
    );
    assert.match(with_('a website until 2027-12-01 approved by @sec').join(), /holds for too long: 2026-12-25 is the last day/);
    assert.match(with_('a website until 2026-12-01').join(), /nobody approved it/);
    assert.match(with_('a website until 2026-12-01 approved by me').join(), /me may not approve exceptions/);
  });

  it('are remarked on when they excuse nothing, with the fix that takes them out', () => {
    const text =
      '# leftward-ignore test/acl -- a website\nresource "aws_s3_bucket" "b" {\n  acl = "private" # leftward-ignore test/acl -- once\n}\n';
    const document: SourceDocument = { path: 'main.tf', text, syntax: 'hcl' };
    const { facts, literals } = extract(parse(document), []);
    const analysis = analyze({ document, facts, literals }, ruleSet([...own, ...leftward], {}, { preset: 'all' }));
    assert.deepEqual(
      analysis.findings.map(({ rule }) => rule),
      ['leftward/unused-ignore', 'leftward/unused-ignore'],
    );
    const edits = analysis.findings.flatMap((finding) => analysis.fixesOf(finding).flatMap((fix) => fix.edits));
    assert.equal(applyEdits(text, edits), 'resource "aws_s3_bucket" "b" {\n  acl = "private"\n}\n');
    assert.deepEqual(found(text, 'main.tf', { severity: { 'test/acl': 'off' } }), [], 'what is switched off may come back');
    assert.deepEqual(found(text, 'main.tf', { preset: 'recommended' }), []);
  });

  it('count when they were written for another scanner', () => {
    const excused: readonly (readonly [string, string?])[] = [
      [bucket('', '', '  # checkov:skip=CKV_AWS_20:a website\n')],
      [bucket('', '', '  #checkov:skip=CKV_AWS_20\n')],
      [bucket('#trivy:ignore:AVD-AWS-0092\n')],
      [bucket('', ' # trivy:ignore:aws-0092')],
      [bucket('', ' #tfsec:ignore:aws-s3-public')],
      [bucket('# kics-scan ignore-block\n')],
      [bucket('', '', '  # kics-scan ignore-line\n')],
      [bucket('# kics-scan ignore\n\n')],
      [bucket('', ' # nosemgrep')],
      [bucket('', ' # nosemgrep: terraform.aws.security.aws-s3-public')],
      [bucket('', ' // NOSONAR')],
      ['FROM scratch\n# hadolint ignore=DL3002\nUSER root\n', 'Dockerfile'],
      ['# hadolint global ignore=DL3006,DL3002\nFROM scratch\nUSER root\n', 'Dockerfile'],
      ['FROM scratch\n#checkov:skip=CKV_DOCKER_8:a sandbox\nRUN x\nUSER root\n', 'Dockerfile'],
      [pod('    checkov.io/skip1: CKV_K8S_16=a node agent\n'), 'pod.yaml'],
      [pod('    ignore-check.kube-linter.io/privileged-container: "a node agent"\n'), 'pod.yaml'],
      [
        'on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: a/b@v1 # zizmor: ignore[unpinned-uses]\n',
        '.github/workflows/a.yml',
      ],
    ];
    for (const [text, path] of excused) {
      assert.deepEqual(found(text, path), [], text);
      assert.equal(found(text, path, { exceptions: { peers: false } }).length, 1, text);
    }
  });

  it('are nothing else', () => {
    for (const text of [
      bucket('', '', '  # checkov:skip=CKV_AWS_21:another\n'),
      bucket('#trivy:ignore:AVD-AWS-0092:exp:2020-01-01\n'),
      bucket('', '', '  bucket = "nosemgrep"\n'),
      `resource "aws_s3_bucket" "a" {\n  # checkov:skip=CKV_AWS_20:another bucket\n}\n${bucket()}`,
      bucket('# eslint-disable-next-line\n'),
    ])
      assert.equal(
        found(text, 'main.tf', { exceptions: { today: '2026-11-25' } })[0]
          ?.split(':')[0]
          ?.replace('leftward/expired-ignore', 'test/acl'),
        'test/acl',
        text,
      );
  });

  it('know an id in its spellings', () => {
    assert.ok(isAlias('KSV017', ['AVD-KSV-0017']));
    assert.ok(isAlias('avd-aws-0092', ['AWS-0092']));
    assert.ok(!isAlias('CKV_AWS_2', ['CKV_AWS_20']));
  });
});

function pod(annotations: string): string {
  return `apiVersion: v1\nkind: Pod\nmetadata:\n  name: agent\n  annotations:\n${annotations}spec:\n  containers:\n    - name: agent\n      securityContext:\n        privileged: true\n`;
}
