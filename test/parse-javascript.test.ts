import assert from 'node:assert/strict';
import { codeModel } from '../server/dataflow/model.ts';
import { javascript } from '../server/facts/javascript.ts';
import { parseJavaScript, parseSnippet } from '../server/parse/javascript.ts';

const parse = (text: string, path = 'a.js') => parseJavaScript({ path, text, syntax: 'javascript' });

/** The texts of the calls of `keep…` that the repaired tree still shows, at their places in the original text. */
function kept(text: string, path?: string): string[] {
  const { program, document } = parse(text, path);
  if (!program) return [];
  const queries = [{ rule: 'r', index: 0, match: { code: ['$F(...)'] } }];
  return codeModel(document, program)
    .search(queries)
    .map((hit) => text.slice(hit.span.start, hit.span.end))
    .filter((call) => /^keep\d\(\)$/.test(call));
}

const intact = `import { a } from 'a';
function one(x) {
  keep1();
  if (x) {
    keep2();
    target(a, 'b', [1]);
    keep3();
  } else {
    keep4();
  }
  return x;
}

class Two {
  method() {
    const o = {
      key: 'value',
      call: keep5(),
    };
    return o;
  }

  other() {
    keep6();
  }
}
export const three = () => {
  keep7();
};
keep8();
`;
const all = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `keep${n}()`);

describe('parse JavaScript', () => {
  it('reads what the file names ask for', () => {
    for (const [path, text] of [
      ['a.ts', 'const a = <T,>(b: T): T => <T>b; enum E { A } export type { X } from "x";'],
      ['a.tsx', 'const a = <p x={b as any}>{c!}</p>;'],
      ['a.jsx', 'const a = <p />;'],
      ['a.mts', 'import a, { type B } from "a" with { type: "json" };'],
      ['a.cjs', 'return require("a");'],
      ['a.js', '// @flow\nconst a = (b: ?string): number => 1;'],
      ['a.ts', '@Injectable() class A { constructor(@Inject(B) private readonly b: B) {} }'],
      ['a.js', '#!/usr/bin/env node\nawait using a = b();'],
    ] as const) {
      const { program, problems } = parse(text, path);
      assert.ok(program, text);
      assert.deepEqual(problems, [], text);
    }
  });

  it('names the first error and keeps spans of the original text', () => {
    const text = 'const a = ;\nkeep1();\n';
    const { problems } = parse(text);
    assert.equal(problems.length, 1);
    assert.equal(problems[0]!.span.start, 10);
    assert.deepEqual(kept(text), ['keep1()']);
  });

  describe('half-typed', () => {
    const cases: readonly (readonly [string, string, string])[] = [
      ['a line cut short', "target(a, 'b', [1]);", 'target(a, '],
      ['a quote lost', "target(a, 'b', [1]);", "target(a, 'b, [1]);"],
      ['a bracket lost', "target(a, 'b', [1]);", "target(a, 'b', [1);"],
      ['a call left open', "target(a, 'b', [1]);", 'target('],
      ['a member begun', "target(a, 'b', [1]);", 'target.;'],
      ['a template begun', "target(a, 'b', [1]);", 'target(`a ${'],
      ['a block opener lost', '  if (x) {\n', '  if (x)\n'],
      ['a block line lost', '  if (x) {\n', ''],
      ['an else lost', '  } else {\n', ''],
      ['a closer lost', '  return x;\n}\n', '  return x;\n'],
      ['a function header lost', 'function one(x) {\n', ''],
      ['a class header lost', 'class Two {\n', ''],
      ['a method header lost', '  method() {\n', ''],
      ['an object opener lost', 'const o = {', 'const o ='],
      ['an object closer lost', '    };\n', ''],
      ['a comma lost', "key: 'value',", "key: 'value'"],
      ['an arrow lost', 'three = () => {', 'three = () {'],
      ['a comment begun', 'class Two {', '/**\n * words\nclass Two {'],
      ['a comment without its head', 'class Two {', ' * words\n * words\n */\nclass Two {'],
    ];
    for (const [name, from, to] of cases) {
      it(name, () => {
        assert.ok(intact.includes(from));
        const text = intact.replace(from, () => to);
        assert.deepEqual(kept(text), all);
        assert.deepEqual(kept(text.replaceAll('\n', '\r\n'), 'a.ts'), all);
      });
    }
  });

  it('never throws, and in bounded time', () => {
    for (const text of [
      '',
      '\u0000',
      '}'.repeat(5000),
      '['.repeat(10_000),
      '{\n'.repeat(10_000),
      '`${'.repeat(5000),
      '/*'.repeat(5000),
      ' * x\n'.repeat(10_000),
      '<a>'.repeat(5000),
    ]) {
      const begin = performance.now();
      assert.doesNotThrow(() => parse(text, 'a.tsx'));
      assert.ok(performance.now() - begin < 5000);
    }
  });

  it('reads snippets and refuses what is none', () => {
    assert.ok(parseSnippet('f($X, <a b={c} />)'));
    assert.equal(parseSnippet('f('), undefined);
  });
});

describe('facts javascript', () => {
  const literals = (text: string) =>
    javascript.literals!(parse(text)).map(({ key, value, path, span }) => [key, value, path.join('.'), text.slice(span.start, span.end)]);

  it('makes one fact of a program', () => {
    const facts = javascript.facts(parse('f();'), []);
    assert.equal(facts.length, 1);
    assert.deepEqual(facts[0]!.types, ['program']);
    assert.ok(facts[0]!.code);
  });

  it('names literals by what they are assigned to, compared with or handed to', () => {
    assert.deepEqual(literals(`const password = 'a';`), [['password', 'a', 'password', 'a']]);
    assert.deepEqual(literals(`const c = { db: { password: \`a\` } };`), [['password', 'a', 'c.db.password', 'a']]);
    assert.deepEqual(literals(`this.token = 'a' + 'b';`), [['token', 'ab', 'token', "a' + 'b"]]);
    assert.deepEqual(literals(`class A { secret = 'a'; }`), [['secret', 'a', 'secret', 'a']]);
    assert.deepEqual(literals(`if (req.headers.key === 'a') {}`), [['key', 'a', 'key', 'a']]);
    assert.deepEqual(literals(`const k = process.env.KEY || 'a';`), [['k', 'a', 'k', 'a']]);
    assert.deepEqual(literals(`connect('a')`), [['connect', 'a', 'connect', 'a']]);
    assert.deepEqual(literals(`function f(pass = 'a') {}`), [['pass', 'a', 'pass', 'a']]);
    assert.deepEqual(literals(`import a from 'b'; require('c');`), []);
  });
});
