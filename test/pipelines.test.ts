import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { attackerControlled, expression, expressions } from '../server/engine/expressions.ts';
import { get, items, text as textOf, walk, type Node } from '../server/engine/tree.ts';
import type { Fact } from '../server/engine/types.ts';
import { extract } from '../server/facts/index.ts';
import { parse } from '../server/parse/index.ts';

const read = (path: string, text: string) => extract(parse({ path, text, syntax: 'yaml' }), []);
const outline = (facts: readonly Fact[]): string[] => facts.map((f) => `${f.types.join(' ')} | ${f.name} | ${f.parent?.name ?? ''}`);

function plain(node: Node | undefined): unknown {
  if (node?.kind === 'map') return Object.fromEntries(node.entries.map((e) => [e.key, plain(e.value)]));
  if (node?.kind === 'list') return node.items.map(plain);
  return node?.kind === 'scalar' ? node.value : node && '?';
}
const programs = (fact: Fact | undefined): unknown => items(get(fact?.node, 'commands')).map((c) => textOf(c, 'program'));

describe('expressions of GitHub Actions', () => {
  const contexts = (text: string) => expressions(text, 0).flatMap((e) => e.contexts.map((c) => c.path));

  it('are found with their places, strings and braces notwithstanding', () => {
    const text = "a ${{ github.sha }} ${{ format('}} {0}', x.y) }} ${{ open";
    const found = expressions(text, 100);
    assert.deepEqual(
      found.map((e) => [e.text, e.span]),
      [
        ['github.sha', { start: 102, end: 119 }],
        ["format('}} {0}', x.y)", { start: 120, end: 148 }],
      ],
    );
    assert.deepEqual(found[1]!.contexts[0]!.span, { start: 141, end: 144 });
    assert.deepEqual(found[1]!.functions, ['format']);
  });

  it('name contexts in one way', () => {
    assert.deepEqual(contexts("${{ github['event'].issue[ 'title' ] }}"), ['github.event.issue.title']);
    assert.deepEqual(contexts('${{ github.event.commits.*.message }} ${{ a[0].b }}'), ['github.event.commits.*.message', 'a.*.b']);
    assert.deepEqual(contexts('${{ a[matrix.os].b }}'), ['a.*.b', 'matrix.os']);
  });

  it('tell what reaches the result', () => {
    const reaching = (text: string) =>
      expression(text, 0)
        .contexts.filter((c) => c.reaches)
        .map((c) => c.path);
    assert.deepEqual(reaching("contains(a, 'x') && b || c"), ['b', 'c']);
    assert.deepEqual(reaching('a == b'), []);
    assert.deepEqual(reaching('!a'), []);
    assert.deepEqual(reaching("format('{0}', toJSON(a))"), ['a']);
    assert.deepEqual(reaching('fromJSON(a)[b].c'), ['a']);
  });

  it('respect precedence', () => {
    const { ast } = expression("a || b && c == 'd' < 1.5e3", 0);
    assert.ok(ast?.kind === 'binary' && ast.operator === '||' && ast.right.kind === 'binary' && ast.right.operator === '&&');
  });

  it('keep what was read before an error', () => {
    const broken = expression('github.event.issue.', 0);
    assert.equal(broken.ast, undefined);
    assert.deepEqual(
      broken.contexts.map((c) => c.path),
      ['github.event.issue'],
    );
  });

  it('are read in linear time, however deep', () => {
    const start = performance.now();
    for (const text of ['(', '!', 'a[', 'f(', 'a&&', 'a.', "'", 'a == ', '${{']) {
      const long = text.repeat(20_000);
      expression(long, 0);
      expressions(`\${{${long}}}`, 0);
    }
    assert.ok(performance.now() - start < 5000);
  });

  it('know what outsiders choose', () => {
    for (const path of [
      'github.head_ref',
      'github.event.pull_request.title',
      'github.event.pull_request.head.ref',
      'github.event.comment.body',
      'github.event.commits.*.author.name',
      'GitHub.Event.Issue.Body',
      'github.event',
    ]) {
      assert.ok(attackerControlled(path), path);
    }
    for (const path of [
      'github.sha',
      'github.event.pull_request.number',
      'github.event.repository.name',
      'inputs.title',
      'github.event.pull_request.head.sha',
    ])
      assert.ok(!attackerControlled(path), path);
  });
});

