import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { findConfig, fits, parseConfig, unknownRules } from '../server/workspace/config.ts';
import { distance, nearest } from '../server/workspace/nearest.ts';

const ids = ['aws/s3-public-acl', 'aws/s3-no-versioning', 'docker/root-user'];

/** Each problem as the text it stands at and its message. */
function problems(text: string): string[] {
  const config = parseConfig(text, '/p');
  return [...config.problems, ...unknownRules(config, ids)].map(({ span, message }) => `${text.slice(span.start, span.end)} | ${message}`);
}

describe('.leftward.yaml', () => {
  it('names the list that was probably meant', () => {
    assert.deepEqual(problems('approved: { registrys: [a] }\n'), ['registrys | Unknown setting "registrys". Did you mean "registries"?']);
  });

  it('is read in full', () => {
    const text = `preset: all
rules:
  aws/*: low
  aws/s3-public-acl: critical
  docker/root-user: off
exclude: [vendor/, '*.gen.tf']
fail-on: high
rule-folders: [security/rules]
approved: { registries: [ghcr.io/acme] }
`;
    const { preset, severity, exclude, failOn, ruleFolders, approved, problems } = parseConfig(text, '/p');
    assert.deepEqual(problems, []);
    assert.equal(preset, 'all');
    assert.deepEqual(Object.entries(severity), [
      ['aws/*', 'low'],
      ['aws/s3-public-acl', 'critical'],
      ['docker/root-user', 'off'],
    ]);
    assert.deepEqual(exclude, ['vendor/', '*.gen.tf']);
    assert.equal(failOn, 'high');
    assert.deepEqual(ruleFolders, ['/p/security/rules']);
    assert.deepEqual(approved, { registries: ['ghcr.io/acme'] });
  });

  it('may be empty or missing', () => {
    for (const text of ['', '# nothing\n', '---\n', 'rules:\n']) assert.equal(parseConfig(text, '/p').preset, 'recommended', text);
    assert.deepEqual(problems('# nothing\n'), []);
    assert.deepEqual(problems('rules:\nexclude:\n'), []);
  });

  it('names typos with the nearest name, where they stand', () => {
    assert.deepEqual(problems('exlude: [a]\n'), ['exlude | Unknown setting "exlude". Did you mean "exclude"?']);
    assert.deepEqual(problems('rules:\n  aws/s3-public-alc: off\n'), [
      'aws/s3-public-alc | There is no rule "aws/s3-public-alc". Did you mean "aws/s3-public-acl"?',
    ]);
    assert.deepEqual(problems('rules: { gcp/*: off }\n').length, 1);
    assert.deepEqual(problems('fail-on: hihg\n'), [
      'hihg | "fail-on" must be one of critical, high, medium, low, never. Did you mean "high"?',
    ]);
    assert.deepEqual(problems('rules:\n  docker/root-user: error\n'), [
      'error | "rules.docker/root-user" must be one of off, critical, high, medium, low.',
    ]);
    assert.deepEqual(problems('exclude: vendor\n'), ['vendor | "exclude" must be a list.']);
  });

  it('keeps what is right beside what is wrong', () => {
    const { preset, exclude, severity, problems } = parseConfig(
      'preset: all\nexclude: [a, 3]\nrules: { a/b: nope, c/d: low }\nx: 1\n',
      '/p',
    );
    assert.equal(problems.length, 3);
    assert.equal(preset, 'all');
    assert.deepEqual(exclude, ['a']);
    assert.deepEqual(severity, { 'c/d': 'low' });
  });

  it('survives any text', () => {
    for (const text of [
      '[',
      'a: b: c',
      '- 1\n- 2',
      '"',
      '\0',
      'rules: [off]',
      '&a [*a]',
      'a: &x [*x, *x]',
      '{'.repeat(5000),
      'null',
      '3',
    ]) {
      assert.equal(parseConfig(text, '/p').preset, 'recommended', text.slice(0, 20));
    }
    assert.match(problems('rules:\n  - : [\n').join(), /./);
    assert.equal(parseConfig('['.repeat(20_000), '/p').problems.length > 0, true);
    assert.deepEqual(problems('- 1\n'), ['- 1\n | The configuration must be a map of settings.']);
  });

  it('is looked for upwards, as far as the project reaches', () => {
    const root = mkdtempSync(join(tmpdir(), 'leftward-'));
    try {
      mkdirSync(join(root, 'a/b/c'), { recursive: true });
      writeFileSync(join(root, 'a/.leftward.yaml'), 'preset: all\n');
      assert.equal(findConfig(join(root, 'a/b/c'), root).path, join(root, 'a/.leftward.yaml'));
      assert.equal(findConfig(join(root, 'a/b/c'), join(root, 'a/b')).path, undefined);
      assert.equal(findConfig(root).path, undefined);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});

describe('names', () => {
  it('fit patterns', () => {
    assert.ok(fits('aws/*', 'aws/x') && fits('aws/x', 'aws/x'));
    assert.ok(!fits('aws/*', 'awsome/x') && !fits('aws', 'aws/x'));
  });

  it('are found when mistyped, by their last part too, and not when nothing is near', () => {
    assert.equal(nearest('s3-public-acls', ids), 'aws/s3-public-acl');
    assert.equal(nearest('docker/rootuser', ids), 'docker/root-user');
    assert.equal(nearest('zzzzzzzz', ids), undefined);
    assert.equal(distance('hihg', 'high'), 1);
    assert.equal(distance('', 'abc'), 3);
  });
});
