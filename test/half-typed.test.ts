import assert from 'node:assert/strict';
import { extract } from '../server/facts/index.ts';
import { get, text, walk } from '../server/engine/tree.ts';
import type { Syntax } from '../server/engine/types.ts';
import { parse } from '../server/parse/index.ts';
import { loadParsers } from '../server/workspace/parsers.ts';
import type { Parsed } from '../server/parse/parsed.ts';

const read = (syntax: Syntax, path: string, source: string): Parsed => parse({ path, text: source, syntax });

/** What stands at a path of the first tree, as text; the place must hold the very characters. */
function valueAt(parsed: Parsed, path: string): string | undefined {
  const node = get(parsed.trees[0], path);
  const value = text(node);
  if (node && value !== undefined) {
    assert.ok(parsed.document.text.slice(node.span.start, node.span.end).includes(value), `${path} is not where it says`);
  }
  return value;
}

/** Every scalar with its keys. */
function scalars(parsed: Parsed): string[] {
  const found: string[] = [];
  for (const tree of parsed.trees) {
    walk(tree, (node, path) => {
      if (node.kind === 'scalar') found.push(`${path.join('.')}=${String(node.value)}`);
    });
  }
  return found;
}

describe('half-typed JSON', () => {
  const intact = JSON.stringify({ one: { a: { b: 1 }, list: [{ c: 2 }, { d: 3 }] }, two: { e: { f: 'g' } } }, undefined, 2);
  const json = (source: string): Parsed => read('json', 'a.json', source);

  it('is read by its indentation where a bracket is missing', () => {
    for (const [line, what] of [
      ['    "a": {', 'an object is not opened'],
      ['      "b": 1', 'an object is empty'],
      ['    },', 'an object is not closed'],
      ['    "list": [', 'a list is not opened'],
      ['      {', 'an item is not opened'],
      ['    ]', 'a list is not closed'],
      ['  },', 'an outer object is not closed'],
    ]) {
      const parsed = json(intact.replace(`${line!}\n`, ''));
      assert.equal(valueAt(parsed, 'two.e.f'), 'g', what);
      assert.deepEqual(parsed.trees[0]?.kind === 'map' && parsed.trees[0].entries.map((entry) => entry.key), ['one', 'two'], what);
    }
    assert.equal(valueAt(json(intact.replace('"one": {', '"one: {')), 'two.e.f'), 'g', 'a quote takes the bracket along');
  });

  it('is trusted with its brackets elsewhere, however it is indented', () => {
    const odd = `{
  "one": {
      "a": { "b": [
        1
        ]}
    },
  "two":
  {
  "c": 3
  },
    "three": { "d": { "e": [ {
      "f": 4
    } ] }
}}`;
    assert.equal(valueAt(json(odd), 'three.d.e.f'), '4');
    const broken = json(odd.replace(']}\n    }', ']}\n'));
    assert.equal(valueAt(broken, 'one.a.b.*'), '1');
    assert.equal(valueAt(broken, 'two.c'), '3');
    assert.equal(valueAt(broken, 'three.d.e.f'), '4');
    assert.equal(valueAt(json('{"a": {"b": 1, "c": {"d": 2}'), 'a.c.d'), '2', 'one line says nothing by its indentation');
  });

  it('has an object though its first bracket is missing', () => {
    assert.equal(valueAt(json(intact.slice(1)), 'two.e.f'), 'g');
    assert.deepEqual(scalars(json('"lonely"')), ['=lonely']);
  });

  it('is not slow, however deep', () => {
    const begin = performance.now();
    json(`${'[\n'.repeat(10_000)}${']\n'.repeat(9_000)}`);
    json(Array.from({ length: 10_000 }, (_, i) => `${' '.repeat(i % 100)}{"a":\n`).join(''));
    assert.ok(performance.now() - begin < 1500);
  });
});

