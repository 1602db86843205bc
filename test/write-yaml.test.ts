import assert from 'node:assert/strict';
import { at, type Node, type Span } from '../server/engine/tree.ts';
import type { SourceDocument, Syntax, TextEdit, TreeEdit, Writer } from '../server/engine/types.ts';
import { writeJson } from '../server/engine/write/json.ts';
import { writeYaml } from '../server/engine/write/yaml.ts';
import { parseJson } from '../server/parse/json.ts';
import type { Parse } from '../server/parse/parsed.ts';
import { parseYaml } from '../server/parse/yaml.ts';

/** Applies edits, which must not overlap. */
function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const sorted = [...edits].sort((a, b) => b.span.start - a.span.start || b.span.end - a.span.end);
  sorted.forEach((edit, i) => assert.ok(i === 0 || edit.span.end <= sorted[i - 1]!.span.start, 'edits overlap'));
  return sorted.reduce((result, { span, text: t }) => result.slice(0, span.start) + t + result.slice(span.end), text);
}

function rewrite(syntax: Syntax, parse: Parse, write: Writer) {
  /** Applies edits relative to the node at `root`; the focus is the first place of `focus` in the text. */
  return (text: string, edits: readonly TreeEdit[], { root = '', focus = '' } = {}): string | undefined => {
    const document: SourceDocument = { path: `file.${syntax}`, text, syntax };
    const tree = parse(document).trees[0]!;
    const start = Math.max(0, text.indexOf(focus));
    const where: Span = { start, end: start + focus.length };
    const node = root
      ? at(tree, root).found.find((f) => !focus || (f.node.span.start <= start && where.end <= f.node.span.end))!.node
      : tree;
    const written = write({ document, node, span: node.span }, edits, where);
    if (!written) return undefined;
    const result = applyEdits(text, written);
    assert.deepEqual(parse({ ...document, text: result }).problems, [], `the result can be read:\n${result}`);
    return result;
  };
}

const yaml = rewrite('yaml', parseYaml, writeYaml);
const json = rewrite('json', parseJson, writeJson);
const set = (path: string, value: Extract<TreeEdit, { op: 'set' }>['value']): TreeEdit => ({ op: 'set', path, value });
const remove = (path: string): TreeEdit => ({ op: 'remove', path });

