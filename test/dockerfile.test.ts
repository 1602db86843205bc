import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { applyEdits } from '../server/engine/fix.ts';
import { entryOf, get, items, text as textOf, walk, type Node } from '../server/engine/tree.ts';
import type { Fact, TreeEdit } from '../server/engine/types.ts';
import { writeDockerfile } from '../server/engine/write/dockerfile.ts';
import { extract } from '../server/facts/index.ts';
import { parse } from '../server/parse/index.ts';

const document = (text: string) => ({ path: 'Dockerfile', text, syntax: 'dockerfile' }) as const;
const instructions = (text: string): readonly Node[] => items(parse(document(text)).trees[0]);
const facts = (text: string): readonly Fact[] => extract(parse(document(text)), []).facts;
const stage = (text: string, name: string): Node => facts(text).find((f) => f.name === `stage ${name}`)!.node;

/** A tree as plain data; an unknown value is its parts, or `?`. */
function plain(node: Node | undefined): unknown {
  switch (node?.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(plain);
    case 'map':
      return Object.fromEntries(node.entries.map((e) => [e.key, plain(e.value)]));
    case 'unknown':
      return node.parts ? node.parts.map((p) => p ?? '?').join('') : '?';
    case undefined:
      return undefined;
  }
}
const slice = (text: string, node: Node | undefined): string | undefined => node && text.slice(node.span.start, node.span.end);