describe('half-typed Dockerfile', () => {
  const dockerfile = (source: string): Parsed => read('dockerfile', 'Dockerfile', source);
  /** Keywords and, for commands, the programs that they run. */
  const outline = (parsed: Parsed): string[] => {
    const [tree] = parsed.trees;
    return (tree?.kind === 'list' ? tree.items : []).map((item) => {
      const commands = get(item, 'commands');
      const programs = commands?.kind === 'list' ? commands.items.map((command) => text(get(command, 'program'))) : [];
      return [text(get(item, 'keyword')), ...programs].join(' ');
    });
  };
  const intact = `FROM alpine:3.20
# what it needs
RUN apk add --no-cache \\
    curl "git" \\
    # and this
    make \\
 && make install \\
 && rm -rf /tmp/x
ENV A=1 \\
    B=2
CMD ["run"]
`;
  const sound = ['FROM', 'RUN apk make rm', 'ENV', 'CMD run'];

  it('is no repair of sound text', () => {
    assert.deepEqual(outline(dockerfile(intact)), sound);
    for (const sane of [
      intact,
      intact.replaceAll('\n', '\r\n'),
      'FROM a\nRUN echo "\\\nFROM b\\\n" > x\nUSER c\n',
      'FROM a\nCOPY <<EOF /Dockerfile\nFROM b\nRUN "c\nEOF\nRUN <<-E cat\n\tUSER x\n\tE\nUSER d\n',
      '# escape=`\nFROM a\nRUN dir `\n  c:\\\nUSER b\n',
      'FROM a\nHEALTHCHECK --interval=5s \\\nCMD b\nONBUILD \\\nRUN c\n',
      "FROM a\nRUN b \\\n\n  c\nMAINTAINER it's me\nFROM x\n  USER y\n",
    ]) {
      assert.deepEqual(dockerfile(sane).problems, [], sane);
    }
    assert.deepEqual(outline(dockerfile('FROM a\nCOPY <<EOF /Dockerfile\nFROM b\nEOF\nUSER d\n')), ['FROM', 'COPY', 'USER']);
  });

  it('goes on after a line that lost its backslash', () => {
    for (const source of [intact, intact.replaceAll('\n', '\r\n')]) {
      const parsed = dockerfile(source.replace(/"git" \\/, '"gi'));
      assert.deepEqual(outline(parsed), sound);
      assert.equal(parsed.problems.length, 2);
      for (const value of ['make', 'install', '-rf', '/tmp/x'])
        assert.ok(
          scalars(parsed).some((s) => s.endsWith(`=${value}`)),
          value,
        );
    }
    assert.ok(scalars(dockerfile(intact.replace('A=1 \\', 'A=1'))).includes('variables.B=2'));
    assert.deepEqual(outline(dockerfile('FROM a\nWORKDIR /x\n  rubbish\nEXPO\nUSER b\n')).slice(-1), ['USER'], 'only where it makes sense');
  });

  it('ends before an instruction, whatever the line above says', () => {
    assert.deepEqual(outline(dockerfile(intact.replace(' && rm -rf /tmp/x\n', ''))), ['FROM', 'RUN apk make', 'ENV', 'CMD run']);
    assert.deepEqual(outline(dockerfile(intact.replace('    B=2\n', '\n'))), sound);
  });

  it('ends a quote with its line', () => {
    assert.deepEqual(outline(dockerfile(intact.replace('"git"', '"git'))), sound);
    assert.deepEqual(outline(dockerfile(intact.replace('"git"', 'git"'))), sound);
  });

  it('ends a heredoc before the next instruction', () => {
    const source = 'FROM a\nRUN <<EOF\napt-get install x\nEOF\nUSER b\nRUN <<EOF\ncurl y\nEOF\nCMD ["c"]\n';
    const whole = ['FROM', 'RUN apt-get', 'USER', 'RUN curl', 'CMD c'];
    assert.deepEqual(outline(dockerfile(source)), whole);
    for (const end of ['EOF\nUSER', 'EOF\nCMD']) {
      assert.deepEqual(outline(dockerfile(source.replace(end, end.slice(4)))), whole);
      assert.deepEqual(
        outline(dockerfile(source.replace(end, end.slice(1)))).map((line) => line.split(' ')[0]),
        ['FROM', 'RUN', 'USER', 'RUN', 'CMD'],
      );
    }
    const parsed = dockerfile(source.replace('EOF\nUSER', 'USER'));
    const user = parsed.trees[0]?.kind === 'list' ? parsed.trees[0].items[2] : undefined;
    assert.deepEqual(user && parsed.document.text.slice(user.span.start, user.span.end), 'USER b');
  });
});

