import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';

const project = fileURLToPath(new URL('..', import.meta.url));

const bucket = 'resource "aws_s3_bucket" "site" {\n  bucket = "site"\n  acl    = "public-read"\n}\n';
/** A rule of one's own with a safe fix, so that the tests don't depend on which built-in fixes are safe. */
const page = `---
title: Bucket says bad
severity: medium
confidence: high
cwe: [1059]
owasp: []
stride: []
compliance: {}
aliases: [OWN_1]
message: "\`{value}\` is bad."
match:
  - on: terraform aws_s3_bucket
    where: { note: bad }
fix:
  title: Say good
  safe: true
  set: { terraform: { note: good } }
---
Because.

\`\`\`terraform bad 2
resource "aws_s3_bucket" "a" {
  note = "bad"
}
\`\`\`
\`\`\`terraform fixed
resource "aws_s3_bucket" "a" {
  note = "good"
}
\`\`\`
\`\`\`terraform good
resource "aws_s3_bucket" "a" {
  note = "good"
}
\`\`\`
`;

describe('the command', function () {
  this.timeout(60_000);
  let root: string;
  let built: string;
  let command: string[];
  // As it is shipped: bundled, with its worker, grammars and compiled rules beside it.
  before(() => {
    built = mkdtempSync(join(tmpdir(), 'leftward-built-'));
    const { status, stderr } = spawnSync(process.execPath, ['scripts/build.mjs', '--out', built], { cwd: project, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    command = [join(built, 'cli.mjs')];
  });
  after(() => {
    rmSync(built, { recursive: true, force: true });
  });
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'leftward-')));
    mkdirSync(join(root, '.git'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  const put = (path: string, content: string | Buffer): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  const run = (args: readonly string[], { cwd = root, env = {} } = {}) => {
    const environment: NodeJS.ProcessEnv = { ...process.env, ...env };
    if (!('FORCE_COLOR' in env)) delete environment.FORCE_COLOR;
    const { status, stdout, stderr } = spawnSync(process.execPath, [...command, ...args], { cwd, encoding: 'utf8', env: environment });
    return { status, stdout, stderr };
  };
  const lines = (stdout: string) =>
    stdout
      .trim()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { file: string; line: number; rule: string });

  it('says what it can do, and what was mistyped', () => {
    const help = run(['--help']);
    assert.equal(help.status, 0);
    assert.match(help.stdout, /scan.*\n.*fix.*\n.*baseline.*\n.*explain/);
    assert.match(run(['scan', '--help']).stdout, /--fail-on/);
    assert.match(run(['--version']).stdout, /^\d+\.\d+\.\d+\n$/);
    const cases: [string[], RegExp][] = [
      [['scna'], /Did you mean "scan"\?/],
      [['scan', '--formt', 'json'], /no option --formt\. Did you mean "--format"\?/],
      [['scan', '--format', 'jsno'], /Did you mean "json"\?/],
      [['scan', '--fail-on', 'hi'], /critical/],
      [['scan', '--jobs', 'many'], /number of threads/],
      [['scan', 'nowhere'], /nowhere: there is no such file or folder/],
      [['scan', '--rule', 'aws/s3-public-alc'], /Did you mean "aws\/s3-public-acl"\?/],
      [['explain', 's3-public-alc'], /Did you mean "aws\/s3-public-acl"\?/],
      [[], /^$/],
    ];
    for (const [args, message] of cases) {
      const { status, stderr } = run(args);
      assert.equal(status, 2, args.join(' '));
      assert.match(stderr, message);
      assert.ok(!stderr.includes('    at '), 'no stack');
    }
  });

  it('scans: exit codes, paths, formats, thresholds', () => {
    put('infra/main.tf', bucket);
    put('clean/main.tf', 'locals {}\n');
    put('data.yaml', Buffer.from([0x61, 0, 0x62]));
    const acl = { rule: 'aws/s3-public-acl', line: 3 };
    const pick = (stdout: string) => lines(stdout).filter(({ rule }) => rule === acl.rule);

    const whole = run(['scan', '--format', 'jsonl']);
    assert.equal(whole.status, 1);
    assert.equal(pick(whole.stdout)[0]?.file, 'infra/main.tf');
    assert.match(whole.stderr, /data\.yaml: binary/);
    assert.equal(pick(run(['scan', 'infra', '--format', 'jsonl']).stdout)[0]?.file, 'main.tf', 'relative to the folder that was named');
    assert.equal(pick(run(['scan', 'infra/main.tf', 'clean', '--format', 'jsonl']).stdout)[0]?.file, 'infra/main.tf', 'relative to cwd');
    assert.equal(
      pick(run(['scan', '../infra/main.tf', '--format', 'jsonl'], { cwd: join(root, 'clean') }).stdout)[0]?.file,
      '../infra/main.tf',
    );

    assert.equal(run(['scan', 'clean']).status, 0);
    assert.equal(run(['scan', 'infra', '--fail-on', 'critical']).status, 0);
    assert.equal(run(['scan', 'infra', '--fail-on', 'never']).status, 0);
    assert.deepEqual(lines(run(['scan', 'infra', '--severity', 'critical', '--format', 'jsonl']).stdout), []);
    const only = run(['scan', '--rule', 'aws/s3-public-acl', '--format', 'jsonl']);
    assert.deepEqual(
      lines(only.stdout).map(({ rule, line }) => ({ rule, line })),
      [acl],
    );

    const output = run(['scan', '--format', 'sarif', '--output', 'out.sarif']);
    assert.equal(output.stdout, '');
    assert.equal((JSON.parse(readFileSync(join(root, 'out.sarif'), 'utf8')) as { version: string }).version, '2.1.0');
    const unwritable = run(['scan', '--output', 'no/where/out']);
    assert.equal(unwritable.status, 2);
    assert.match(unwritable.stderr, /could not be written/);
  });

  it('knows a workflow as one when only its folder is named', () => {
    const workflow = 'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: someone/thing@main\n';
    put('.github/workflows/ci.yml', workflow);
    const rules = (args: string[]) => lines(run(['scan', ...args, '--format', 'jsonl', '--preset', 'all']).stdout).map(({ rule }) => rule);
    assert.deepEqual(rules(['.github/workflows']), rules([]));
    assert.ok(rules([]).some((rule) => rule.startsWith('github-actions/')));
  });

  it('has colour where it is wanted only', () => {
    put('main.tf', bucket);
    assert.ok(!run(['scan']).stdout.includes('\x1b'));
    assert.ok(run(['scan'], { env: { FORCE_COLOR: '1' } }).stdout.includes('\x1b'));
    assert.ok(!run(['scan'], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } }).stdout.includes('\x1b'));
    assert.ok(!run(['scan', '--no-color'], { env: { FORCE_COLOR: '1' } }).stdout.includes('\x1b'));
  });

  it('obeys .leftward.yaml, from any folder of the project, and refuses a wrong one', () => {
    put('.leftward.yaml', 'rules: { aws/*: off }\nexclude: [gen/]\n');
    put('infra/main.tf', bucket);
    put('gen/main.tf', bucket);
    assert.equal(run(['scan', 'infra']).status, 0);
    put('.leftward.yaml', 'exclude: [gen/]\nfail-on: critical\n');
    assert.equal(run(['scan']).status, 0);
    assert.deepEqual([...new Set(lines(run(['scan', '--format', 'jsonl']).stdout).map(({ file }) => file))], ['infra/main.tf']);
    assert.deepEqual(lines(run(['scan', 'gen/main.tf', '--format', 'jsonl']).stdout), [], 'excluded, though named');
    put('.leftward.yaml', 'rules:\n  aws/s3-public-acl: of\n');
    const { status, stderr } = run(['scan', 'infra']);
    assert.equal(status, 2);
    assert.match(stderr, /\.leftward\.yaml:2:22: "rules\.aws\/s3-public-acl" must be one of/);
  });

  it('fixes what is safe, and shows it first when asked', () => {
    put('.leftward.yaml', 'rule-folders: [own]\n');
    put('own/team/says-bad.md', page);
    const before = `resource "aws_s3_bucket" "a" { # keep\r\n  acl  = "public-read"\r\n  note = "bad"\r\n}\r\n`;
    put('main.tf', `\ufeff${before}`);
    const dry = run(['fix', '--dry-run', '--rule', 'team/*']);
    assert.equal(dry.status, 0, dry.stderr);
    assert.match(
      dry.stdout,
      /main\.tf\n {2}3 {2}Say good {2}\(team\/says-bad\)\n[^]*- {2}note = "bad"\n[^]*\+ {2}note = "good"\n[^]*1 fix in 1 file would be applied/,
    );
    assert.equal(readFileSync(join(root, 'main.tf'), 'utf8'), `\ufeff${before}`);
    const fix = run(['fix', '--rule', 'team/*']);
    assert.match(fix.stdout, /1 fix in 1 file applied/);
    assert.equal(readFileSync(join(root, 'main.tf'), 'utf8'), `\ufeff${before.replace('bad', 'good')}`, 'nothing else changes');
    assert.match(run(['fix', '--rule', 'team/*']).stdout, /Nothing to fix safely/);
  });

  it('takes what is found as known, and reports what is new', () => {
    put('.leftward.yaml', 'rule-folders: [own]\n');
    put('own/team/says-bad.md', page);
    const resource = (name: string): string => `resource "aws_s3_bucket" "${name}" {\n  note = "bad"\n}\n`;
    put('main.tf', resource('a'));
    const scan = ['scan', '--rule', 'team/*', '--format', 'jsonl'];
    assert.equal(run(scan).status, 1);
    const made = run(['baseline']);
    assert.equal(made.status, 0, made.stderr);
    assert.match(made.stdout, /findings? in .*\.leftward-baseline\.json\. Commit it/);
    assert.deepEqual([run(scan).status, run(scan).stdout], [0, '']);
    assert.match(run(['scan']).stdout, /^No findings in \d+ files in .* known findings? in the baseline\.\n$/);
    assert.equal(run([...scan, '--no-baseline']).status, 1);
    // Lines may move; what is new is told.
    put('main.tf', `# moved\n\n${resource('a')}${resource('b')}`);
    assert.deepEqual(
      lines(run(scan).stdout).map(({ line }) => line),
      [7],
    );
    put('.leftward-baseline.json', '{');
    const damaged = run(['scan']);
    assert.equal(damaged.status, 2);
    assert.match(damaged.stderr, /\.leftward-baseline\.json is no JSON/);
  });

  it('explains rules, by the ids of others too', () => {
    const { status, stdout } = run(['explain', 'aws/s3-public-acl']);
    assert.equal(status, 0);
    assert.match(stdout, /^S3 bucket/);
    assert.match(stdout, /cwe\.mitre\.org\/data\/definitions\/732/);
    assert.equal(run(['explain', 'CKV_AWS_20']).stdout, stdout);
  });

  it('lists, tests and begins rules', () => {
    assert.match(run(['rules', 'list']).stdout, /^aws\/s3-public-acl +high +\S/m);
    const nothing = run(['rules', 'test']);
    assert.equal(nothing.status, 2);
    assert.match(nothing.stderr, /no folder rules/);
    const begun = run(['rules', 'new', 'team/no-owner']);
    assert.equal(begun.status, 0);
    assert.match(begun.stdout, /rules\/team\/no-owner\.md[^]*rule-folders: \[rules\]/);
    const tested = run(['rules', 'test']);
    assert.equal(tested.status, 0, tested.stdout);
    assert.match(tested.stdout, /1 pages with 2 fences passed/);
    assert.equal(run(['rules', 'new', 'team/no-owner']).status, 2, 'not twice');
    assert.equal(run(['rules', 'new', '../x']).status, 2);
    put('own/a/says-bad.md', page.replace('bad 2', 'bad 1'));
    const failed = run(['rules', 'test', 'own']);
    assert.equal(failed.status, 1);
    assert.match(failed.stdout, /a\/says-bad\.md:\d+: findings on line 2, expected on line 1/);
  });

  it('ends quietly when its reader leaves', async () => {
    for (let i = 0; i < 150; i++) put(`m${i}/main.tf`, bucket.repeat(10));
    const child = spawn(process.execPath, [...command, 'scan', '--format', 'json'], { cwd: root });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdout.once('data', () => child.stdout.destroy());
    await new Promise((resolve) => child.on('exit', resolve));
    assert.equal(stderr, '');
  });
});
