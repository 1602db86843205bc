import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, before, beforeEach, describe, it } from 'mocha';
import { ruleSet } from '../server/engine/analyze.ts';
import { Calls } from '../server/workspace/calls.ts';
import { readText, type Read } from '../server/workspace/files.ts';
import { sharesModule } from '../server/workspace/modules.ts';
import { loadParsers } from '../server/workspace/parsers.ts';
import { Kept, Project } from '../server/workspace/project.ts';
import { checks, loadRules } from '../server/workspace/rules.ts';

const bucket = 'resource "aws_s3_bucket" "a" {\n  bucket = "a"\n  acl    = var.acl\n}\n';
const variable = (value: string): string => `variable "acl" {\n  default = "${value}"\n}\n`;

describe('a project', () => {
  const rules = () => ruleSet(loadRules(), checks);
  let root: string;
  before(loadParsers);
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'leftward-'))));
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const open = (): Project => {
    const set = rules();
    return new Project(root, () => set);
  };
  const found = (project: Project, path: string): string[] => project.analysisOf(path).findings.map(({ rule }) => rule);
  const acl = 'aws/s3-public-acl';

  it('reads a module together, and sees its files change on disk', () => {
    put('main.tf', bucket);
    put('other/variables.tf', variable('public-read'));
    const project = open();
    assert.ok(!found(project, 'main.tf').includes(acl), 'another folder is another module');
    put('variables.tf', variable('public-read'));
    assert.ok(found(project, 'main.tf').includes(acl), 'a new file');
    put('variables.tf', variable('private'));
    utimesSync(join(root, 'variables.tf'), 1, 1);
    assert.ok(!found(project, 'main.tf').includes(acl), 'a changed file');
    put('terraform.tfvars', 'acl = "public-read"\n');
    assert.ok(found(project, 'main.tf').includes(acl), 'values from .tfvars');
    rmSync(join(root, 'terraform.tfvars'));
    assert.ok(!found(project, 'main.tf').includes(acl), 'a deleted file');
  });

  it('lets buffers win over the disk until they are closed', () => {
    put('main.tf', bucket);
    put('variables.tf', variable('private'));
    const project = open();
    project.open('variables.tf', variable('public-read'));
    assert.ok(found(project, 'main.tf').includes(acl));
    project.close('variables.tf');
    assert.ok(!found(project, 'main.tf').includes(acl));
    project.open('unsaved.tf', 'resource "aws_s3_bucket" "b" {\n  acl = "public-read"\n}\n');
    assert.ok(found(project, 'unsaved.tf').includes(acl), 'a document that is on no disk');
  });

  it('analyses again only when something changed', () => {
    put('main.tf', bucket);
    put('variables.tf', variable('private'));
    const project = open();
    project.open('main.tf', bucket);
    const first = project.analysisOf('main.tf');
    project.open('main.tf', bucket);
    assert.equal(project.analysisOf('main.tf'), first);
    project.open('main.tf', bucket + '\n');
    assert.notEqual(project.analysisOf('main.tf'), first);
    let set = rules();
    const other = new Project(root, () => set);
    const one = other.analysisOf('main.tf');
    assert.equal(other.analysisOf('main.tf'), one);
    set = rules();
    assert.notEqual(other.analysisOf('main.tf'), one, 'other rules');
  });

  it('says which open documents another one affects', () => {
    const project = open();
    for (const path of ['a/main.tf', 'a/variables.tf', 'b/main.tf', 'a/app.js', 'k/one.yaml', 'k/two.yaml']) project.open(path, '');
    assert.deepEqual(project.affectedBy('a/variables.tf'), ['a/main.tf']);
    assert.deepEqual(project.affectedBy('a/new.tf'), ['a/main.tf', 'a/variables.tf']);
    assert.deepEqual(project.affectedBy('k/two.yaml'), ['k/one.yaml']);
    assert.deepEqual(project.affectedBy('a/app.js'), []);
    assert.ok(sharesModule('a/main.tofu', 'a/more.tofu.json'));
    assert.ok(sharesModule('compose.yaml', '.env') && sharesModule('chart/templates/sub/x.yaml', 'chart/values.yaml'));
    assert.ok(!sharesModule('.github/workflows/a.yml', '.github/workflows/b.yml') && !sharesModule('package.json', 'tsconfig.json'));
  });

  it('knows the calls of a local module, on disk and in buffers', () => {
    put('modules/bucket/main.tf', bucket + variable('private'));
    put('modules/bucket/outputs.tf', '');
    const call = (acl: string): string => `module "logs" {\n  source = "../modules/bucket"\n  acl    = "${acl}"\n}\n`;
    const project = open();
    const child = 'modules/bucket/main.tf';
    assert.ok(!found(project, child).includes(acl), 'called by nobody');
    project.open(child, bucket + variable('private'));
    project.open('live/main.tf', call('public-read'));
    assert.deepEqual(project.affectedBy('live/main.tf'), [child]);
    const finding = project.analysisOf(child).findings.find(({ rule }) => rule === acl)!;
    assert.equal(finding.span.start, bucket.indexOf('var.acl'));
    assert.deepEqual(finding.related, [
      { path: 'live/main.tf', span: { start: 58, end: 71 }, message: 'called by module.logs with acl = public-read' },
    ]);
    assert.equal(project.analysisOf(child), project.analysisOf(child), 'kept while nothing changes');
    project.open('live/main.tf', '');
    assert.deepEqual(project.affectedBy('live/main.tf'), [child], 'it was called until now');
    assert.ok(!found(project, child).includes(acl));
    assert.deepEqual(project.affectedBy('live/main.tf'), []);
    put('live/prod/main.tf', call('public-read').replace('..', '../..'));
    project.invalidate('live/prod/main.tf');
    assert.ok(found(project, child).includes(acl), 'a new file that calls it');
    assert.deepEqual(project.dependentsOf('live/prod/main.tf'), [child, 'modules/bucket/outputs.tf']);
    rmSync(join(root, 'live'), { recursive: true });
    project.invalidate('live');
    assert.ok(!found(project, child).includes(acl), 'a folder that went');
  });

  it('says why a file is skipped or limited, and never throws', () => {
    put('binary.tf', 'a\0b');
    put('large.yaml', `password: &x 1\n${'# filler\n'.repeat(120_000)}`);
    put('deep.json', '['.repeat(10_000));
    const project = open();
    assert.equal(project.analysisOf('binary.tf').skipped, 'binary');
    assert.equal(project.analysisOf('missing.tf').skipped, 'no longer there');
    assert.match(project.analysisOf('large.yaml').limited!, /larger than 1 MB/);
    assert.equal(project.analysisOf('deep.json').skipped, undefined);
    assert.equal(project.analysisOf('../outside/none.tf').skipped, 'no longer there');
  });
});

describe('projects of a scan', () => {
  before(loadParsers);

  it('read what calls many modules once', () => {
    const files: Readonly<Record<string, string>> = {
      'main.tf': 'module "a" {\n  source = "./a"\n}\nmodule "b" {\n  source = "./b"\n}\n',
      'a/main.tf': 'variable "x" {}\n',
      'b/main.tf': 'variable "x" {}\n',
    };
    const root = mkdtempSync(join(tmpdir(), 'leftward-kept-'));
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const reads: string[] = [];
    const read = (absolute: string): Read => {
      reads.push(absolute.slice(root.length + 1));
      return readText(absolute);
    };
    const rules = ruleSet([]);
    const calls = new Calls(root);
    const kept = new Kept();
    for (const folder of ['a', 'b']) {
      const project = new Project(root, () => rules, read, true, calls, undefined, kept);
      project.analysisOf(`${folder}/main.tf`);
      assert.equal(project.siblingsOf(`${folder}/main.tf`).length, 1);
    }
    assert.deepEqual(reads.sort(), ['a/main.tf', 'b/main.tf', 'main.tf']);
    rmSync(root, { recursive: true, force: true });
  });
});