describe('half-typed HCL', () => {
  before(loadParsers);
  const hcl = (source: string): Parsed => read('hcl', 'a.tf', source);
  const intact = `resource "a" "one" {
  first = "f"
  list = [
    "x",
    "y:*",
    "z"
  ]
  object = merge({
    p = "1"
    q = "2"
    r = { s = 3 }
  }, local.more)
  text = <<-EOT
    {
    }
  EOT
}

resource b two {
  count = var.x ? 1 : 0
  last = "l"
}
`;
  const kept = (source: string): string[] => scalars(hcl(source));

  it('loses one line of a value in brackets', () => {
    const whole = kept(intact);
    assert.equal(whole.length, 6);
    const lost: [string, string, string[]][] = [
      ['"y:*",', '"y:', ['resource.list=y:*']],
      ['"y:*",', 'y:*",', ['resource.list=y:*']],
      ['"y:*",', '"y:*"', []],
      ['"z"', 'z"', ['resource.list=z']],
    ];
    for (const [from, to, without] of lost) {
      assert.deepEqual(
        kept(intact.replace(from, to)),
        whole.filter((s) => !without.includes(s)),
        to,
      );
    }
    const objects = `a "b" {\n  c = {\n    p = "1"\n    q = "2"\n    r = { s = 3 }\n  }\n  d = 4\n}\n`;
    const all = kept(objects);
    assert.deepEqual(all, ['a.c.p=1', 'a.c.q=2', 'a.c.r.s=3', 'a.d=4']);
    for (const line of ['q = "2', 'q = ', 'q =', 'q', '  = "2"', '"q" = 2"', 'q = [', '"q']) {
      const some = kept(objects.replace('q = "2"', line)).filter((s) => !s.startsWith('a.c.q='));
      assert.ok(some.includes('a.c.p=1') && some.includes('a.c.r.s=3'), line);
      assert.ok(some.includes('a.d=4'), line);
    }
  });

  it('loses one value that the grammar stumbles over', () => {
    assert.deepEqual(kept(intact.replace('? 1 :', '?  :')), kept(intact));
    const inner = 'locals {\n  a = {\n    b = "1"\n    c = f(x ? : 1)\n    d = "2"\n  }\n  e = 3\n}\n';
    assert.deepEqual(kept(inner), ['locals.a.b=1', 'locals.a.d=2', 'locals.e=3']);
  });

  it('keeps the other blocks as they are', () => {
    for (const damage of ['first = "f', 'first = ', 'first = f(', 'first = [ "f"', 'first = <<E', 'first {']) {
      const parsed = hcl(intact.replace('first = "f"', damage));
      const [tree] = parsed.trees;
      const last = tree?.kind === 'map' ? tree.entries.find((entry) => entry.labels?.[1] === 'two') : undefined;
      const value = get(last?.value, 'last');
      assert.equal(value && parsed.document.text.slice(value.span.start, value.span.end), '"l"', damage);
    }
    assert.ok(
      kept(intact.replace('first = "f"', 'first = "f')).some((s) => s.startsWith('resource.text={')),
      'a heredoc is no broken value',
    );
  });
});

