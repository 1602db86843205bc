import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import type AjvDraft04 from 'ajv-draft-04';
import { describe, it } from 'mocha';
import { place } from '../server/engine/placed.ts';
import type { Finding, Fix, Rule } from '../server/engine/types.ts';
import { formats, type Report } from '../server/report/index.ts';

const rule: Rule = {
  id: 'aws/s3-public-acl',
  title: 'S3 bucket is public',
  severity: 'high',
  confidence: 'high',
  cwe: [732],
  owasp: ['A01:2021'],
  stride: ['information-disclosure'],
  compliance: { 'pci-dss-4.0': ['1.4.4'] },
  aliases: [],
  message: 'Public.',
  match: [],
  why: 'Anyone can read it. That has happened before.',
};
const secret: Rule = {
  ...rule,
  id: 'secrets/token',
  severity: 'critical',
  cwe: [798],
  match: [{ secret: { keywords: ['tok'], pattern: 'tok' } }],
};
const rules = new Map([rule, secret].map((one) => [one.id, one]));

const text = 'resource "a" "b" {\r\n  acl = var.acl # öffentlich 😀\r\n  key = "tok_abcdef123456"\r\n}\r\n';
const spanOf = (words: string) => ({ start: text.indexOf(words), end: text.indexOf(words) + words.length });
const finding = (more: Partial<Finding>): Finding => ({
  rule: rule.id,
  path: 'a b/main.tf',
  span: spanOf('var.acl'),
  message: 'The ACL `public-read` is public.',
  severity: 'high',
  confidence: 'high',
  related: [],
  subject: 'a.b',
  fixable: false,
  ...more,
});
const document = { path: 'a b/main.tf', text, syntax: 'hcl' as const };
const variables = { path: 'a b/variables.tf', text: 'variable "acl" {\n  default = "public-read"\n}\n', syntax: 'hcl' as const };
const fix: Fix = { title: 'Make it private', safe: false, edits: [{ span: spanOf('var.acl'), text: '"private"' }] };

const findings = place(
  document,
  [
    finding({ related: [{ path: variables.path, span: { start: 29, end: 42 }, message: 'the default of variable `acl`' }], fixable: true }),
    finding({ rule: secret.id, severity: 'critical', span: spanOf('tok_abcdef123456'), message: 'A token (`tok_…`).', subject: '' }),
  ],
  (id) => rules.get(id),
  () => variables,
  (one) => (one.fixable ? [fix] : []),
);
const report: Report = {
  root: '/p',
  version: '1.2.3',
  findings,
  skipped: [{ path: 'x.bin', reason: 'binary' }],
  rules,
  stats: { files: 3, milliseconds: 42 },
};
const write = (name: string, colour = false, what = report): string => formats[name]!(what, { colour });

