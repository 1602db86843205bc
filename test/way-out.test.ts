import assert from 'node:assert/strict';
import { analyze } from '../server/engine/analyze.ts';
import { applyEdits } from '../server/engine/fix.ts';
import { extract } from '../server/facts/index.ts';
import { parse, syntaxOf } from '../server/parse/index.ts';
import { parseConfig } from '../server/workspace/config.ts';
import { loadParsers } from '../server/workspace/parsers.ts';
import { loadRules, ruleSetOf } from '../server/workspace/rules.ts';

/** Looks random; put together so that no scanner takes it for somebody's. */
const value = ['IJMSKAQD3Oy', 'TwV2CFhOZIR', '1mFiRkfKOS'].join('');

describe('ways out of a credential', () => {
  let rules: ReturnType<typeof ruleSetOf>;
  before(async () => {
    await loadParsers();
    rules = ruleSetOf(loadRules(), parseConfig('', ''), { preset: 'recommended' });
  });

  /** The text after the first fix of a credential in it; undefined when there is none. */
  function fixed(path: string, text: string): string | undefined {
    const document = { path, text, syntax: syntaxOf(path, text) };
    const { facts, literals } = extract(parse(document), []);
    const analysis = analyze({ document, facts, literals }, rules);
    const finding = analysis.findings.find(({ rule }) => rule === 'secrets/generic-credential');
    assert.ok(finding, 'no credential found');
    const [fix] = analysis.fixesOf(finding);
    assert.ok(!fix?.title.includes(value), 'the title shows the value');
    assert.notEqual(fix?.safe, true);
    return fix && applyEdits(text, fix.edits);
  }

  it('is the environment in a program', () => {
    assert.equal(fixed('a.js', `const apiKey = '${value}';\n`), 'const apiKey = process.env.API_KEY;\n');
    assert.equal(fixed('a.ts', `connect({ password: \`${value}\` });\n`), 'connect({ password: process.env.PASSWORD });\n');
  });

  it('is what stands before it, where that is the environment', () => {
    assert.equal(fixed('a.js', `const password = process.env.DB_PASSWORD || '${value}';\n`), 'const password = process.env.DB_PASSWORD;\n');
  });

  it('is a variable of Compose, a secret of a workflow', () => {
    const compose = `services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_PASSWORD: "${value}" # ours\n`;
    assert.equal(fixed('compose.yaml', compose), compose.replace(value, '${POSTGRES_PASSWORD}'));
    const workflow = `on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    env:\n      DB_PASSWORD: ${value}\n    steps: []\n`;
    assert.equal(fixed('.github/workflows/a.yml', workflow), workflow.replace(value, '${{ secrets.DB_PASSWORD }}'));
  });

  it('is a sensitive variable of Terraform, with a name that is free', () => {
    const text = `resource "aws_db_instance" "a" {\n  password = "${value}"\n}\nvariable "password" {}\n`;
    const after = fixed('main.tf', text) ?? '';
    assert.ok(after.includes('password = var.password_2\n'), after);
    assert.ok(after.endsWith('  sensitive   = true\n}\n'), after);
  });

  it('is not known elsewhere', () => {
    assert.equal(fixed('a.jsx', `export const A = () => <Client password="${value}" />;\n`), undefined);
    assert.equal(fixed('config.ini', `[db]\npassword = ${value}\n`), undefined);
  });
});