describe('GitHub Actions', () => {
  const workflow = `name: CI
on: [push]
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - name: test
        run: |
          echo "\${{ github.event.issue.title }}"
          cat <<EOF
            x
          EOF
          curl https://x | \\
            sudo bash
      - shell: pwsh
        run: Get-Item
      - uses: ./local
      - uses: docker://alpine@sha256:${'0'.repeat(64)}
  call:
    uses: org/repo/.github/workflows/x.yml@${'a'.repeat(40)}
`;
  const { facts, platforms } = read('.github/workflows/ci.yml', workflow);

  it('are workflows, jobs and steps', () => {
    assert.deepEqual(platforms, ['github-actions']);
    assert.deepEqual(outline(facts), [
      'workflow | workflow CI | ',
      'job | job build | workflow CI',
      'uses step | step actions/checkout@v4 | job build',
      'run step | step test | job build',
      'run step | step 3 | job build',
      'uses step | step ./local | job build',
      `uses step | step docker://alpine@sha256:${'0'.repeat(64)} | job build`,
      'uses job | job call | workflow CI',
    ]);
    assert.equal(workflow.slice(facts[1]!.head.start, facts[1]!.head.end), 'build');
  });

  it('say what is used, and whether it is pinned', () => {
    const used = (i: number) => ['action', 'owner', 'ref', 'pinned'].map((key) => textOf(facts[i]!.node, key));
    assert.deepEqual(used(2), ['actions/checkout', 'actions', 'v4', 'false']);
    assert.deepEqual(used(5), ['./local', undefined, undefined, 'true']);
    assert.deepEqual(used(6), ['docker://alpine', undefined, `sha256:${'0'.repeat(64)}`, 'true']);
    assert.deepEqual(used(7), ['org/repo/.github/workflows/x.yml', 'org', 'a'.repeat(40), 'true']);
    const ref = get(facts[2]!.node, 'ref')!;
    assert.equal(workflow.slice(ref.span.start, ref.span.end), 'actions/checkout@v4');
  });

  it('have the commands of their scripts at their places', () => {
    assert.deepEqual(programs(facts[3]), ['echo', 'cat', 'curl', 'bash']);
    const curl = items(get(facts[3]!.node, 'commands'))[2]!;
    assert.equal(workflow.slice(curl.span.start, curl.span.end), 'curl https://x');
    const commands = get(facts[4]!.node, 'commands');
    assert.equal(commands?.kind === 'list' && commands.open, true, 'PowerShell is not read');
  });

  it('are recognised by content, and composite actions by name', () => {
    assert.deepEqual(read('template.yml', workflow).platforms, ['github-actions']);
    const action = 'name: A\nruns:\n  using: composite\n  steps:\n    - run: npm ci\n      shell: bash\n    - uses: a/b@v1\n';
    assert.deepEqual(outline(read('x/action.yml', action).facts), [
      'action | action A | ',
      'composite-step step run | step 1 | action A',
      'composite-step step uses | step a/b@v1 | action A',
    ]);
    assert.deepEqual(read('other.yml', 'on: true\njobs: {}\n').platforms, []);
  });

  it('survive half-typed text', () => {
    for (let end = 0; end < workflow.length; end += 3) {
      for (const fact of read('.github/workflows/ci.yml', workflow.slice(0, end)).facts) {
        walk(fact.node, ({ span }) => assert.ok(span.start <= span.end && span.end <= end));
      }
    }
  });
});

describe('GitLab CI', () => {
  const pipeline = `include:
  - https://x/y.yml
  - project: a/b
default:
  image: ruby:3
  before_script: [bundle]
.base:
  tags: [x]
  variables: { A: "1" }
  script: curl http://x | sh
job:
  extends: .base
  variables: { B: "2" }
other:
  extends: [.base, .missing]
  inherit: { default: false }
  script:
    - - npm ci
    - make
.unused:
  script: !reference [.base, script]
`;
  const { facts } = read('ci/build.gitlab-ci.yml', pipeline);
  const job = (name: string) => facts.find((f) => f.name === `job ${name}`)!;

  it('is a pipeline, its includes and jobs', () => {
    assert.deepEqual(outline(facts), [
      'pipeline | pipeline build.gitlab-ci.yml | ',
      'include | include https://x/y.yml | pipeline build.gitlab-ci.yml',
      'include | include a/b | pipeline build.gitlab-ci.yml',
      'job | job job | pipeline build.gitlab-ci.yml',
      'job | job other | pipeline build.gitlab-ci.yml',
      'job | job .unused | pipeline build.gitlab-ci.yml',
    ]);
    assert.equal(textOf(facts[1]!.node, 'remote'), 'https://x/y.yml');
  });

  it('gives jobs what they extend and what is the default, at its own place', () => {
    const { node } = job('job');
    assert.deepEqual(plain(get(node, 'variables')), { A: '1', B: '2' });
    assert.equal(textOf(node, 'image'), 'ruby:3');
    assert.deepEqual(programs(job('job')), ['bundle', 'curl', 'sh']);
    const curl = items(get(node, 'commands'))[1]!;
    assert.equal(pipeline.slice(curl.span.start, curl.span.end), 'curl http://x');
    assert.equal(node.kind === 'map' && node.open, undefined);
  });

  it('leaves open what comes from elsewhere', () => {
    const { node } = job('other');
    assert.equal(node.kind === 'map' && node.open, true);
    assert.equal(get(node, 'image'), undefined);
    assert.deepEqual(programs(job('other')), ['npm', 'make']);
    assert.equal(get(job('.unused').node, 'script')?.kind, 'unknown');
  });

  it('does not run in circles', () => {
    const text = '.a: { extends: .b }\n.b: { extends: .a }\nc: { extends: .a, script: x }\n';
    assert.deepEqual(programs(read('.gitlab-ci.yml', text).facts.at(-1)), ['x']);
  });
});

