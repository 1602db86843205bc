import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parse } from 'yaml';
import { extentOf } from '../server/engine/secrets/extent.ts';
import { longestMatch, mask, matches, patternProblem, secretSearch } from '../server/engine/secrets/search.ts';
import type { SecretRule } from '../server/engine/secrets/search.ts';
import type { Literal, Rule, SecretMatch, SecretPattern, SourceDocument } from '../server/engine/types.ts';

const folder = new URL('../rules/secrets/', import.meta.url);
/** The front matter is read here rather than compiled, so that these tests stand on the engine alone. */
const pages = readdirSync(folder)
  .filter((name) => name.endsWith('.md'))
  .flatMap((name) => {
    const page = readFileSync(new URL(name, folder), 'utf8');
    const front = /^---\n([^]*?)\n---\n/.exec(page)![1]!;
    const rule = { ...(parse(front) as Rule), id: `secrets/${name.slice(0, -3)}` };
    // A page may be about the arguments of a provider, which are facts.
    if (!rule.match.every((entry) => 'secret' in entry)) return [];
    const text = [...page.matchAll(/^```\w+ (?:bad|good).*\n([^]*?)^```/gm)].map((m) => m[1]!.replaceAll('~~', '')).join('\n');
    return [{ rule, text }];
  });
const rules: readonly SecretRule[] = pages.flatMap(({ rule }) =>
  (rule.match as readonly SecretMatch[]).map(({ secret }, index) => ({
    rule,
    index,
    pattern: { ...secret, keywords: secret.keywords ?? [] },
  })),
);
const patterns = rules.filter((r) => r.pattern.literal === undefined);
const search = secretSearch(rules);

const document = (text: string, path = 'file.txt'): SourceDocument => ({ path, text, syntax: 'text' });
const literal = (key: string, value: string, start = 0, length = value.length): Literal => ({
  key,
  value,
  span: { start, end: start + length },
  whole: { start, end: start + length },
  path: [key],
});
const rule = (over: Partial<Rule> = {}): Rule => ({ ...pages[0]!.rule, ...over });
const pattern = (over: Partial<SecretPattern>): SecretPattern => ({ keywords: ['key_'], pattern: 'key_[a-z]{4}', ...over });

/** The places where a pattern is tried: all those of its keywords, found the slow way. */
function places(text: string, { keywords }: SecretPattern): number[] {
  const folded = text.replace(/[A-Z]+/g, (c) => c.toLowerCase());
  const found = new Set<number>();
  for (const keyword of keywords) {
    const k = keyword.toLowerCase();
    for (let i = folded.indexOf(k); i >= 0; i = folded.indexOf(k, i + 1)) found.add(i);
  }
  return [...found].sort((a, b) => a - b);
}

const regexOf = (p: SecretPattern, mode: 'y' | 'g'): RegExp => new RegExp(p.pattern, `d${p.ignoreCase ? 'i' : ''}${mode}`);

function spansOf(text: string, p: SecretPattern): { tried: string[]; whole: string[] } {
  const span = (m: RegExpExecArray): string => `${m.index}-${m.index + m[0].length}`;
  return {
    tried: matches({ regex: regexOf(p, 'y'), lead: p.lead ?? 0 }, text, places(text, p)).map(span),
    whole: [...text.matchAll(regexOf(p, 'g'))].map(span),
  };
}

describe('masks', () => {
  it('shows four characters at most, and of short values none', () => {
    assert.equal(mask('AKIA2345673456734567'), 'AKIA…(20 characters)');
    assert.equal(mask('hunter2'), '…(7 characters)');
    assert.equal(mask('elevenchars'), '…(11 characters)');
    assert.equal(mask('a\nb\u202ecdefghijkl'), 'a·b·…(14 characters)');
  });
  it('never lets the value out, in any field', () => {
    for (const page of pages) {
      for (const hit of search(document(page.text), [])) {
        const value = page.text.slice(hit.span.start, hit.span.end);
        const shown = JSON.stringify([hit.masked, hit.reasons]);
        assert.ok(!shown.includes(value.slice(0, 5)) || value.length < 5, page.rule.id);
        assert.ok(!shown.includes(value.slice(-5)), page.rule.id);
      }
    }
  });
});