describe('Dockerfile: tree', () => {
  it('splits FROM into its parts, each with its place', () => {
    const text = 'FROM --platform=linux/amd64 registry:5000/team/app:1.2@sha256:ab AS build\n';
    const [from] = instructions(text);
    for (const [key, value] of Object.entries({
      image: 'registry:5000/team/app',
      tag: '1.2',
      digest: 'sha256:ab',
      platform: 'linux/amd64',
      as: 'build',
    })) {
      assert.equal(textOf(from, key), value);
      assert.equal(slice(text, get(from, key)), value);
    }
  });

  it('takes a port of a registry for no tag', () => {
    assert.equal(get(instructions('FROM registry:5000/app')[0], 'tag'), undefined);
  });

  it('joins continued lines and leaves comments between them out', () => {
    const text = 'RUN apt-get \\\n  # why\n\n  update\nUSER app';
    const [run, user] = instructions(text);
    assert.equal(textOf(run, 'shell')?.replace(/\s+/g, ' '), 'apt-get update');
    assert.equal(slice(text, run), 'RUN apt-get \\\n  # why\n\n  update');
    assert.equal(textOf(user, 'user'), 'app');
  });

  it('reads variables in both notations, with quotes and continuations', () => {
    const text = `ENV A=b C="d e" \\\n  F='$g'\nENV OLD some value\nARG X\nLABEL k="v w"`;
    const [env, old, arg, label] = instructions(text);
    assert.deepEqual(plain(get(env, 'variables')), { A: 'b', C: 'd e', F: '$g' });
    assert.equal(slice(text, get(env, 'variables.C')), '"d e"');
    assert.deepEqual(plain(get(old, 'variables')), { OLD: 'some value' });
    assert.deepEqual(plain(get(arg, 'variables')), { X: null });
    assert.deepEqual(plain(get(label, 'variables')), { k: 'v w' });
  });

  it('reads flags, mounts, exec forms, ports, users and health checks', () => {
    const [run, copy, expose, user, health, cmd] = instructions(
      'RUN --mount=type=secret,id=token --network=none ls\nCOPY --from=build --chown=1:2 a b /c\nEXPOSE 22 80/tcp 53/udp\nUSER app:grp\n' +
        'HEALTHCHECK --interval=5s CMD ["true", "x"]\nCMD ["node", "a b.js"]',
    );
    assert.deepEqual(plain(get(run, 'flags')), { mount: { type: 'secret', id: 'token' }, network: 'none' });
    assert.equal(textOf(copy, 'from'), 'build');
    assert.deepEqual(plain(get(copy, 'sources')), ['a', 'b']);
    assert.equal(textOf(copy, 'destination'), '/c');
    assert.deepEqual(plain(get(expose, 'ports')), [22, 80, '53/udp']);
    assert.deepEqual([textOf(user, 'user'), textOf(user, 'group')], ['app', 'grp']);
    assert.deepEqual([textOf(health, 'type'), plain(get(health, 'json'))], ['CMD', ['true', 'x']]);
    assert.deepEqual(plain(get(cmd, 'json')), ['node', 'a b.js']);
  });

  it('honours directives', () => {
    const all = instructions('# escape=`\n# syntax=docker/dockerfile:1\nFROM a\nCOPY a `\n  C:\\dir\\\nUSER b');
    assert.equal(textOf(all[1], 'value'), 'docker/dockerfile:1');
    assert.equal(textOf(all[3], 'destination'), 'C:\\dir\\');
    assert.equal(textOf(all[4], 'user'), 'b');
  });

  it('keeps heredocs apart from the instructions around them', () => {
    const text = 'RUN <<EOF\n# comment of the script\napt-get update\nEOF\nCOPY <<"A" /x\nRUN no\nA\nUSER b';
    const all = instructions(text);
    assert.deepEqual(
      all.map((i) => textOf(i, 'keyword')),
      ['RUN', 'COPY', 'USER'],
    );
    assert.equal(textOf(all[0], 'heredocs.text'), '# comment of the script\napt-get update');
    assert.equal(textOf(all[0], 'commands.program'), 'apt-get');
    assert.equal(slice(text, all[1]), 'COPY <<"A" /x\nRUN no\nA');
  });

  it('keeps every span within the text, whatever half of a file it is given', () => {
    const text =
      '# escape=\\\nFROM a:${B:-c} AS x\r\nRUN --mount=type=bind a && \\\r\n  # c\r\n b "$(c `d`)" <<EOF\r\nEOF\r\nENV A="b\nONBUILD ADD ["a", "b"]\nHEALTHCHECK CMD x';
    for (let end = 0; end <= text.length; end++) {
      const cut = text.slice(0, end);
      const parsed = parse(document(cut));
      const { facts, literals } = extract(parsed, []);
      for (const tree of [...parsed.trees, ...facts.map((f) => f.node)]) {
        walk(tree, ({ span }) =>
          assert.ok(0 <= span.start && span.start <= span.end && span.end <= end, `${JSON.stringify(span)} in ${end}`),
        );
      }
      for (const fact of facts) assert.doesNotMatch(cut.slice(fact.head.start, fact.head.end), /\n/);
      for (const literal of literals) assert.ok(literal.span.end <= end);
    }
  });

  it('survives hostile input in time', () => {
    const hostile = [
      `FROM a\nRUN ${'$('.repeat(10_000)}`,
      `FROM a\nRUN ${'a | '.repeat(5000)}b`,
      `FROM a\nRUN echo && \\\n${'  # c\n  apt-get install -y a b && \\\n'.repeat(10_000)} true`,
      `FROM a\nENV A=aaaaaaaaaa\n${'ENV A=$A$A\n'.repeat(60)}`,
      `FROM ${'${a:-'.repeat(10_000)}`,
      'FROM a\n# c\n'.repeat(5000),
      Array.from({ length: 3000 }, (_, i) => `FROM a${i} AS a${i + 1}\nENV A${i}=1\n`).join(''),
      'ONBUILD '.repeat(5000),
      `RUN ${'<<A '.repeat(5000)}`,
    ];
    const start = performance.now();
    for (const text of hostile) for (const fact of facts(text)) items(get(fact.node, 'commands'));
    assert.ok(performance.now() - start < 15_000);
  });
});