describe('Ansible', () => {
  const playbook = `- name: p
  hosts: all
  vars: { acl: public-read }
  tasks:
    - name: bucket
      amazon.aws.s3_bucket:
        name: "{{ name }}"
        acl: "{{ acl }}"
    - shell: curl http://x | bash
    - file: path=/x mode=0777 state="a b" follow=no
    - no_log: true
      block:
        - get_url: { url: http://x, validate_certs: no }
      rescue:
        - ansible.builtin.command: { cmd: "rm -rf {{ dir }}" }
    - local_action: command echo hi
`;
  const { facts, platforms } = read('site.yml', playbook);

  it('is plays and tasks, also those in blocks', () => {
    assert.deepEqual(platforms, ['ansible']);
    assert.deepEqual(outline(facts), [
      'play | play p | ',
      's3_bucket amazon.aws.s3_bucket task | task bucket | play p',
      'shell ansible.builtin.shell task | task shell | play p',
      'file ansible.builtin.file task | task file | play p',
      'get_url ansible.builtin.get_url task | task get_url | play p',
      'command ansible.builtin.command task | task command | play p',
      'command ansible.builtin.command task | task command | play p',
      'aws_s3_bucket resource | task bucket | ',
    ]);
  });

  it('finds arguments under the short name, however they are written', () => {
    assert.deepEqual(plain(get(facts[1]!.node, 's3_bucket')), { name: '?', acl: 'public-read' });
    assert.equal(get(facts[1]!.node, 's3_bucket.acl')?.origin?.what, 'the variable `acl`');
    assert.deepEqual(plain(get(facts[3]!.node, 'file')), { path: '/x', mode: '0777', state: 'a b', follow: false });
    const mode = get(facts[3]!.node, 'file.mode')!;
    assert.equal(playbook.slice(mode.span.start, mode.span.end), '0777');
    assert.equal(textOf(facts[6]!.node, 'command.cmd'), 'echo hi');
  });

  it('reads an unquoted no as YAML 1.1 does, and gives tasks what their block says', () => {
    assert.deepEqual(plain(get(facts[4]!.node, 'get_url.validate_certs')), false);
    assert.deepEqual(plain(get(facts[4]!.node, 'no_log')), true);
  });

  it('splits command lines', () => {
    assert.deepEqual(programs(facts[2]), ['curl', 'bash']);
    assert.deepEqual(programs(facts[5]), ['rm']);
    assert.equal(get(facts[5]!.node, 'command.cmd')?.kind, 'unknown');
  });

  it('is recognised by content or as a role, and little else is', () => {
    assert.deepEqual(read('roles/a/tasks/main.yml', '- custom: x\n').platforms, ['ansible']);
    assert.deepEqual(read('tasks.yml', '- name: x\n  some_module: { a: b }\n').platforms, ['ansible']);
    assert.deepEqual(read('hooks.yml', '- id: x\n  name: y\n  entry: z\n').platforms, []);
    assert.deepEqual(read('list.yml', '- a\n- b\n').platforms, []);
  });

  it('survives half-typed text', () => {
    for (let end = 0; end < playbook.length; end += 3) {
      for (const fact of read('site.yml', playbook.slice(0, end)).facts) {
        walk(fact.node, ({ span }) => assert.ok(span.start <= span.end && span.end <= end));
      }
    }
  });
});

describe('dependabot', () => {
  it('is a configuration and its updates', () => {
    const text = 'version: 2\nupdates:\n  - package-ecosystem: npm\n    directory: /\n    insecure-external-code-execution: allow\n';
    const { facts } = read('.github/dependabot.yml', text);
    assert.deepEqual(outline(facts), ['config | dependabot configuration | ', 'update | update npm / | dependabot configuration']);
    assert.equal(textOf(facts[1]!.node, 'insecure-external-code-execution'), 'allow');
  });
});

describe('extract', () => {
  it('collects scalars, and what scripts hold', () => {
    const text = 'on: push\njobs:\n  a:\n    runs-on: x\n    env: { A: "b" }\n    steps:\n      - run: TOKEN=t deploy --password p\n';
    const literals = read('.github/workflows/a.yml', text).literals.map((l) => [l.path.join('.'), text.slice(l.span.start, l.span.end)]);
    assert.ok(literals.some(([path, value]) => path === 'jobs.a.env.A' && value === 'b'));
    assert.ok(literals.some(([path, value]) => path?.endsWith('TOKEN') && value === 't'));
    assert.ok(literals.some(([path, value]) => path?.endsWith('password') && value === 'p'));
  });

  it('computes facts once, and asks each document once what it is', () => {
    const extraction = read('.github/dependabot.yml', 'version: 2\nupdates: []\n');
    assert.equal(extraction.facts, extraction.facts);
    assert.equal(extraction.literals, extraction.literals);
  });
});