describe('extents', () => {
  const extent = (source: string): [number, number] => [extentOf(source).min, extentOf(source).max];
  it('are read off the source', () => {
    assert.deepEqual(extent('abc'), [3, 3]);
    assert.deepEqual(extent('a?b{2,5}(?:cd|e)[^\\]x]'), [4, 9]);
    assert.deepEqual(extent('\\bfoo\\d\\.\\x41\\u0041$'), [7, 7]);
    assert.deepEqual(extent('(?<secret>x{3})(?!y{10})'), [3, 10]);
    assert.deepEqual(extent('a+'), [1, Infinity]);
    assert.deepEqual(extent('a{2,}b*?'), [2, Infinity]);
    assert.deepEqual(extent('|ab'), [0, 2]);
    assert.equal(extentOf('(?:a+)+').nested, true);
    assert.equal(extentOf('(?:a|b){0,9}').nested, true);
    assert.equal(extentOf('(?:a{0,3}b)?').nested, false);
    assert.equal(extentOf('(?:ab){0,9}').nested, false);
    assert.equal(extentOf('(a)\\1').backreference, true);
  });
  it('hold for what is matched', () => {
    const source = fc.constantFrom('ab?', '[a-b]{1,3}', '(?:a|bb)', '\\w', 'a{2}', 'b{0,2}?', '(?=a)', '(?:ab|a)?');
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '-'), maxLength: 30 });
    fc.assert(
      fc.property(fc.array(source, { minLength: 1, maxLength: 5 }), text, (parts, t) => {
        const { min, max } = extentOf(parts.join(''));
        for (const m of t.matchAll(new RegExp(parts.join(''), 'g'))) assert.ok(m[0].length >= min && m[0].length <= max);
      }),
      { seed: 7, numRuns: 500 },
    );
  });
  it('of all our patterns are finite, and the patterns sound', () => {
    assert.ok(pages.length >= 40);
    for (const {
      rule: { id },
      index,
      pattern: p,
    } of rules) {
      assert.equal(patternProblem(p), undefined, `${id} ${index}`);
      if (p.literal === undefined) assert.ok(extentOf(p.pattern).max <= longestMatch, id);
    }
  });
});

describe('a pattern that cannot be searched for', () => {
  const problems: readonly [Partial<SecretPattern>, RegExp][] = [
    [{ pattern: 'key_[a-z]+' }, /upper bound/],
    [{ pattern: 'key_[a-z]{1,20000}' }, /upper bound/],
    [{ pattern: '(?:key_(?:a|b){1,40})' }, /another repetition or an alternative/],
    [{ pattern: 'x{0,3}' }, /nothing/],
    [{ pattern: '(' }, /nvalid/],
    [{ unless: ['['] }, /nvalid/],
    [{ unless: ['(?:a+)+$'] }, /another repetition/],
    [{ keywords: [] }, /keywords/],
    [{ keywords: ['k'] }, /keywords/],
    [{ checksum: 'none-such' }, /checksum named none-such/],
    [{ literal: 'none-such' }, /test named none-such/],
    [{ pattern: '(key_)\\1' }, /backreference/],
  ];
  for (const [over, message] of problems) {
    it(`is refused: ${JSON.stringify(over)}`, () => {
      assert.match(patternProblem(pattern(over)) ?? '', message);
      assert.deepEqual(secretSearch([{ rule: rule(), index: 0, pattern: pattern(over) }])(document('key_abcd'), []), []);
    });
  }
});

describe('trying at keywords', () => {
  // All examples of all pages, shuffled and glued by what stands between tokens in files, broken in the middle, repeated.
  const pieces = pages.flatMap(({ text }) => text.split('\n')).filter((l) => l !== '');
  const glue = fc.constantFrom(' ', '\n', '"', '', ',', '=', '://', '-', '\\n', ' : ', 'é');
  const piece = fc.constantFrom(...pieces).chain((p) =>
    fc.oneof(
      { weight: 3, arbitrary: fc.constant(p) },
      fc.nat(p.length).map((n) => p.slice(n)),
      fc.nat(p.length).map((n) => p.slice(0, n)),
    ),
  );
  const corpus = fc.array(fc.tuple(piece, glue), { minLength: 10, maxLength: 40 }).map((parts) => parts.flat().join(''));

  it('finds what the pattern finds in the whole text', () => {
    let found = 0;
    fc.assert(
      fc.property(corpus, (text) => {
        for (const {
          rule: { id },
          index,
          pattern: p,
        } of patterns) {
          const { tried, whole } = spansOf(text, p);
          assert.deepEqual(tried, whole, `${id} ${index}`);
          found += tried.length;
        }
      }),
      { seed: 7, numRuns: 300 },
    );
    assert.ok(found > 1000, `the corpus shows something: ${found}`);
  });

  it('finds it at the end of a very long line', () => {
    for (const {
      rule: { id },
      text,
    } of pages) {
      const line = `${'x '.repeat(100_000)}${text}`;
      for (const { pattern: p } of patterns.filter((r) => r.rule.id === id))
        assert.deepEqual(spansOf(line, p).tried, spansOf(line, p).whole, id);
    }
  });

  it('gives hits once, in ascending order, without overlaps', () => {
    fc.assert(
      fc.property(corpus, (text) => {
        let end = 0;
        for (const { span } of search(document(text), [])) {
          assert.ok(span.start >= end && span.end > span.start && span.end <= text.length);
          end = span.end;
        }
      }),
      { seed: 8, numRuns: 100 },
    );
  });
});