describe('half-typed YAML', () => {
  const yaml = (source: string, path = 'a.yaml'): Parsed => read('yaml', path, source);
  const kept = (source: string, path?: string): string[] => scalars(yaml(source, path));

  it('takes a half-typed key for one', () => {
    assert.deepEqual(kept('spec:\n  initCon\n    - image: x\n  containers:\n    - image: y\n'), [
      'spec.initCo.image=x',
      'spec.containers.image=y',
    ]);
    assert.deepEqual(kept('ports\n- 22\n- 80\nb: 1\n'), ['port=22', 'port=80', 'b=1']);
    const file = '- name: E\n  fi\n    path: p\n- name: G\n  copy:\n    path: q\n';
    assert.deepEqual(kept(file), ['name=E', 'f.path=p', 'name=G', 'copy.path=q']);
  });

  it('drops the lines whose key is lost', () => {
    assert.deepEqual(kept('kind: Pod\n  name: x\n  labels:\n    a: b\nspec:\n  y: 1\n'), ['kind=Pod', 'spec.y=1']);
    assert.deepEqual(kept('spec:\n  - image: x\n volumes:\n  - z: 1\nlast: 2\n'), ['spec.volumes.z=1', 'last=2']);
  });

  it('opens the item of a list that lost its first line', () => {
    const ports = kept('ports:\n    target: 4\n    name: p\n  - port: 3\n    target: 5\nx: 1\n');
    assert.deepEqual(ports, ['ports.target=4', 'ports.name=p', 'ports.port=3', 'ports.target=5', 'x=1']);
  });

  it('reads a text that lost a quote', () => {
    assert.deepEqual(kept("a: 1\nd: AWS: sample\n  more.'\nb: 2\n").slice(-1), ['b=2']);
    assert.deepEqual(kept("a: 1\nd: 'AWS: sample\n  more.\nb: 2\nc: 'x'\n").slice(-2), ['b=2', 'c=x']);
  });

  it('is no template because it is broken', () => {
    assert.deepEqual(kept('- path: "{{ a }}/b"\n  fi\n    x: "{{ c }}"\n- last: "{{ d }}"\n').slice(-1), ['last={{ d }}']);
  });

  it('is not parsed where it nests too deeply for the stack', () => {
    for (const deep of ['['.repeat(5000), `a: ${'{b: '.repeat(5000)}`, '- '.repeat(5000), '? '.repeat(5000)])
      assert.deepEqual(yaml(deep).trees, []);
    assert.equal(yaml(`${'a: "["\n'.repeat(2000)}b: 1\n`).problems.length, 0, 'brackets in texts');
    assert.equal(yaml(`${'[ '.repeat(100)}${'] '.repeat(100)}`).problems.length, 0);
  });

  it('is a Kubernetes object before its version is typed', () => {
    const pod = 'kind: Pod\nmetadata:\n  name: x\nspec:\n  containers:\n    - image: y\n';
    for (const source of [pod, `api\n${pod}`, `apiVersion:\n${pod}`])
      assert.deepEqual(extract(yaml(source), []).platforms, ['kubernetes'], source);
    assert.deepEqual(extract(yaml('kind: Pod\nname: x\n'), []).platforms, []);
    assert.deepEqual(extract(yaml('kind: Thing\nspec: { a: b }\n'), []).platforms, []);
  });
});

describe('half-typed JavaScript', () => {
  const strings = (source: string, path: string): string[] => {
    const { program } = read('javascript', path, source);
    const found: string[] = [];
    const stack: unknown[] = [program?.program];
    while (stack.length > 0) {
      const node = stack.pop();
      if (typeof node !== 'object' || node === null) continue;
      const { type, start, end, callee } = node as { type?: string; start?: number; end?: number; callee?: { end: number } };
      if (type === 'CallExpression') found.push(source.slice(start, callee?.end));
      if (type === 'StringLiteral') found.push(source.slice(start, end));
      stack.push(...(Object.values(node) as unknown[]));
    }
    return found.sort();
  };

  it('keeps the decorators of a damaged class', () => {
    const intact = `@Component({
  selector: 'app',
})
@Other()
export class X {
  @Input({ alias: 'b' })
  b = a();

  f() {
    g();
  }

  h() {
    i();
  }
}
`;
    const whole = ["'app'", "'b'", 'Component', 'Input', 'Other', 'a', 'g', 'i'];
    assert.deepEqual(strings(intact, 'a.ts'), whole);
    assert.deepEqual(strings(intact.replace('i()', 'i('), 'a.ts'), whole);
    assert.deepEqual(strings(intact.replace('g();', 'g('), 'a.ts'), whole);
    assert.deepEqual(strings(intact.replace('  f() {\n', ''), 'a.ts'), whole);
  });

  it('is not parsed where it nests too deeply for the stack', () => {
    for (const deep of ['('.repeat(5000), `${'f('.repeat(500)}1${')'.repeat(500)}`]) {
      assert.match(read('javascript', 'a.js', deep).problems[0]?.message ?? '', /deep/);
    }
    assert.deepEqual(read('javascript', 'a.js', `${'a = "((";\n'.repeat(500)}// ${'('.repeat(500)}\n`).problems, []);
    assert.deepEqual(read('javascript', 'a.js', `${'['.repeat(150)}1${']'.repeat(150)}`).problems, []);
  });
});
