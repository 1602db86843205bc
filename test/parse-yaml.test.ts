import assert from 'node:assert/strict';
import { get, walk, type Node } from '../server/engine/tree.ts';
import { parseJson } from '../server/parse/json.ts';
import type { Parsed } from '../server/parse/parsed.ts';
import { maskTemplate } from '../server/parse/template.ts';
import { parseYaml } from '../server/parse/yaml.ts';

const yaml = (text: string, path = 'a.yaml'): Parsed => parseYaml({ path, text, syntax: 'yaml' });
const json = (text: string): Parsed => parseJson({ path: 'a.json', text, syntax: 'json' });

/** A tree as plain data; unknown values as `?` with their references, open maps and lists with `…`. */
function plain(node: Node | undefined): unknown {
  switch (node?.kind) {
    case 'map':
      return Object.fromEntries([...node.entries.map((e) => [e.key, plain(e.value)]), ...(node.open ? [['…', true]] : [])]);
    case 'list':
      return [...node.items.map(plain), ...(node.open ? ['…'] : [])];
    case 'scalar':
      return node.value;
    default:
      return `?${node?.refs.join(' ') ?? ''}`;
  }
}
const read = (text: string, path?: string): unknown => plain(yaml(text, path).trees[0]);

describe('parse yaml', () => {
  it('gives one tree a document with exact spans', () => {
    const text = 'a: 1 # x\nb:\n  - "two"\n  - |\n    three\n\nc:\n---\nd: é\n';
    const { trees, problems } = yaml(text);
    assert.deepEqual(problems, []);
    assert.deepEqual(trees.map(plain), [{ a: 1, b: ['two', 'three\n'], c: null }, { d: 'é' }]);
    const words: string[] = [];
    for (const tree of trees) walk(tree, (node) => words.push(text.slice(node.span.start, node.span.end)));
    assert.deepEqual(words.slice(1), ['1', '- "two"\n  - |\n    three', '"two"', '|\n    three', '', 'd: é', 'é']);
    const c = trees[0]!.kind === 'map' ? trees[0]!.entries[2]! : undefined;
    assert.equal(text.slice(c!.span.start, c!.span.end), 'c:');
    assert.equal(text[c!.value.span.start - 1], ':', 'an empty value stands right behind its colon');
  });

  it('keeps words and numbers that YAML 1.1 or 1.2 would change', () => {
    assert.deepEqual(
      read('on: push\nyes: no\nmode: 0644\nversion: 1.10\naccount: 012345678901\nbig: 12345678901234567890\nhex: 0x1f\nt: true\n'),
      {
        on: 'push',
        yes: 'no',
        mode: '0644',
        version: '1.10',
        account: '012345678901',
        big: '12345678901234567890',
        hex: 31,
        t: true,
      },
    );
  });

  it('keeps repeated keys', () => {
    const tree = yaml('a: 1\na: 2\n').trees[0]!;
    assert.deepEqual(tree.kind === 'map' && tree.entries.map((e) => [e.key, plain(e.value)]), [['a', 1], ['a', 2]]); // prettier-ignore
  });

  it('resolves aliases and merge keys with the place they come from', () => {
    const text = 'x: &base { a: 1, b: [2] }\ny: *base\nz:\n  <<: *base\n  a: 3\nl:\n  <<: [{ a: 5 }, *base]\n';
    assert.deepEqual(read(text), { x: { a: 1, b: [2] }, y: { a: 1, b: [2] }, z: { a: 3, b: [2] }, l: { a: 5, b: [2] } });
    const tree = yaml(text).trees[0];
    for (const [path, what] of [
      ['y', '*base'],
      ['z.b', '*base'],
    ] as const) {
      // prettier-ignore
      const node = get(tree, path)!;
      assert.equal(text.slice(node.span.start, node.span.end), what);
      assert.equal(node.origin?.path, 'a.yaml');
    }
    assert.equal(text.slice(get(tree, 'z.b')!.origin!.span.start, get(tree, 'z.b')!.origin!.span.end), '[2]');
  });

  it('leaves aliases that lead nowhere, to themselves or to too much unknown', () => {
    assert.deepEqual(read('a: *no\nb: &b [*b]\nc:\n  <<: *no\n'), { a: '?*no', b: ['?*b'], c: { '…': true } });
    const bomb = Array.from(
      { length: 30 },
      (_, i) =>
        `a${i}: &a${i} [${
          i
            ? Array(9)
                .fill(`*a${i - 1}`)
                .join(', ')
            : 'lol'
        }]`,
    ).join('\n');
    let size = 0;
    for (const tree of yaml(bomb).trees) walk(tree, () => size++);
    assert.ok(size < 200_000, String(size));
  });

  it("reads CloudFormation's short forms as their long ones, other tags as unknown", () => {
    const text =
      'a: !Ref X\nb: !GetAtt X.Arn\nc: !Sub\n  - "${x}"\n  - x: !If [A, 1, 2]\nd: !vault |\n  secret\ne: !reference [.job, script]\nf: !!str 1\ng: !Condition C\n';
    assert.deepEqual(read(text), {
      a: { Ref: 'X' },
      b: { 'Fn::GetAtt': 'X.Arn' },
      c: { 'Fn::Sub': ['${x}', { x: { 'Fn::If': ['A', 1, 2] } }] },
      d: '?',
      e: '?.job.script',
      f: '1',
      g: { Condition: 'C' },
    });
    const { span } = get(yaml(text).trees[0], 'a')!;
    assert.equal(text.slice(span.start, span.end), '!Ref X');
  });

  it('keeps expressions of CI platforms as text', () => {
    assert.deepEqual(read('a: ${{ github.ref }}\nb: "{{ item }}"\nc: echo {{ x }}\n'), {
      a: '${{ github.ref }}',
      b: '{{ item }}',
      c: 'echo {{ x }}',
    });
  });

  it('does not let a half-typed line hide its neighbours', () => {
    const broken = (line: string): unknown =>
      read(`spec:\n  containers:\n    - name: web\n${line}\n      ports: [80]\n    - name: "db"\n  last: "x"\n`);
    for (const line of [
      '      imag',
      '    imag',
      '      imag: "ngin',
      "      imag: 'ngin",
      '      imag: [a,',
      '      imag: {a: 1',
      '      imag: a: b',
      '      - ',
      '\t  imag: x',
      '      imag: @x',
      '      imag: *',
      '      "imag',
      '      imag: &',
      '      imag: |',
    ]) {
      const found = broken(line) as { spec?: { containers?: { name?: unknown }[]; last?: unknown } };
      assert.equal(found.spec?.last, 'x', line);
      assert.deepEqual(found.spec.containers?.map((c) => c.name), ['web', 'db'], line); // prettier-ignore
    }
    assert.deepEqual(broken('      imag: "ngin'), {
      spec: { containers: [{ name: 'web', imag: 'ngin', ports: [80] }, { name: 'db' }], last: 'x' },
    });
    assert.deepEqual(read('steps:\n  - us\n    with: { a: 1 }\n  - run: x\n'), { steps: [{ with: { a: 1 } }, { run: 'x' }] });
  });

  it('names what it could not read', () => {
    const { problems } = yaml('a: 1\nimag\nb: 2\n');
    assert.equal(problems.length, 1);
    assert.equal(problems[0]!.span.start, 5);
  });

  it('survives 10,000 levels', () => {
    const n = 10_000;
    const stairs = Array.from({ length: 2000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n');
    for (const text of ['['.repeat(n), '{a: '.repeat(n), `${'- '.repeat(n)}x`, stairs]) {
      for (const tree of yaml(text).trees) walk(tree, () => undefined);
    }
  }).timeout(20_000);

  it('survives any cut of a text of 100 lines', () => {
    const part =
      'Resources:\n  Bucket: &b\n    Type: AWS::S3::Bucket\n    Properties: { Name: !Sub "${x}-é", Tags: [{ Key: a }] }\n  C: *b\n  D:\n    <<: *b\n    x: |\n      {{ y }}\n    z: {{ include "x" . | nindent 4 }}\n---\n';
    const text = part.repeat(9);
    for (let i = 0; i <= text.length; i++) {
      // Most cuts look alike in each of the parts: what follows the cut is tried in one of them.
      const cuts = i < part.length ? [text.slice(0, i), part.slice(0, i) + part.slice(i + 7)] : [text.slice(0, i)];
      for (const cut of cuts) {
        for (const tree of yaml(cut).trees) {
          walk(tree, ({ span }) => {
            if (span.start > span.end || span.end > cut.length) assert.fail(`${span.start}-${span.end} in ${cut}`);
          });
        }
      }
    }
  }).timeout(60_000);
});

describe('parse yaml of charts', () => {
  const chart = `apiVersion: {{ include "x.version" . }}
kind: Deployment
metadata:
  name: {{ .Release.Name }}-web
  labels: {{- include "x.labels" . | nindent 4 }}
{{/* a comment
     of two lines */}}
spec:
  {{- if .Values.replicas }}
  replicas: {{ .Values.replicas }}
  {{- else }}
  replicas: 1
  {{- end }}
  template:
    spec:
      {{- with .Values.podSecurityContext }}
      securityContext:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: web
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default "latest" }}"
          args:
            - --a
{{- range .Values.args }}
            - {{ . | quote }}
{{- end }}
            {{- toYaml .Values.more | nindent 12 }}
          securityContext: {}
          resources:
            limits: { cpu: 1 }
{{ toYaml .Values.resources | indent 12 }}
`;

  it('reads what stands around the actions', () => {
    const { trees, problems } = yaml(chart, 'chart/templates/web.yaml');
    assert.deepEqual(problems, []);
    const container = {
      name: 'web',
      image: '?.Values.image.repository .Values.image.tag',
      args: ['--a', '?', '…'],
      securityContext: {},
      resources: { limits: { cpu: 1 }, '…': true },
    };
    assert.deepEqual(plain(get(trees[0], 'spec.template.spec')), { securityContext: '?', containers: [container] });
    assert.equal(plain(get(trees[0], 'metadata.name')), '?.Release.Name');
    const image = get(trees[0], 'spec.template.spec.containers.image')!;
    assert.deepEqual(image.kind === 'unknown' && image.parts, [undefined, ':', undefined]);
    assert.equal(chart.slice(image.span.start, image.span.end).startsWith('"{{ .Values.image'), true);
    const spec = get(trees[0], 'spec')!;
    assert.deepEqual(spec.kind === 'map' && spec.entries.map((e) => e.key), ['replicas', 'replicas', 'template']);
    assert.deepEqual(yaml(chart, 'elsewhere.yaml').trees.map(plain), trees.map(plain), 'recognised without the path');
  });

  it('masks with all offsets and line ends kept', () => {
    for (const text of [chart, chart.replaceAll('\n', '\r\n')]) {
      const { text: masked, masked: changed } = maskTemplate(text);
      assert.ok(changed);
      assert.equal(masked.length, text.length);
      for (let i = 0; i < text.length; i++) if (text[i] === '\n') assert.equal(masked[i], '\n');
      assert.ok(!masked.includes('{{'));
    }
    assert.deepEqual(maskTemplate('a: ${{ x }}'), { text: 'a: ${{ x }}', masked: false });
  });

  it('leaves unfinished actions to their line', () => {
    assert.deepEqual(read('a: {{ .Values.x\nb: 1\nc: {{ .Values.y }}\n', 'templates/x.yaml'), { a: '?', b: 1, c: '?.Values.y' });
  });
});

describe('parse json', () => {
  const value = (text: string): unknown => plain(json(text).trees[0]);

  it('reads comments, trailing commas and exact spans', () => {
    const text = '{ // c\n "a": [1, "two",], /* d */ "b": { "c": null }, }';
    const { trees, problems } = json(text);
    assert.deepEqual(problems, []);
    assert.deepEqual(plain(trees[0]), { a: [1, 'two'], b: { c: null } });
    const words: string[] = [];
    walk(trees[0]!, (node) => words.push(text.slice(node.span.start, node.span.end)));
    assert.deepEqual(words.slice(1), ['[1, "two",]', '1', '"two"', '{ "c": null }', 'null']);
  });

  it('keeps the neighbours of half-typed text', () => {
    const rest = { b: 1, c: 2 };
    assert.deepEqual(value('{"a": \n "b": 1, "c": 2}'), { a: null, ...rest });
    assert.deepEqual(value('{"a" \n "b": 1, "c": 2}'), { a: null, ...rest });
    assert.deepEqual(value('{"a": "x\n "b": 1, "c": 2}'), { a: 'x', ...rest });
    assert.deepEqual(value('{"a": [ "x",\n "b": 1, "c": 2}'), { a: ['x'], ...rest });
    assert.deepEqual(value('{"a": tru,\n "b": 1, "c": 2}'), { a: null, ...rest });
    assert.deepEqual(value('{"a": [{"x": 1], "c": 2}'), { a: [{ x: 1 }], c: 2 });
    assert.deepEqual(value('{"a": "x" "b": 1 "c": 2'), { a: 'x', ...rest });
    assert.deepEqual(value('\ufeff{"a": 1}'), { a: 1 });
  });

  it('survives depth, stray brackets and any cut', () => {
    const n = 10_000;
    for (const text of ['['.repeat(n), '{"a":'.repeat(n), '[}'.repeat(n), '{]'.repeat(n)])
      for (const tree of json(text).trees) walk(tree, () => undefined);
    const text = '{\n  "a": [1, "é\\u00e9", { "b": null, "c": [true, false] }], // x\n  "d": { "e": "f" }\n}\n'.repeat(5);
    for (let i = 0; i <= text.length; i++) {
      for (const cut of [text.slice(0, i), text.slice(0, i) + text.slice(i + 3)]) {
        for (const tree of json(cut).trees)
          walk(tree, (node) => assert.ok(node.span.start <= node.span.end && node.span.end <= cut.length));
      }
    }
  });
});
