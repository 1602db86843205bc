import assert from 'node:assert/strict';
import { regexIs, type RegexTest } from '../server/dataflow/regex-tests.ts';
import { isExponential } from '../server/dataflow/regex.ts';

const exponential = [
  /(a+)+$/,
  /^(a|a)*$/,
  /^(a|aa)+$/,
  /^(\w+\s?)*$/,
  /^([a-zA-Z0-9_.-]+)*@/,
  /(\s*,\s*)+;/,
  /^(([a-z])+.)+[A-Z]([a-z])+$/,
  /(?:[^"]|\\.|\w)*"/,
  /^(?:a*b*)*c/,
  /(.*)*x/,
  /(?:(a|a)+b)*/,
  /^(\d|[0-9a-f])+$/i,
  /(?:x{20,}|x)+y/,
];
const linear = [
  /(a+)+/,
  /(?:\r\n|\r|\n){3,}/,
  /a+b+$/,
  /^(?:ab|cd)*$/,
  /^[\w.-]+@[\w.-]+\.\w+$/,
  /^(?:\d{1,3}\.){3}\d{1,3}$/,
  /^(?:[^"\\]|\\.)*"$/,
  /(?:,\s*\w+)*;/,
  /^(\w+,)*\w+$/,
  /^(a?b)+$/,
  /(?:\/\*[^*]*\*\/|\s)+x/,
  /^([a-z]+-)*[a-z]+$/,
  /(['"])(.*?)\1/,
];

describe('dataflow: regular expressions', () => {
  for (const regex of exponential) it(`${String(regex)} may take for ever`, () => assert.ok(isExponential(regex.source, regex.flags)));
  for (const regex of linear) it(`${String(regex)} does not`, () => assert.ok(!isExponential(regex.source, regex.flags)));

  it('is right about time', () => {
    const steps = (regex: RegExp, text: string): number => {
      const start = performance.now();
      regex.test(text);
      return performance.now() - start;
    };
    assert.ok(steps(/^(\w+\s?)*$/, `${'a'.repeat(20)}!`) > 10 * steps(/^(\w+,)*\w+$/, `${'a'.repeat(20)}!`));
  });

  it('survives what is no expression', () => {
    for (const source of [
      '(',
      '(a+)+)',
      '[',
      '(a',
      '(?<',
      '\\',
      `${'('.repeat(500)}a${')+'.repeat(500)}`,
      '(a{1,2}{3})+',
      'a**',
      '(((((a+)+)+)+)+)+$',
    ])
      assert.doesNotThrow(() => isExponential(source, ''));
  });
});

/** Test, expression, answer; the expression as a string of a program where it isn't a literal. */
const questions: readonly (readonly [RegexTest, RegExp | string, boolean])[] = [
  ['wide-range', /^[A-z]+$/, true],
  ['wide-range', /^[A-Za-z]+$/, false],
  ['wide-range', /A-z/, false],
  ['wide-range', /[0-z]/, true],
  ['loose-host', /^https?:\/\/www.example.com/, true],
  ['loose-host', /^https?:\/\/www\.example\.com/, false],
  ['loose-host', /^https:\/\/api\.example.org\//, true],
  ['loose-host', /see example.com for more/, false],
  ['unanchored-host', /https:\/\/example\.com/, true],
  ['unanchored-host', /^https:\/\/example\.com/, false],
  ['unanchored-host', /one\.two/, false],
  ['half-anchored', /^a|b$/, true],
  ['half-anchored', /^(?:a|b)$/, false],
  ['half-anchored', /^a$|^b$/, false],
  ['case-sensitive', /^\/admin/, true],
  ['case-sensitive', /^\/admin/i, false],
  ['case-sensitive', /^\d+$/, false],
  ['lost-escape', 'a\\.b', true],
  ['lost-escape', 'a\\\\.b', false],
  ['lost-escape', 'a\\nb', false],
];

describe('dataflow: questions about regular expressions', () => {
  for (const [test, of, answer] of questions) {
    it(`${String(of)} ${answer ? 'is' : 'is not'} ${test}`, () => {
      const expression = typeof of === 'string' ? { source: '', flags: '', written: of } : { source: of.source, flags: of.flags };
      assert.equal(regexIs(test, expression), answer);
    });
  }
});
