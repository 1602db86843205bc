import assert from 'node:assert/strict';
import fc from 'fast-check';
import { KeywordIndex } from '../server/engine/secrets/keywords.ts';

function naive(keywords: readonly string[], text: string): string[] {
  const folded = text.replace(/[A-Z]/g, (c) => c.toLowerCase());
  const hits: string[] = [];
  keywords.forEach((keyword, id) => {
    const k = keyword.replace(/[A-Z]/g, (c) => c.toLowerCase());
    if (k !== '') for (let i = folded.indexOf(k); i >= 0; i = folded.indexOf(k, i + 1)) hits.push(`${id}@${i}`);
  });
  return hits.sort();
}

function search(keywords: readonly string[], text: string): string[] {
  const hits: string[] = [];
  new KeywordIndex(keywords).search(text, (keyword, offset) => hits.push(`${keyword}@${offset}`));
  return hits.sort();
}

describe('KeywordIndex', () => {
  it('finds what a naive search finds, in text of few letters where all overlaps happen', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'B', '_', 'é'), maxLength: 5 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'B', '_', 'é', 'É', '\u{1f600}'), maxLength: 200 });
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), text, (keywords, t) => {
        assert.deepEqual(search(keywords, t), naive(keywords, t));
      }),
      { numRuns: 500, seed: 7 },
    );
  });

  it('finds keywords that are suffixes of each other, and the same keyword twice', () => {
    assert.deepEqual(
      search(['secret_key', 'key', 'KEY', 'ret'], 'my Secret_Key'),
      naive(['secret_key', 'key', 'KEY', 'ret'], 'my Secret_Key'),
    );
    assert.equal(search(['secret_key', 'key', 'KEY', 'ret'], 'my Secret_Key').length, 4);
  });

  it('folds ASCII only', () => {
    assert.deepEqual(search(['é', 'k'], 'É\u212a'), []);
    assert.deepEqual(search(['é'], 'é'), ['0@0']);
  });

  it('holds 1,000 keywords', () => {
    const keywords = Array.from({ length: 1000 }, (_, i) => `key${i.toString(36)}_${(i * 7919) % 997}`);
    const text = keywords.map((k) => k.toUpperCase()).join(' x ');
    assert.deepEqual(search(keywords, text), naive(keywords, text));
  });

  it('is silent without keywords or text', () => {
    assert.deepEqual(search([], 'abc'), []);
    assert.deepEqual(search(['a', ''], ''), []);
  });

  it('refuses more characters than it has classes for', () => {
    const many = Array.from({ length: 300 }, (_, i) => String.fromCharCode(0x4e00 + i));
    assert.throws(() => new KeywordIndex(many), RangeError);
  });
});
