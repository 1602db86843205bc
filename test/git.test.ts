import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';

const project = fileURLToPath(new URL('..', import.meta.url));
/** Written in two parts, so that it is no token for the push protection of a host. */
const token = ['sk_live_', '7hT2mKq9ZxWv4RbNc8LpYd3E'].join('');
const bucket = (name: string): string => `resource "aws_s3_bucket" "${name}" {\n  bucket = "${name}"\n  acl    = "public-read"\n}\n`;
const block =
  'resource "aws_s3_bucket_public_access_block" "a" {\n  bucket = aws_s3_bucket.a.id\n  block_public_acls = true\n  block_public_policy = true\n  ignore_public_acls = true\n  restrict_public_buckets = true\n}\n';

interface Found {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  readonly message: string;
}

describe('scans of a git repository', function () {
  this.timeout(60_000);
  let root: string;
  let built: string;
  before(() => {
    built = mkdtempSync(join(tmpdir(), 'leftward-built-'));
    const { status, stderr } = spawnSync(process.execPath, ['scripts/build.mjs', '--out', built], { cwd: project, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  });
  after(() => rmSync(built, { recursive: true, force: true }));
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'leftward-git-')));
    git('init', '-q', '-b', 'main');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  /** Without the settings of whoever runs the tests. */
  const env = {
    ...process.env,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@example.com',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@example.com',
  };
  function git(...args: string[]): string {
    const { status, stdout, stderr } = spawnSync('git', args, { cwd: root, encoding: 'utf8', env });
    assert.equal(status, 0, stderr);
    return stdout.trim();
  }
  function put(path: string, text: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  function commit(words = 'x'): string {
    git('add', '-A');
    git('commit', '-q', '-m', words);
    return git('rev-parse', 'HEAD');
  }
  function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
    return spawnSync(process.execPath, [join(built, 'cli.mjs'), ...args], { cwd: root, encoding: 'utf8', env });
  }
  function found(...args: string[]): Found[] {
    const { stdout, stderr } = run('scan', '--format', 'jsonl', ...args);
    assert.equal(stderr, '');
    return stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Found]));
  }
  const places = (findings: readonly Found[], rule: string): string[] =>
    findings.filter((one) => one.rule === rule).map(({ file, line }) => `${file}:${line}`);

  it('tells what a commit would add, by what is staged and not by what lies on the disk', () => {
    put('main.tf', bucket('a'));
    commit();
    put('main.tf', bucket('a') + bucket('b'));
    put('über uns/own.tf', bucket('c'));
    git('add', '-A');
    put('main.tf', bucket('a') + bucket('b') + bucket('d'));
    put('later.env', `STRIPE_KEY=${token}\n`);
    assert.deepEqual(places(found('--staged'), 'aws/s3-public-acl'), ['main.tf:7', 'über uns/own.tf:3']);
    assert.deepEqual(places(found('--staged', 'main.tf'), 'aws/s3-public-acl'), ['main.tf:7']);
    assert.deepEqual(places(found('--staged'), 'secrets/stripe-key'), []);
  });

  it('works before the first commit', () => {
    put('main.tf', bucket('a'));
    git('add', '-A');
    assert.deepEqual(places(found('--staged'), 'aws/s3-public-acl'), ['main.tf:3']);
  });

  it('tells of a file that stayed as it was when another of its module was taken away', () => {
    put('bucket.tf', bucket('a'));
    put('block.tf', block);
    commit();
    rmSync(join(root, 'block.tf'));
    assert.deepEqual(places(found('--since', 'HEAD'), 'aws/s3-no-public-access-block'), ['bucket.tf:1']);
    git('add', '-A');
    assert.deepEqual(places(found('--staged'), 'aws/s3-no-public-access-block'), ['bucket.tf:1']);
  });

  it('takes what a renamed file had for known', () => {
    put('main.tf', bucket('a'));
    commit();
    renameSync(join(root, 'main.tf'), join(root, 'site.tf'));
    git('add', '-A');
    assert.deepEqual(found('--staged'), []);
    put('site.tf', bucket('a') + bucket('b'));
    git('add', '-A');
    assert.deepEqual(places(found('--staged'), 'aws/s3-public-acl'), ['site.tf:7']);
  });

  it('compares with where a branch began, and counts what git does not know yet', () => {
    put('main.tf', bucket('a'));
    commit();
    git('switch', '-q', '-c', 'feature');
    put('main.tf', bucket('a') + bucket('b'));
    commit();
    git('switch', '-q', 'main');
    put('main.tf', '');
    commit();
    git('switch', '-q', 'feature');
    put('new.tf', bucket('c'));
    assert.deepEqual(places(found('--since', 'main'), 'aws/s3-public-acl'), ['main.tf:7', 'new.tf:3']);
  });

  it('finds a secret in the history once, with the commit that brought it', () => {
    put('a.env', 'X=1\n');
    commit();
    put('a.env', `X=1\nSTRIPE_KEY=${token}\n`);
    const guilty = commit();
    put('a.env', `# more\nX=1\nSTRIPE_KEY=${token}\n`);
    commit();
    git('switch', '-q', '-c', 'other');
    put('a.env', 'X=1\n');
    commit();
    assert.deepEqual(places(found(), 'secrets/stripe-key'), []);
    const secrets = found('--history').filter(({ rule }) => rule.startsWith('secrets/'));
    assert.equal(secrets.length, 1);
    assert.equal(secrets[0]!.line, 2);
    assert.ok(secrets[0]!.message.includes(`(In commit ${guilty.slice(0, 12)} of `), secrets[0]!.message);
    assert.ok(!run('scan', '--history').stdout.includes(token.slice(8)));
  });

  it('finds what only a merge brought', () => {
    put('a.env', 'X=1\n');
    commit();
    git('switch', '-q', '-c', 'other');
    put('b.env', 'Y=1\n');
    commit();
    git('switch', '-q', 'main');
    put('c.env', 'Z=1\n');
    commit();
    git('merge', '-q', '--no-commit', 'other');
    put('b.env', `STRIPE_KEY=${token}\n`);
    const merge = commit();
    put('b.env', '');
    commit();
    const secrets = found('--history').filter(({ rule }) => rule.startsWith('secrets/'));
    assert.equal(secrets.length, 1);
    assert.ok(secrets[0]!.message.includes(merge.slice(0, 12)));
  });

  it('says what is wrong', () => {
    put('main.tf', '');
    commit();
    for (const [args, words] of [
      [['--since', 'nowhere'], /git knows no commit "nowhere"/],
      [['--since', '--output=x'], /ambiguous|no commit/],
      [['--staged', '--history'], /exclude each other/],
    ] as const) {
      const { status, stderr } = run('scan', ...args);
      assert.equal(status, 2);
      assert.match(stderr, words);
    }
    rmSync(join(root, '.git'), { recursive: true });
    const { status, stderr } = run('scan', '--staged');
    assert.equal(status, 2);
    assert.match(stderr, /no git repository/);
  });

  it('runs nothing that the repository asks git to run', () => {
    const trace = join(root, 'ran');
    put('tool.sh', `#!/bin/sh\ntouch '${trace}'\n`);
    chmodSync(join(root, 'tool.sh'), 0o755);
    put('.gitattributes', '*.tf diff=own\n');
    put('main.tf', bucket('a'));
    commit();
    for (const key of ['core.fsmonitor', 'diff.external', 'diff.own.command', 'diff.own.textconv'])
      git('config', key, join(root, 'tool.sh'));
    put('main.tf', bucket('a') + bucket('b'));
    rmSync(trace, { force: true });
    for (const args of [['--staged'], ['--since', 'HEAD'], ['--history']]) run('scan', ...args);
    assert.throws(() => statSync(trace));
  });

  it('installs a hook that stops a commit, and touches no other', () => {
    assert.equal(run('install-hook', '--fail-on', 'high').status, 0);
    const hook = join(root, '.git/hooks/pre-commit');
    assert.ok(statSync(hook).mode & 0o100);
    put('main.tf', bucket('a'));
    git('add', '-A');
    const stopped = spawnSync('git', ['commit', '-q', '-m', 'x'], { cwd: root, encoding: 'utf8', env });
    assert.equal(stopped.status, 1);
    assert.match(stopped.stdout + stopped.stderr, /public-read/);
    put('main.tf', bucket('a').replace('public-read', 'private'));
    git('add', '-A');
    git('commit', '-q', '-m', 'x');
    assert.equal(run('install-hook').status, 0, 'its own hook is replaced');
    writeFileSync(hook, '#!/bin/sh\n');
    const refused = run('install-hook');
    assert.equal(refused.status, 2);
    assert.match(refused.stderr, /isn't ours/);
    assert.equal(readFileSync(hook, 'utf8'), '#!/bin/sh\n');
    assert.equal(run('install-hook', '--force').status, 0);
    assert.match(readFileSync(hook, 'utf8'), /scan --staged/);
  });
});