describe('secrets', () => {
  const example = (id: string, line = 0): string => pages.find((p) => p.rule.id === `secrets/${id}`)!.text.split('\n')[line]!;
  const ids = (text: string, literals: readonly Literal[] = [], path = 'file.txt'): string[] =>
    search(document(text, path), literals).map((hit) => hit.rule.id.slice(8));

  it('the vendor suppresses the generic rule on the same value', () => {
    const line = example('stripe-key');
    const value = line.slice(line.indexOf('=') + 1);
    const named = literal('STRIPE_SECRET_KEY', value, line.length - value.length);
    assert.deepEqual(ids(line, [named], '.env'), ['stripe-key']);
  });

  it('the surer rule stays: a GitHub token as the password of an address', () => {
    const token = example('github-token').split('=')[1]!;
    assert.deepEqual(ids(`git clone https://bot:${token}@github.com/acme/app.git`), ['github-token']);
    assert.deepEqual(ids(`git clone https://bot:n4Trk-ow7Q@github.com/acme/app.git`), ['connection-string-password']);
  });

  it('a wrong checksum is the end of it, whatever the name says', () => {
    const token = example('github-token').split('=')[1]!;
    const wrong = token.slice(0, 10) + (token[10] === 'a' ? 'b' : 'a') + token.slice(11);
    assert.deepEqual(ids(`password: ${wrong}`, [literal('password', wrong, 10)], 'a.yaml'), []);
  });

  it('looks into values that are written otherwise: base64, concatenated, escaped', () => {
    const token = example('github-token').split('=')[1]!;
    const written = Buffer.from(token).toString('base64');
    const hits = search(document(`data:\n  token: ${written}`, 'secret.yaml'), [literal('token', token, 15, written.length)]);
    assert.deepEqual(
      hits.map((h) => [h.rule.id, h.span]),
      [['secrets/github-token', { start: 15, end: 15 + written.length }]],
    );
  });

  it('spans the value, not its surroundings', () => {
    const text = 'DATABASE_URL=postgres://shop:n4Trk-ow7Q@db.internal/shop';
    const [hit] = search(document(text), []);
    assert.equal(text.slice(hit!.span.start, hit!.span.end), 'n4Trk-ow7Q');
    const key = pages.find((p) => p.rule.id === 'secrets/private-key')!.text;
    const [block] = search(document(key), []);
    assert.match(key.slice(block!.span.start, block!.span.end), /^-----BEGIN RSA [^]*-----END RSA PRIVATE KEY-----$/);
  });

  it('applies unless to the value and to its own line only', () => {
    const one = secretSearch([{ rule: rule(), index: 0, pattern: pattern({ unless: ['test only'] }) }]);
    assert.equal(one(document('key_abcd # test only'), []).length, 0);
    assert.equal(one(document('key_abcd\n# test only'), []).length, 1);
    assert.equal(one(document('# test only\nkey_abcd'), []).length, 1);
  });

  it('keeps provider patterns on in lock files, minified code and SVG', () => {
    const token = example('npm-token').split('=')[1]!;
    for (const path of ['package-lock.json', 'app.min.js', 'logo.svg', 'yarn.lock'])
      assert.deepEqual(ids(`x "${token}"`, [], path), ['npm-token'], path);
  });

  it('wants more than words around a value where nothing is run: tests, examples, prose, minified code', () => {
    const command = (value: string) => `docker login --username acme --password ${value} registry.acme.io`;
    const found = (path: string, value: string) => search(document(command(value), path), []).length;
    assert.equal(found('deploy.sh', '1234abcd'), 1);
    assert.equal(found('src/login.test.ts', '1234abcd'), 0);
    assert.equal(found('src/login.test.ts', 'qX7fLz2Rk9TbVw4NcYh8Jd3P'), 1);
    assert.equal(found('README.md', 'qX7fLz2Rk9TbVw4NcYh8Jd3P'), 0);
  });

  it('never throws, and its spans lie in the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.constantFrom(...patterns), (noise, { pattern: p }) => {
        const text = noise + p.keywords[0] + noise;
        for (const { span } of search(document(text), [literal('password', noise), literal('token', text)]))
          assert.ok(span.end <= Math.max(text.length, 2000));
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});

describe('hostile text of 1 MB', () => {
  // CPU time, because other processes share the machine; the aim is 50 ms on a free core, the limit leaves room for slow ones.
  const limit = 250;
  it('makes no pattern run long', function () {
    this.timeout(120_000);
    for (const one of patterns) {
      const find = secretSearch([one]);
      const keyword = one.pattern.keywords[0]!;
      const line = pages
        .find((p) => p.rule.id === one.rule.id)!
        .text.split('\n')[0]!
        .slice(0, 300);
      for (const unit of [keyword, `${keyword}a`, `a1${keyword}`, `${keyword}=" `, `${keyword}${'a1'.repeat(20)}`, line]) {
        const text = unit.repeat(Math.ceil(1e6 / unit.length));
        const start = process.cpuUsage().user;
        find(document(text), []);
        const spent = (process.cpuUsage().user - start) / 1000;
        assert.ok(spent < limit, `${one.rule.id} ${one.index} on ${JSON.stringify(unit.slice(0, 40))}: ${spent} ms`);
      }
    }
  });
});
