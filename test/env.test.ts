import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { entryOf, text as textOf } from '../server/engine/tree.ts';
import { extract } from '../server/facts/index.ts';
import { parse, syntaxOf } from '../server/parse/index.ts';

const env = (text: string) => parse({ path: '.env', text, syntax: 'env' });
const values = (text: string) => {
  const [root] = env(text).trees;
  return root?.kind === 'map'
    ? Object.fromEntries(root.entries.map((e) => [e.key, e.value.kind === 'scalar' ? e.value.value : e.value]))
    : {};
};

describe('.env', () => {
  it('reads names, quotes, comments and export', () => {
    assert.deepEqual(values(`# c\nA=b\nexport B = c d # e\nC='$x \${y}'\nD="a\\nb"\nE=\nF=a#b\r\nG.h-i=1\n`), {
      A: 'b',
      B: 'c d',
      C: '$x ${y}',
      D: 'a\nb',
      E: '',
      F: 'a#b',
      'G.h-i': '1',
    });
  });

  it('reads values over several lines, but not past an open quote', () => {
    assert.deepEqual(values('A="x\ny"\nB=1'), { A: 'x\ny', B: '1' });
    assert.deepEqual(values('A="x\nB=1'), { A: '"x', B: '1' });
  });

  it('takes references for unknown', () => {
    const [root] = env('URL=https://${USER}:x@host').trees;
    const value = entryOf(root, 'URL')?.value;
    assert.deepEqual(value?.kind === 'unknown' && [value.refs, value.parts], [['USER'], ['https://', undefined, ':x@host']]);
  });

  it('names lines that say nothing', () => {
    const { problems } = env('A=1\nnonsense\n');
    assert.deepEqual(
      problems.map((p) => p.span),
      [{ start: 4, end: 12 }],
    );
  });

  it('yields literals without quotes', () => {
    const text = 'export TOKEN="abc"\n';
    const [literal] = extract(env(text), []).literals;
    assert.deepEqual(literal && [literal.key, literal.value, text.slice(literal.span.start, literal.span.end)], ['TOKEN', 'abc', 'abc']);
    assert.equal(text.slice(literal!.whole.start, literal!.whole.end), 'TOKEN="abc"');
  });

  it('is linear', () => {
    const start = performance.now();
    for (const text of ['A="\n'.repeat(20_000), `A="\n${'x\n'.repeat(100_000)}`, `A="${'${'.repeat(20_000)}"`]) env(text);
    assert.ok(performance.now() - start < 5000);
  });
});

describe('parse', () => {
  it('tells the syntax by the name', () => {
    const expected = {
      'a/main.tf': 'hcl',
      'x.tfvars': 'hcl',
      'main.tf.json': 'json',
      'a.jsonc': 'json',
      'a.yaml': 'yaml',
      'a.YML': 'yaml',
      'b/Dockerfile': 'dockerfile',
      'Dockerfile.dev': 'dockerfile',
      'web.dockerfile': 'dockerfile',
      Containerfile: 'dockerfile',
      '.env': 'env',
      '.env.local': 'env',
      'a.tsx': 'javascript',
      'a.mjs': 'javascript',
      'a.cts': 'javascript',
      'a.vue': 'text',
      'a.py': 'text',
      environment: 'text',
    };
    for (const [path, syntax] of Object.entries(expected)) assert.equal(syntaxOf(path), syntax, path);
    assert.equal(syntaxOf('s.template', '{"Resources": {}}'), 'json');
    assert.equal(syntaxOf('s.template', 'Resources:\n'), 'yaml');
  });

  it('never throws, for any syntax', () => {
    for (const syntax of ['yaml', 'json', 'dockerfile', 'env', 'javascript', 'text'] as const) {
      for (const text of ['', '\0', '{', '[[[', '\uD800', 'a: b: c', '"', '<<EOF', '${{', '\r']) {
        const parsed = parse({ path: 'x', text, syntax });
        assert.equal(parsed.document.text, text);
        assert.doesNotThrow(() => extract(parsed, []).literals);
      }
    }
    assert.equal(textOf(parse({ path: 'x', text: '', syntax: 'text' }).trees[0]), undefined);
  });
});
