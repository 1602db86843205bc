import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ruleSet, type RuleSet } from '../server/engine/analyze.ts';
import { Imports } from '../server/workspace/imports.ts';
import { loadParsers } from '../server/workspace/parsers.ts';
import { Project } from '../server/workspace/project.ts';
import { readPages } from '../server/workspace/rules.ts';
import { checks } from '../rules/checks.ts';

const handler = (use: string, imports: string) => `${imports}\nrequire('express')().get('/', (req, res) => { ${use}; res.end(); });\n`;
const run = "const { exec } = require('child_process');\n";

describe('taint across files', () => {
  let root: string;
  let rules: RuleSet;
  before(async () => {
    await loadParsers();
    rules = ruleSet(
      readPages().flatMap(({ rule }) => (rule && /^javascript\/(?:command|sql|nosql)-injection$/.test(rule.id) ? [rule] : [])),
      checks,
    );
  });
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'leftward-imports-'))));
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });
  const write = (files: Readonly<Record<string, string>>): void => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
  };
  const projectOf = (): Project => new Project(root, () => rules);
  const found = (project: Project, path = 'app.js'): readonly string[] =>
    project.analysisOf(path).findings.map(({ rule, related }) => `${rule} ${related.map((one) => one.path).join(' ')}`);
  const flows = ['javascript/command-injection app.js app.js lib/run.js'];

  it('follows what is handed to a function of another file, however it is exported and imported', () => {
    const ways: readonly (readonly [string, string, string])[] = [
      ["const lib = require('./lib/run')", 'lib.run(req.query.x)', `${run}exports.run = (x) => exec('ls ' + x);`],
      ["const lib = require('./lib/run')", 'lib.run(req.query.x)', `${run}module.exports = { run(x) { exec(x); } };`],
      [
        "const { Runner } = require('./lib/run')",
        'new Runner().run(req.query.x)',
        `${run}function Runner() { this.run = (x) => exec(x); }\nmodule.exports = { Runner };`,
      ],
      [
        "const Runner = require('./lib/run')",
        'new Runner().run(req.query.x)',
        `${run}function Runner() {}\nRunner.prototype.run = function (x) { exec(x); };\nmodule.exports = Runner;`,
      ],
      ["const { run: go } = require('./lib/run.js')", 'go(req.query.x)', `${run}function run(x) { exec(x); }\nmodule.exports.run = run;`],
      ["const go = require('./lib/run')", 'go(req.query.x)', `${run}module.exports = function (x) { exec(x); };`],
      ["const Runner = require('./lib/run')", 'new Runner().run(req.query.x)', `${run}module.exports = class { run(x) { exec(x); } };`],
      [
        "import { run } from './lib/run.js'",
        'run(req.query.x)',
        "import { exec } from 'child_process';\nexport function run(x) { exec(x); }",
      ],
      [
        "import * as lib from './lib/run.js'",
        'lib.run(req.query.x)',
        "import { exec } from 'child_process';\nexport const run = async (x) => exec(x);",
      ],
      ["import go from './lib/run.js'", 'go(req.query.x)', "import { exec } from 'child_process';\nexport default (x) => exec(x);"],
      [
        "import { lib } from './lib/run.js'",
        'lib.run(req.query.x)',
        "import { exec } from 'child_process';\nexport const lib = { run: (x) => exec(x) };",
      ],
      [
        "import { Runner } from './lib/run.js'",
        'Runner.run(req.query.x)',
        "import { exec } from 'child_process';\nexport class Runner { static run(x) { exec(x); } }",
      ],
      [
        "import { runner } from './lib/run.js'",
        'runner.run(req.query.x)',
        "import { exec } from 'child_process';\nclass Runner { run(x) { exec(x); } }\nexport const runner = new Runner();",
      ],
    ];
    for (const [imports, use, library] of ways) {
      write({ 'app.js': handler(use, imports), 'lib/run.js': library });
      assert.deepEqual(found(projectOf()), flows, `${imports} | ${library}`);
    }
  });

  it('goes on through files that only pass on', () => {
    write({
      'app.js': handler('all.run(req.query.x)', "import * as all from './lib'"),
      'lib/index.js': "export * from './run.js';\n",
      'lib/run.js': "import { shell } from './shell.js';\nexport const run = (x) => shell(`ls ${x}`);\n",
      'lib/shell.ts': "import { exec } from 'node:child_process';\nexport function shell(command: string): void { exec(command); }\n",
    });
    assert.deepEqual(found(projectOf()), ['javascript/command-injection app.js app.js lib/run.js lib/shell.ts']);
  });

  it('knows what another file returns, and what it makes harmless', () => {
    write({
      'app.js': handler(
        "exec('ls ' + lib.dir(req)); exec('ls ' + lib.size(req)); lib.safe(req.query.x)",
        `${run}const lib = require('./lib/input')`,
      ),
      'lib/input.js':
        "const { execFile } = require('child_process');\nmodule.exports = { dir: (req) => req.query.dir, size: (req) => Number(req.query.n), safe: (x) => execFile('ls', [x]) };\n",
    });
    assert.deepEqual(found(projectOf()), ['javascript/command-injection lib/input.js app.js']);
  });

  it('holds injected services by their type', () => {
    write({
      'app.ts':
        "import { Get, Query } from '@nestjs/common';\nimport { Runner } from './lib/runner';\nclass C {\n  constructor(private readonly runner: Runner) {}\n  @Get() all(@Query('q') q: string) { return this.runner.run(q); }\n}\n",
      'lib/runner.ts': "import { exec } from 'child_process';\nexport class Runner { run(q: string) { exec('grep ' + q); } }\n",
    });
    assert.deepEqual(found(projectOf(), 'app.ts'), ['javascript/command-injection app.ts app.ts lib/runner.ts']);
  });

  it('does not take a function of the project for that of a library', () => {
    write({
      'app.js': handler('users.find(req.query)', "const users = require('./lib/users')"),
      'lib/users.js': 'exports.find = (q) => q.length;\n',
    });
    assert.deepEqual(found(projectOf()), []);
    write({ 'lib/users.js': "module.exports = require('mongoose').model('User', {});\n" });
    assert.equal(found(projectOf()).length, 1, 'a model is a library');
  });

  it('sees changes of what is imported, in the editor and on disk', () => {
    write({ 'app.js': handler('lib.run(req.query.x)', "const lib = require('./lib/run')"), 'lib/run.js': 'exports.run = (x) => x;\n' });
    const project = projectOf();
    project.open('app.js', handler('lib.run(req.query.x)', "const lib = require('./lib/run')"));
    assert.deepEqual(found(project), []);
    const before = project.analysisOf('app.js');
    assert.equal(project.analysisOf('app.js'), before, 'nothing changed, so nothing is done');
    project.open('lib/run.js', `${run}exports.run = (x) => exec(x);\n`);
    assert.deepEqual(project.affectedBy('lib/run.js'), ['app.js']);
    assert.deepEqual(found(project), flows);
    project.close('lib/run.js');
    assert.deepEqual(found(project), []);
    write({ 'lib/run.js': `${run}exports.run = (x) => exec(x);\n` });
    project.invalidate('lib/run.js');
    assert.deepEqual(found(project), flows);
    unlinkSync(join(root, 'lib/run.js'));
    project.invalidate('lib/run.js');
    assert.deepEqual(found(project), []);
  });

  it('survives files that import each other, are damaged, or lie outside', () => {
    write({
      'app.js': handler(
        'a.run(req.query.x); b.x(req.query.x)',
        "const a = require('./lib/run'); const b = require('./lib/b'); require('../../etc/passwd')",
      ),
      'lib/run.js': `${run}const b = require('./b');\nexports.run = (x) => b.run(x);\nexports.go = (x) => exec(x);\n`,
      'lib/b.js': "const a = require('./run');\nexports.run = (x) => a.go(x);\nexports.x = (\n",
    });
    assert.deepEqual(projectOf().analysisOf('app.js').failures, []);
    const imports = new Imports(root);
    assert.equal(imports.lookup(new Set()).foreign('../../../etc/passwd', 'app.js', []), undefined);
  });
});