describe('Dockerfile: commands', () => {
  const commands = (script: string) => items(get(instructions(`RUN ${script}`)[0], 'commands'));
  const programs = (script: string) => commands(script).map((c) => textOf(c, 'program'));

  it('finds simple commands in lists, pipes, subshells and substitutions', () => {
    assert.deepEqual(programs('a && b || (c; d) | e; if f; then g; fi; h "$(i)" `j`'), ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']);
  });

  it('looks through sudo, env and paths', () => {
    const [command] = commands('sudo -E -u root env A=b /usr/bin/apt-get install -yq foo=1');
    assert.equal(textOf(command, 'program'), 'apt-get');
    assert.deepEqual(plain(get(command, 'via')), ['sudo', 'env']);
    assert.equal(textOf(command, 'subcommand'), 'install');
    assert.deepEqual(plain(get(command, 'operands')), ['install', 'foo=1']);
    assert.deepEqual(plain(get(command, 'flags')), ['-yq', '-y', '-q']);
  });

  it('tells what a command is piped into and substituted into', () => {
    assert.deepEqual(plain(get(commands('curl x | tee y | sudo bash -s')[0], 'pipe-to')), ['tee', 'bash']);
    assert.equal(textOf(commands('bash -c "$(wget -O- x)"')[1], 'inside'), 'bash');
    assert.equal(textOf(commands('bash <(curl x)')[1], 'inside'), 'bash');
  });

  it('reads the script of sh -c, and the exec form', () => {
    assert.deepEqual(programs("sh -c 'curl x | bash'"), ['sh', 'curl', 'bash']);
    const text = 'RUN ["sh", "-c", "curl x | bash"]';
    const found = items(get(instructions(text)[0], 'commands'));
    assert.deepEqual(
      found.map((c) => textOf(c, 'program')),
      ['sh', 'curl', 'bash'],
    );
    assert.equal(slice(text, found[1]), 'curl x');
  });

  it('keeps places across continuations and comments, and what is unknown apart', () => {
    const text = 'RUN a && \\\n  # c\n  apt-get install "$PKG" b=$V';
    const command = items(get(instructions(text)[0], 'commands'))[1];
    assert.equal(slice(text, command), 'apt-get install "$PKG" b=$V');
    assert.deepEqual(plain(get(command, 'words')), ['install', '?', 'b=?']);
    assert.equal(get(command, 'words')?.kind === 'list' && slice(text, items(get(command, 'words'))[1]), '"$PKG"');
  });

  it('gives options, assignments and files written', () => {
    const [command] = commands('A=b mysql --password=c --user d > /e');
    assert.deepEqual(plain(get(command, 'environment')), { A: 'b' });
    assert.deepEqual(plain(get(command, 'options')), { password: 'c', user: 'd' });
    assert.deepEqual(plain(get(command, 'writes')), ['/e']);
  });

  it('does not read other shells', () => {
    const run = facts('FROM a\nSHELL ["powershell", "-Command"]\nRUN Invoke-X | sh').find((f) => f.types[0] === 'RUN');
    assert.equal(get(run?.node, 'commands')?.kind, 'unknown');
    assert.deepEqual(items(get(instructions('RUN <<E\n#!/usr/bin/env python3\nimport os\nE')[0], 'commands')), []);
  });
});

describe('Dockerfile: facts', () => {
  it('are a file, stages and instructions', () => {
    const found = facts('ARG V=1\nFROM a:$V AS one\nRUN x\nFROM one\nCOPY --from=one a b');
    assert.deepEqual(
      found.map((f) => `${f.types.join(' ')} < ${f.parent?.name ?? ''}`),
      [
        'file < ',
        'ARG instruction < Dockerfile',
        'stage < Dockerfile',
        'FROM instruction < stage one',
        'RUN instruction < stage one',
        'final-stage stage < Dockerfile',
        'FROM instruction < stage 1',
        'COPY instruction < stage 1',
      ],
    );
    assert.equal(found[0]!.scope.resolve('one')?.name, 'stage one');
  });

  it('inherit user and environment from the stage below', () => {
    const text = 'FROM a AS one\nUSER app\nENV A=1 B=2\nHEALTHCHECK CMD x\nFROM one\nENV B=3';
    const last = stage(text, '1');
    assert.equal(textOf(last, 'user'), 'app');
    assert.equal(textOf(last, 'stage'), 'one');
    assert.deepEqual(plain(get(last, 'environment')), { A: '1', B: '3' });
    assert.equal(textOf(last, 'healthcheck.type'), 'CMD');
    assert.equal(get(last, 'HEALTHCHECK'), undefined);
    assert.equal(get(stage('FROM a\nUSER b\nFROM a', '1'), 'user'), undefined);
  });

  it('substitute ARG and ENV with defaults', () => {
    const text =
      'ARG BASE=node:18\nARG NONE\nFROM ${BASE} AS one\nARG BASE\nARG T=x\nENV A=$T-$BASE B=${Q:-q} C=${T:+t} D="\\$T" E=\'$T\' P=/x:$PATH\nUSER ${T}\nFROM ${X:-busybox:1}\nFROM b:$NONE';
    const one = stage(text, 'one');
    assert.deepEqual([textOf(one, 'image'), textOf(one, 'tag'), textOf(one, 'user')], ['node', '18', 'x']);
    assert.deepEqual(plain(get(one, 'environment')), { A: 'x-node:18', B: 'q', C: 't', D: '$T', E: '$T', P: '/x:?' });
    assert.equal(get(one, 'arguments.BASE')?.origin?.what, 'the default of build argument `BASE`');
    assert.deepEqual([textOf(stage(text, '1'), 'image'), textOf(stage(text, '1'), 'tag')], ['busybox', '1']);
    assert.equal(get(stage(text, '2'), 'tag')?.kind, 'unknown');
    assert.equal(get(stage('FROM $X', '0'), 'tag')?.kind, 'unknown', 'an unknown image may have a tag');
  });

  it('leave to the shell what is the shell’s', () => {
    const run = facts('FROM a\nENV A=b\nRUN echo $A').find((f) => f.types[0] === 'RUN');
    assert.equal(textOf(run?.node, 'shell'), 'echo $A');
  });

  it('show triggers of ONBUILD as instructions', () => {
    const add = facts('FROM a\nONBUILD ADD b c').find((f) => f.types[0] === 'ADD');
    assert.deepEqual([textOf(add?.node, 'onbuild'), plain(get(add?.node, 'sources'))], ['true', ['b']]);
  });

  it('yield literals with their names', () => {
    const text = 'FROM a\nENV TOKEN="abc def"\nRUN export KEY=k && x --password=p';
    const { literals } = extract(parse(document(text)), []);
    assert.deepEqual(
      literals.map((l) => [l.key, l.value, text.slice(l.span.start, l.span.end)]),
      [
        ['TOKEN', 'abc def', 'abc def'],
        ['KEY', 'k', 'k'],
        ['password', 'p', 'p'],
      ],
    );
  });
});

describe('Dockerfile: writer', () => {
  /** The text after edits on the first fact of a type; the focus is where `focus` stands. */
  function write(text: string, type: string, edits: readonly TreeEdit[], focus?: string): string | undefined {
    const fact = facts(text).find((f) => f.types.includes(type))!;
    const start = focus === undefined ? fact.head.start : text.indexOf(focus);
    const written = writeDockerfile(fact, edits, { start, end: start + (focus?.length ?? 0) });
    return written && applyEdits(text, written);
  }
  const set = (path: string, value: string): TreeEdit => ({ op: 'set', path, value });
  const remove = (path: string): TreeEdit => ({ op: 'remove', path });

  it('sets and adds the parts of an image', () => {
    assert.equal(write('FROM a:1\n', 'FROM', [set('tag', '2')]), 'FROM a:2\n');
    assert.equal(write('FROM a AS b\n', 'FROM', [set('tag', '2')]), 'FROM a:2 AS b\n');
    assert.equal(write('FROM a:1 AS b\n', 'FROM', [set('digest', 'sha256:0')]), 'FROM a:1@sha256:0 AS b\n');
    assert.equal(write('ARG V=1\nFROM a:$V\n', 'FROM', [set('tag', '2')]), undefined, 'a variable is not overwritten');
  });

  it('puts a user in front of the final command, or replaces the last one', () => {
    assert.equal(write('FROM a\nRUN b\nCMD c\n', 'final-stage', [set('user', 'app')]), 'FROM a\nRUN b\nUSER app\nCMD c\n');
    assert.equal(write('FROM a\r\nRUN b', 'final-stage', [set('user', 'app')]), 'FROM a\r\nRUN b\r\nUSER app');
    assert.equal(write('FROM a\nUSER b\nUSER root\n', 'final-stage', [set('user', 'app')]), 'FROM a\nUSER b\nUSER app\n');
  });

  it('takes the line of a word that stands alone on it', () => {
    const flag = remove('commands.flags.--force-yes');
    const run = (text: string): string | undefined => write(`FROM a\n${text}`, 'RUN', [flag], '--force-yes');
    assert.equal(run('RUN apt-get --force-yes install b\n'), 'FROM a\nRUN apt-get install b\n');
    assert.equal(run('RUN apt-get \\\n  --force-yes \\\n  install b\n'), 'FROM a\nRUN apt-get \\\n  install b\n');
    assert.equal(run('RUN apt-get install b \\\n  --force-yes\nUSER c\n'), 'FROM a\nRUN apt-get install b\nUSER c\n');
    assert.equal(run('RUN apt-get install b \\\n  # old keys\n  --force-yes'), 'FROM a\nRUN apt-get install b\n  # old keys');
    assert.equal(write('FROM a\nRUN b \\', 'stage', [{ op: 'insert', text: 'USER x' }]), undefined, 'it would go on with the RUN');
  });

  it('inserts around whole instructions', () => {
    const text = 'FROM a\nRUN b \\\n  c\nCMD d\n';
    assert.equal(write(text, 'RUN', [{ op: 'insert', text: 'USER x' }]), 'FROM a\nRUN b \\\n  c\nUSER x\nCMD d\n');
    assert.equal(write(text, 'RUN', [{ op: 'insert', text: 'USER x', before: true }]), 'FROM a\nUSER x\nRUN b \\\n  c\nCMD d\n');
    assert.equal(write(text, 'stage', [{ op: 'insert', text: 'USER x' }]), 'FROM a\nRUN b \\\n  c\nCMD d\nUSER x\n');
    const b = text.indexOf(' b');
    assert.equal(
      write(text, 'stage', [{ op: 'insert', text: 'USER x', span: { start: b, end: b } }]),
      'FROM a\nRUN b \\\n  c\nUSER x\nCMD d\n',
    );
  });

  it('changes keywords, flags, variables and ports', () => {
    assert.equal(write('FROM a\nADD b c\n', 'ADD', [set('keyword', 'COPY')]), 'FROM a\nCOPY b c\n');
    assert.equal(write('FROM a\nCOPY b c\n', 'COPY', [set('chown', 'x')]), 'FROM a\nCOPY --chown=x b c\n');
    assert.equal(write('FROM a\nENV A=b C="d"\n', 'ENV', [set('variables.C', 'e f')]), 'FROM a\nENV A=b C="e f"\n');
    assert.equal(write('FROM a\nENV A=b C="d"\n', 'ENV', [remove('variables.C')]), 'FROM a\nENV A=b\n');
    assert.equal(write('FROM a\nENV A=b\nCMD c\n', 'ENV', [remove('variables.A')]), 'FROM a\nCMD c\n');
    assert.equal(write('FROM a\nEXPOSE 22 80\n', 'EXPOSE', [remove('ports.*')], '22'), 'FROM a\nEXPOSE 80\n');
    assert.equal(write('FROM a\nEXPOSE 22\n', 'EXPOSE', [remove('ports.*')], '22'), 'FROM a\n');
    assert.equal(write('FROM a\nMAINTAINER x\nCMD y\n', 'MAINTAINER', [remove('*')]), 'FROM a\nCMD y\n');
  });

  it('changes flags of commands', () => {
    const text = 'FROM a\nRUN apt-get update && apt-get install b && curl -fsSLk c\n';
    assert.equal(
      write(text, 'RUN', [set('commands.flags', '--no-install-recommends')], 'apt-get install b'),
      text.replace('install', 'install --no-install-recommends'),
    );
    assert.equal(write(text, 'RUN', [remove('commands.flags.-k')], '-fsSLk'), text.replace('-fsSLk', '-fsSL'));
    assert.equal(write('FROM a\nRUN curl --insecure c\n', 'RUN', [remove('commands.flags.--insecure')]), 'FROM a\nRUN curl c\n');
  });

  it('gives up where it would have to guess', () => {
    assert.equal(write('FROM a\nRUN b\n', 'RUN', [set('nowhere.at.all', 'x')]), undefined);
  });
});

it('entryOf still finds the first of repeated keys', () => {
  assert.equal(slice('FROM a\nRUN b\nRUN c', entryOf(stage('FROM a\nRUN b\nRUN c', '0'), 'RUN')?.value), 'RUN b');
});
