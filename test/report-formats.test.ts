import assert from 'node:assert/strict';
import { place } from '../server/engine/placed.ts';
import type { Finding, Rule } from '../server/engine/types.ts';
import { formats, type Report } from '../server/report/index.ts';

const rule: Rule = {
  id: 'aws/open',
  title: 'Bucket is <open>',
  severity: 'high',
  confidence: 'high',
  cwe: [732],
  owasp: [],
  stride: [],
  compliance: {},
  aliases: [],
  message: '',
  match: [],
  why: 'Anyone reads it.',
};
const text = 'a = "<script>alert(1)</script>"\nb = 1\n';
const finding = (more: Partial<Finding>): Finding => ({
  rule: rule.id,
  path: 'dir/a,b:c.tf',
  span: { start: 4, end: 31 },
  message: 'Value "<b>&\'" is\n::error::open | wide\u0007.',
  severity: 'high',
  confidence: 'high',
  related: [],
  subject: 'x',
  fixable: false,
  ...more,
});
const document = { path: 'dir/a,b:c.tf', text, syntax: 'hcl' as const };
const findings = place(
  document,
  [
    finding({ related: [{ path: 'v.tf', span: { start: 0, end: 1 }, message: 'the <default>' }] }),
    finding({ span: { start: 32, end: 33 }, severity: 'low', message: 'Low.' }),
  ],
  () => rule,
  () => document,
);
const report: Report = {
  root: '/p',
  version: '1.2.3',
  findings,
  skipped: [{ path: 'x<y>.bin', reason: 'binary' }],
  rules: new Map([[rule.id, rule]]),
  stats: { files: 3, milliseconds: 42 },
};
const nothing: Report = { ...report, findings: [], skipped: [] };
const write = (name: string, what = report): string => formats[name]!(what, { colour: false });

/** Fails unless every tag is closed in order; returns the names in the order of their beginnings. */
function tags(xml: string): readonly string[] {
  const open: string[] = [];
  const seen: string[] = [];
  for (const [whole, close, name, empty] of xml.replace(/^<\?xml.*?\?>/, '').matchAll(/<(\/?)([a-z]+)(?:\s+[\w-]+="[^"<]*")*\s*(\/?)>/g)) {
    if (close) assert.equal(open.pop(), name, whole);
    else {
      seen.push(name!);
      if (!empty) open.push(name!);
    }
  }
  assert.deepEqual(open, []);
  assert.ok(!/[<>]/.test(xml.replace(/^<\?xml.*?\?>/, '').replace(/<\/?[a-z]+(?:\s+[\w-]+="[^"<]*")*\s*\/?>/g, '')), 'no loose brackets');
  // eslint-disable-next-line no-control-regex -- what XML can't hold
  assert.ok(!/[\u0000-\u0008]/.test(xml));
  return seen;
}

describe('reports for others', () => {
  it('junit: a case for each finding, and one that passes when there is none', () => {
    assert.deepEqual(tags(write('junit')), [
      'testsuites',
      'testsuite',
      'testcase',
      'failure',
      'testcase',
      'failure',
      'testsuite',
      'testcase',
      'skipped',
    ]);
    assert.match(write('junit'), /<testsuite name="dir\/a,b:c\.tf" tests="2" failures="2" skipped="0" errors="0">/);
    assert.match(write('junit', nothing), /<testcase name="nothing found"/);
    tags(write('junit', nothing));
  });

  it('checkstyle: errors by file', () => {
    assert.deepEqual(tags(write('checkstyle')), ['checkstyle', 'file', 'error', 'error']);
    assert.match(write('checkstyle'), /<error line="1" column="5" severity="error" message="Value &#34;&#60;b&#62;&#38;&#39;&#34; is&#10;/);
    tags(write('checkstyle', nothing));
  });

  it('gitlab: code quality with prints that differ', () => {
    const issues = JSON.parse(write('gitlab')) as { fingerprint: string; severity: string; location: { lines: { begin: number } } }[];
    assert.deepEqual(
      issues.map(({ severity, location }) => [severity, location.lines.begin]),
      [
        ['critical', 1],
        ['minor', 2],
      ],
    );
    assert.equal(new Set(issues.map(({ fingerprint }) => fingerprint)).size, 2);
    assert.deepEqual(JSON.parse(write('gitlab', nothing)), []);
  });

  it('gitlab-sast: vulnerabilities with identifiers', () => {
    const sast = JSON.parse(write('gitlab-sast')) as {
      version: string;
      scan: Record<string, unknown>;
      vulnerabilities: { id: string; severity: string; identifiers: { type: string; value: string }[]; location: object }[];
    };
    assert.match(sast.version, /^15\./);
    assert.match(String(sast.scan.start_time), /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/);
    const [first] = sast.vulnerabilities;
    assert.equal(first!.severity, 'High');
    assert.deepEqual(first!.location, { file: 'dir/a,b:c.tf', start_line: 1, end_line: 1 });
    assert.deepEqual(
      first!.identifiers.map(({ type, value }) => [type, value]),
      [
        ['leftward_rule', 'aws/open'],
        ['cwe', '732'],
      ],
    );
  });

  it('github: one command a line, whatever the message says', () => {
    const lines = write('github').trimEnd().split('\n');
    assert.equal(lines.length, 2);
    assert.equal(
      lines[0],
      '::error file=dir/a%2Cb%3Ac.tf,line=1,endLine=1,col=5,endColumn=32,title=Bucket is <open> (aws/open)::Value "<b>&\'" is%0A::error::open | wide\u0007.',
    );
    assert.match(lines[1]!, /^::notice /);
    assert.equal(write('github', nothing), '');
  });

  it('markdown: a table with links, the worst first', () => {
    const out = write('markdown');
    assert.match(out, /^\*\*Leftward\*\* found 2 flaws in 3 files: 1 high, 1 low\.\n/);
    const row = out.split('\n').find((line) => line.startsWith('| high'))!;
    assert.equal(row.match(/(?<!\\)\|/g)!.length, 5, row);
    assert.ok(!row.includes('<b>') && row.includes('(dir/a%2Cb%3Ac.tf#L1)'));
    assert.match(write('markdown', nothing), /found nothing in 3 files/);
  });

  it('html: a page that loads nothing and runs nothing', () => {
    const out = write('html');
    assert.ok(!/<script|<b>|<default>|<y>|src=|@import|url\(/.test(out));
    assert.ok(out.includes('&#60;script&#62;alert(1)&#60;/script&#62;'));
    assert.match(out, /default-src 'none'/);
    assert.match(write('html', nothing), /Nothing found in 3 files/);
  });
});