describe('reports', () => {
  it('as text show the line with carets, what is related, and a summary', () => {
    assert.equal(
      write('text'),
      `a b/main.tf

  high  The ACL \`public-read\` is public.
        2:9  aws/s3-public-acl  (fix available)
      │
    2 │   acl = var.acl # öffentlich 😀
      │         ^^^^^^^
      = a b/variables.tf:2:13  the default of variable \`acl\`

  critical  A token (\`tok_…\`).
            3:10  secrets/token
      │
    3 │   key = "****************"
      │          ^^^^^^^^^^^^^^^^

Not analysed in full
  x.bin  binary

2 findings (1 critical, 1 high) in 3 files in 42 ms. One has a fix in the editor; \`leftward fix\` applies those that are safe.
`,
    );
  });

  it('as text have colour only when asked', () => {
    assert.ok(!write('text').includes('\x1b'));
    assert.ok(write('text', true).includes('\x1b[31mhigh\x1b[0m'));
    const none = write('text', false, { ...report, findings: [], skipped: [] });
    assert.equal(none, 'No findings in 3 files in 42 ms.\n');
  });

  it('as text stay within the line, whatever it holds', () => {
    const cases: [string, string][] = [
      ['\t\tkey: value', 'value'],
      [`${'x'.repeat(1000)}HERE${'y'.repeat(1000)}`, 'HERE'],
      ['"日本語": value', 'value'],
      ['a: \x1b[31mred', 'red'],
    ];
    for (const [line, word] of cases) {
      const span = { start: line.indexOf(word), end: line.indexOf(word) + word.length };
      const placed = place(
        { path: 'f', text: line, syntax: 'yaml' },
        [finding({ span })],
        () => rule,
        () => document,
      );
      const out = write('text', false, { ...report, findings: placed, skipped: [] }).split('\n');
      const code = out.find((one) => one.startsWith('    1 │'))!;
      const caret = out.find((one) => one.includes('^'))!;
      assert.ok(code.length < 250 && !code.includes('\x1b'), code);
      assert.equal(caret.trim().slice(2).trim(), '^'.repeat(word.length));
      if (!line.includes('日')) assert.equal(code.slice(caret.indexOf('^'), caret.indexOf('^') + word.length), word);
      else assert.equal(caret.indexOf('^') - code.indexOf(word), 3, 'three wide characters before it');
    }
  });

  it('never show a secret, in any format', () => {
    for (const name of Object.keys(formats)) assert.ok(!write(name).includes('abcdef'), name);
    const line = 'ENV TOKEN=swordfish # note\n';
    const named = place(
      { path: 'f', text: line, syntax: 'dockerfile' },
      [finding({ rule: secret.id, span: { start: 4, end: 9 } })],
      () => secret,
      () => document,
    );
    assert.equal(named[0]!.excerpt.text, `ENV TOKEN=${'*'.repeat(16)}`, 'where the name of the secret is underlined');
  });

  it('as JSON lines have one-based places and the agreed names', () => {
    const [first, second] = write('jsonl')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    assert.deepEqual(first, {
      file: 'a b/main.tf',
      line: 2,
      end_line: 2,
      column: 9,
      end_column: 16,
      rule: 'aws/s3-public-acl',
      severity: 'high',
      confidence: 'high',
      message: 'The ACL `public-read` is public.',
    });
    assert.equal((second as { line: number }).line, 3);
    assert.equal(write('jsonl', false, { ...report, findings: [] }), '');
  });

  it('as JSON are one object', () => {
    const json = JSON.parse(write('json')) as Record<string, unknown[]>;
    assert.deepEqual(Object.keys(json), ['version', 'files', 'milliseconds', 'findings', 'rules', 'skipped']);
    assert.equal(json.findings!.length, 2);
    assert.deepEqual(json.skipped, [{ file: 'x.bin', reason: 'binary' }]);
  });

  describe('as SARIF', () => {
    interface Log {
      runs: {
        tool: { driver: { rules: { id: string; properties: Record<string, unknown>; defaultConfiguration: unknown }[] } };
        results: { partialFingerprints: Record<string, string> }[];
      }[];
    }
    const log = (what = report) => JSON.parse(write('sarif', false, what)) as Log;

    it('are valid by the official schema', () => {
      const require = createRequire(import.meta.url);
      const { default: Ajv } = require('ajv-draft-04') as { default: typeof AjvDraft04 };
      const schema = require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json') as object;
      const validate = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema);
      for (const what of [report, { ...report, findings: [], skipped: [] }, { ...report, rules: new Map() }]) {
        assert.ok(validate(log(what)), JSON.stringify(validate.errors, undefined, 2));
      }
    });

    it('have what code scanning services read', () => {
      const { tool, results } = log().runs[0]!;
      const [descriptor] = tool.driver.rules;
      assert.deepEqual(descriptor!.properties, {
        tags: ['security', 'external/cwe/cwe-732', 'external/owasp/a01-2021'],
        precision: 'high',
        'security-severity': '8.0',
      });
      assert.deepEqual(descriptor!.defaultConfiguration, { level: 'error' });
      const [result] = results as unknown as [{ locations: object[]; relatedLocations: object[]; fixes: object[]; ruleIndex: number }];
      assert.deepEqual(result.locations, [
        {
          physicalLocation: {
            artifactLocation: { uri: 'a%20b/main.tf', uriBaseId: 'SRCROOT' },
            region: { startLine: 2, startColumn: 9, endLine: 2, endColumn: 16 },
          },
        },
      ]);
      assert.equal(result.relatedLocations.length, 1);
      assert.equal(result.fixes.length, 1);
      assert.equal(tool.driver.rules[result.ruleIndex]!.id, 'aws/s3-public-acl');
    });

    it('have fingerprints that stay when lines move, and differ between findings', () => {
      const prints = (what: Report) => log(what).runs[0]!.results.map((result) => result.partialFingerprints['leftward/v1']);
      const moved = findings.map((one) => ({
        ...one,
        start: { ...one.start, line: one.start.line + 7 },
        end: { ...one.end, line: one.end.line + 7 },
      }));
      assert.deepEqual(prints({ ...report, findings: moved }), prints(report));
      const twice = prints({ ...report, findings: [...findings, ...findings] });
      assert.equal(new Set(twice).size, 4);
    });
  });
});
