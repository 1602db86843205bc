import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { Rule } from '../server/engine/types.ts';
import { runPool } from '../server/workspace/pool.ts';
import { checks, loadRules } from '../server/workspace/rules.ts';
import { scan, type Progress, type ScanRequest } from '../server/workspace/scan.ts';
import { unitsOf, type FileResult } from '../server/workspace/unit.ts';

describe('a scan', () => {
  let root: string;
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'leftward-'));
    for (let i = 0; i < 120; i++) {
      put(`m${i}/main.tf`, 'resource "aws_s3_bucket" "a" {\n  acl = var.acl\n}\n');
      put(`m${i}/variables.tf`, `variable "acl" {\n  default = "${i % 2 === 0 ? 'public-read' : 'private'}"\n}\n`);
    }
    put('broken.tf', 'resource "aws_s3_bucket" {{{{\n');
    put('binary.yaml', 'a\0b');
  });
  after(() => {
    rmSync(root, { recursive: true, force: true });
  });

  const run = (more: Partial<ScanRequest> = {}) =>
    scan({ root, paths: [{ path: '', folder: true }], rules: loadRules(), options: {}, ...more }, checks);
  const acls = (files: readonly FileResult[]) => files.filter(({ findings }) => findings.some(({ rule }) => rule === 'aws/s3-public-acl'));

  it('finds the same on threads as without them, in the same order, across the files of a module', async () => {
    const alone = await run({ jobs: 1 });
    const threads = await run({ jobs: 2 });
    assert.equal(alone.files.length, 242);
    assert.equal(acls(alone.files).length, 60);
    assert.deepEqual(threads, alone);
    assert.deepEqual(alone.skipped, [{ path: 'binary.yaml', reason: 'binary' }]);
    const one = acls(alone.files)
      .find(({ path }) => path === 'm0/main.tf')!
      .findings.find(({ rule }) => rule === 'aws/s3-public-acl')!;
    assert.deepEqual(
      [one.start, one.end],
      [
        { line: 1, column: 8 },
        { line: 1, column: 15 },
      ],
    );
    assert.deepEqual(one.excerpt, { text: '  acl = var.acl', from: 0 });
    assert.deepEqual(
      one.related.map(({ path, start }) => [path, start]),
      [['m0/variables.tf', { line: 1, column: 12 }]],
    );
  });

  it('tells its progress and streams results', async () => {
    const seen: Progress[] = [];
    const streamed: string[] = [];
    const result = await run({ jobs: 1, onProgress: (one) => seen.push(one), onFile: ({ path }) => streamed.push(path) });
    assert.deepEqual(seen.at(-1), { files: 242, total: 242, findings: result.files.flatMap(({ findings }) => findings).length });
    assert.deepEqual(
      streamed.sort(),
      result.files.map(({ path }) => path),
    );
  });

  for (const jobs of [1, 2]) {
    it(`stops when it is cancelled (${jobs === 1 ? 'without threads' : 'on threads'})`, async () => {
      const abort = new AbortController();
      const result = await run({ jobs, signal: abort.signal, onFile: () => abort.abort() });
      assert.equal(result.cancelled, true);
      assert.ok(result.files.length < 242, `${result.files.length} files`);
    });
  }

  it('looks at named files and folders only, each once', async () => {
    const paths = [{ path: 'm1', folder: true }, ...['m1/main.tf', 'm2/main.tf', 'gone.tf'].map((path) => ({ path, folder: false }))];
    const result = await run({ paths });
    assert.deepEqual(
      result.files.map(({ path }) => path),
      ['gone.tf', 'm1/main.tf', 'm1/variables.tf', 'm2/main.tf'],
    );
    assert.deepEqual(result.skipped, [{ path: 'gone.tf', reason: 'no longer there' }]);
  });

  it('keeps the documents of a module in one unit', () => {
    const units = unitsOf(['a/1.tf', 'a/x.js', 'b/1.tf', 'a/2.tf', 'a/1.yaml', 'a/.env', '.github/workflows/a.yml']);
    assert.deepEqual(units, [['a/1.tf', 'a/2.tf'], ['b/1.tf'], ['a/1.yaml', 'a/.env'], ['a/x.js', '.github/workflows/a.yml']]);
  });

  const pool = async (rules: readonly Rule[], units: readonly (readonly string[])[], budget?: number) => {
    const results: FileResult[] = [];
    await runPool({ root, units, rules, options: { preset: 'all' }, fixes: false }, 2, (result) => results.push(result), undefined, budget);
    return new Map(results.map(({ path, skipped }) => [path, skipped]));
  };
  const like = (more: Partial<Rule>): Rule => ({ ...loadRules().find(({ id }) => id === 'aws/s3-public-acl')!, ...more });

  it('gives up a file that takes too long, and goes on with the others', async () => {
    put('slow/main.tf', `resource "aws_s3_bucket" "a" {\n  bucket = "${'a'.repeat(60)}!"\n}\n`);
    const slow = like({ match: [{ on: [{ platform: 'terraform', type: 'aws_s3_bucket' }], where: { bucket: { matches: '^(a+)+$' } } }] });
    const results = await pool([slow], [['slow/main.tf', 'm0/main.tf'], ['m1/main.tf']], 600);
    assert.deepEqual([...results].sort(), [
      ['m0/main.tf', undefined],
      ['m1/main.tf', undefined],
      ['slow/main.tf', 'took longer than 0.6 s'],
    ]);
  });

  it('names every file when no thread can start', async () => {
    const bad = like({ match: [{ on: [{ platform: 'terraform', type: 'aws_s3_bucket' }], check: 'missing.ts' }] });
    const results = await pool([bad], [['m0/main.tf'], ['m1/main.tf']]);
    assert.equal(results.size, 2);
    for (const reason of results.values()) assert.match(reason!, /stopped: .*missing\.ts/);
  });
});