describe('write yaml', () => {
  const pod = `spec:
  containers:
    - name: web # the front
      image: 'nginx:1.25'
      securityContext:
        privileged: true # for now
    # the cache
    - name: cache
      image: redis
`;

  it('replaces a scalar and keeps quotes and comments', () => {
    assert.equal(yaml(pod, [set('image', 'nginx:1.27')], { root: 'spec.containers', focus: 'web' }), pod.replace('1.25', '1.27'));
    assert.equal(
      yaml(pod, [set('securityContext.privileged', false)], { root: 'spec.containers', focus: 'web' }),
      pod.replace('true', 'false'),
    );
  });

  it('adds keys to a map after its last entry, before comments of the next item', () => {
    const expected = pod.replace('true # for now\n', 'true # for now\n        runAsNonRoot: true\n');
    assert.equal(yaml(pod, [set('securityContext.runAsNonRoot', true)], { root: 'spec.containers', focus: 'web' }), expected);
  });

  it('creates the maps on the way, once for several edits', () => {
    const expected = `${pod}      securityContext:
        runAsNonRoot: true
        capabilities:
          drop:
            - ALL
`;
    const edits = [set('securityContext.runAsNonRoot', true), set('securityContext.capabilities.drop', ['ALL'])];
    assert.equal(yaml(pod, edits, { root: 'spec.containers', focus: 'redis' }), expected);
    assert.equal(
      yaml(pod, edits.map((e) => ({ ...e, path: `spec.containers.${(e as { path: string }).path}` })) as TreeEdit[], { focus: 'redis' }),
      expected,
    );
  });

  it('fills an empty value', () => {
    assert.equal(yaml('a:\n  b: # later\n  c: 1\n', [set('a.b.x', 1)]), 'a:\n  b: # later\n    x: 1\n  c: 1\n');
    assert.equal(yaml('a:\n    b:\n    c: 1\n', [set('a.b.x', 1)]), 'a:\n    b:\n        x: 1\n    c: 1\n');
    assert.equal(yaml('a: null # no\n', [set('a.x', 1)]), 'a: # no\n  x: 1\n');
    assert.equal(yaml('a: {}\n', [set('a.x', true)]), 'a: { x: true }\n');
  });

  it('writes flow maps as such', () => {
    assert.equal(yaml('a: { b: 1 } # c\n', [set('a.x', 'z')]), 'a: { b: 1, x: z } # c\n');
    assert.equal(yaml('a: {b: {c: [1]}}\n', [set('a.b.d', ['x', 'y: z'])]), 'a: {b: {c: [1], d: [x, "y: z"]}}\n');
    assert.equal(yaml('a: [1, 2]\n', [set('a', [3])]), 'a: [3]\n');
  });

  it('keeps CRLF', () => {
    const crlf = 'a:\r\n  b: 1 # c\r\nd: 2\r\n';
    assert.equal(yaml(crlf, [set('a.x.y', 1)]), 'a:\r\n  b: 1 # c\r\n  x:\r\n    y: 1\r\nd: 2\r\n');
    assert.equal(yaml(crlf, [remove('a.b')]), '# c\r\nd: 2\r\n');
  });

  it('works at the end of a text without a line end', () => {
    assert.equal(yaml('a:\n  b: 1', [set('a.c', 2)]), 'a:\n  b: 1\n  c: 2');
    assert.equal(yaml('a:\n  b: 1\n  c: 2', [remove('a.c')]), 'a:\n  b: 1');
  });

  it('replaces containers and makes them', () => {
    assert.equal(yaml('a:\n  - x\n  - y\nb: 1\n', [set('a', 'none')]), 'a: none\nb: 1\n');
    assert.equal(
      yaml('permissions: write-all # all\njobs: 1\n', [set('permissions', { contents: 'read' })]),
      'permissions: # all\n  contents: read\njobs: 1\n',
    );
    assert.equal(yaml('a: 1\n', [set('run', 'one\ntwo\n')]), 'a: 1\nrun: |\n  one\n  two\n');
    assert.equal(yaml('a: 1\n', [set('a', 'one\ntwo')]), 'a: |-\n  one\n  two\n');
    assert.equal(yaml('a: 1\n', [set('l', [{ x: 1, y: 'z' }, ['q']])]), 'a: 1\nl:\n  - x: 1\n    y: z\n  - [q]\n');
  });

  it("follows the file's list indentation", () => {
    assert.equal(yaml('a:\n- x\nb: 1\n', [set('c', ['ALL'])]), 'a:\n- x\nb: 1\nc:\n- ALL\n');
  });

  it('quotes what would be read as something else', () => {
    assert.equal(
      yaml('a: 1\n', [set('b', 'yes'), set('c', '0644'), set('d', '*'), set('e', '10.0.0.0/8'), set('f', 'a: b')]),
      'a: 1\nb: "yes"\nc: "0644"\nd: "*"\ne: "10.0.0.0/8"\nf: "a: b"\n',
    );
    assert.equal(yaml("a: 'x'\n", [set('b', "it's #1")]), "a: 'x'\nb: 'it''s #1'\n");
  });

  it('removes lines and what would be empty, but no comment', () => {
    assert.equal(
      yaml(pod, [remove('securityContext.privileged')], { root: 'spec.containers', focus: 'web' }),
      pod.replace(/ {6}securityContext:\n.*(#.*\n)/, '      $1'),
    );
    assert.equal(yaml(pod, [remove('name')], { root: 'spec.containers', focus: 'redis' }), pod.replace('name: cache\n      ', ''));
    assert.equal(yaml('a: { b: 1, c: 2 }\n', [remove('a.b')]), 'a: { c: 2 }\n');
    assert.equal(yaml('a:\n  - b # why\n  - c\n', [remove('a.*')], { focus: 'b' }), 'a:\n  # why\n  - c\n');
    assert.equal(yaml('a:\n  - b: 1 # why\n    c: 2\n', [remove('b')], { root: 'a', focus: 'b: 1' }), undefined);
    assert.equal(yaml('a: { b: 1, c: 2 }\nd: 1\n', [remove('a.b'), remove('a.c')]), 'd: 1\n');
    assert.equal(yaml('a:\n  b: 1\n', [remove('b')], { root: 'a' }), 'a: {}\n');
  });

  it('removes the item of a list that holds the focus', () => {
    const text = 'opts:\n  - seccomp:unconfined\n  - no-new-privileges:true\n';
    assert.equal(yaml(text, [remove('opts.*')], { focus: 'seccomp' }), 'opts:\n  - no-new-privileges:true\n');
    assert.equal(yaml('a: 1\nopts: [x]\n', [remove('opts.*')], { focus: '[x'.slice(1) }), 'a: 1\n');
  });

  it('renames a key by removing and setting', () => {
    assert.equal(
      yaml('on:\n  pull_request_target:\n    types: [opened]\njobs: 1\n', [
        remove('on.pull_request_target'),
        set('on.pull_request', { types: ['opened'] }),
      ]),
      'on:\n  pull_request:\n    types:\n      - opened\njobs: 1\n',
    );
  });

  it('inserts lines with the indentation of the fact', () => {
    const text = 'steps:\n  - uses: a\n    with: b\n  - run: c\n';
    assert.equal(
      yaml(text, [{ op: 'insert', text: '- run: x\n  shell: y\n' }], { root: 'steps.*', focus: 'a\n' }),
      'steps:\n  - uses: a\n    with: b\n  - run: x\n    shell: y\n  - run: c\n',
    );
    assert.equal(
      yaml(text, [{ op: 'insert', text: '- run: x', before: true }], { root: 'steps.*', focus: 'run: c' }),
      'steps:\n  - uses: a\n    with: b\n  - run: x\n  - run: c\n',
    );
  });

  it('refuses what is not written here', () => {
    assert.equal(yaml('a: &x { b: 1 }\nc: *x\n', [set('c.b', 2)]), undefined);
    assert.equal(yaml('a: &x\n  b: 1\nc:\n  <<: *x\n', [set('c.b', 2)]), undefined);
    assert.equal(yaml('a: !Ref X\n', [set('a', 'y')]), undefined);
    assert.equal(yaml('a: {{ .Values.x }}\n', [set('a', 'y')]), undefined);
    assert.equal(yaml('a: scalar\n', [set('a.b', 'y')]), undefined);
    assert.equal(yaml('a:\n  - b: 1\n  - b: 2\n', [set('a.b', 3)], { focus: 'a:' }), undefined);
  });
});

describe('write json', () => {
  const template = `{
    "A": { "Type": "x" },
    "B": {
        "Type": "y", // why
        "List": [1, 2]
    }
}
`;

  it('replaces, adds and creates with the indentation of the file', () => {
    assert.equal(json(template, [set('A.Type', 'z')]), template.replace('"x"', '"z"'));
    assert.equal(json(template, [set('A.On', true)]), template.replace('"x" }', '"x", "On": true }'));
    assert.equal(
      json(template, [set('B.Deep.Er', ['a']), set('B.Deep.Too', { x: 1 })]),
      template.replace(
        '[1, 2]\n',
        `[1, 2],\n        "Deep": {\n            "Er": [\n                "a"\n            ],\n            "Too": {\n                "x": 1\n            }\n        }\n`,
      ),
    );
    assert.equal(json('{}', [set('a.b', 1)]), '{ "a": { "b": 1 } }');
    assert.equal(json('{\n  "a": {}\n}\n', [set('a.b', 1)]), '{\n  "a": {\n    "b": 1\n  }\n}\n');
    assert.equal(json('{"a": null}', [set('a.b', 1)]), '{"a": { "b": 1 }}');
  });

  it('keeps comments and trailing commas valid', () => {
    assert.equal(json('{\n  "a": 1 // one\n}\n', [set('b', 2)]), '{\n  "a": 1, // one\n  "b": 2\n}\n');
    assert.equal(json('{\n  "a": 1, // one\n}\n', [set('b', 2)])?.includes('// one'), true);
    assert.equal(json('{"a": 1,}', [set('b', 2)]), '{"a": 1, "b": 2,}');
  });

  it('removes members with their commas, and what would be empty', () => {
    assert.equal(json(template, [remove('B.List')]), undefined, 'a comment stands between');
    assert.equal(json('{\n  "a": 1,\n  "b": 2,\n  "c": 3\n}', [remove('b')]), '{\n  "a": 1,\n  "c": 3\n}');
    assert.equal(json('{\n  "a": 1,\n  "b": 2\n}', [remove('a')]), '{\n  "b": 2\n}');
    assert.equal(json('{"a": 1, "b": {"c": 1}}', [remove('b.c')]), '{"a": 1}');
    assert.equal(json('{"a": [1, 2, 3]}', [remove('a.*')], { focus: '2' }), '{"a": [1, 3]}');
  });

  it('keeps CRLF', () => {
    assert.equal(json('{\r\n  "a": 1\r\n}\r\n', [set('b', { c: 2 })]), '{\r\n  "a": 1,\r\n  "b": {\r\n    "c": 2\r\n  }\r\n}\r\n');
  });
});

/** Every value of a tree can be set, and the rest stays as it was. */
describe('write round trip', () => {
  const text = `a: 1 # one
b:
  - x: "two" # deux
    y: [3, 4]
  - x: 'five'
    z:
      k: |
        six
c: { d: { e: seven } }
f:
`;
  const paths = (node: Node, path: string[] = []): { path: string[]; node: Node }[] =>
    node.kind === 'map'
      ? node.entries.flatMap((e) => [{ path: [...path, e.key], node: e.value }, ...paths(e.value, [...path, e.key])])
      : node.kind === 'list'
        ? node.items.flatMap((i) => paths(i, path))
        : [];

  it('sets each path to a scalar, a map and a list', () => {
    const document: SourceDocument = { path: 'a.yaml', text, syntax: 'yaml' };
    const root = parseYaml(document).trees[0]!;
    for (const { path, node } of paths(root)) {
      for (const value of ['new', { n: 1 }, ['n']]) {
        const edits = writeYaml({ document, node: root, span: root.span }, [set(path.join('.'), value)], node.span);
        assert.ok(edits, path.join('.'));
        const result = applyEdits(text, edits);
        const again = parseYaml({ ...document, text: result });
        assert.deepEqual(again.problems, [], result);
        const found = at(
          again.trees[0]!,
          typeof value === 'string' ? path : Array.isArray(value) ? [...path, '*'] : [...path, 'n'],
        ).found.map((f) => f.node);
        assert.ok(
          found.some((n) => n.kind === 'scalar' && n.value === (typeof value === 'string' ? 'new' : Array.isArray(value) ? 'n' : 1)),
          result,
        );
        assert.ok(result.includes('# one'));
      }
    }
  });
});
