import assert from 'node:assert/strict';
import { codeModel } from '../server/dataflow/model.ts';
import { compilePattern } from '../server/dataflow/pattern.ts';
import { Lines } from '../server/engine/positions.ts';
import type { CodeHit, CodeMatch } from '../server/engine/types.ts';
import { parseJavaScript } from '../server/parse/javascript.ts';

function search(match: CodeMatch, text: string, path = 'a.tsx'): readonly CodeHit[] {
  const document = { path, text, syntax: 'javascript' as const };
  const { program } = parseJavaScript(document);
  assert.ok(program, 'no program');
  return codeModel(document, program).search([{ rule: 'r', index: 0, match }]);
}

function linesOf(match: CodeMatch | string, text: string, path?: string): number[] {
  const lines = new Lines(text);
  return search(typeof match === 'string' ? { code: [match] } : match, text, path).map((hit) => lines.position(hit.span.start).line + 1);
}

/** Snippet, code, the lines it is found on. */
const table: readonly (readonly [string, string, readonly number[]])[] = [
  // Imports and aliases
  ['child_process.exec($X, ...)', `const { exec: run } = require('node:child_process');\nrun(a);\nexec(b);`, [2]],
  ['child_process.exec($X, ...)', `import cp from 'child_process';\ncp.exec(a, b);`, [2]],
  ['child_process.exec($X, ...)', `import * as cp from 'node:child_process';\ncp.exec(a);\ncp.execFile(b);`, [2]],
  ['child_process.exec($X, ...)', `import { exec as go } from 'child_process';\ngo(a);`, [2]],
  ['child_process.exec($X, ...)', `import cp = require('child_process');\ncp.exec(a);`, [2]],
  ['child_process.exec($X, ...)', `require('child_process').exec(a);`, [1]],
  ['child_process.exec($X, ...)', `const exec = require('child_process').exec;\nexec(a);`, [2]],
  ['child_process.exec($X, ...)', `const p = require('util').promisify(require('child_process').exec);\np(a);`, [2]],
  ['child_process.exec($X, ...)', `let exec;\nexec = require('child_process').exec;\nexec(a);`, [3]],
  ['child_process.exec($X, ...)', `const cp = await import('child_process');\ncp.exec(a);`, [2]],
  ['child_process.exec($X, ...)', `function exec() {}\nexec(a);`, []],
  ['child_process.exec($X, ...)', `import { exec } from './mine';\nexec(a);`, []],
  ['js-yaml.load($X)', `import yaml from 'js-yaml';\nyaml.load(a);`, [2]],
  ['fs/promises.readFile($X, ...)', `import { promises as fs } from 'fs';\nfs.readFile(a);`, [2]],
  ['express-session({ secret: "...", ... })', `const session = require('express-session');\napp.use(session({ secret: 'x', a: 1 }));`, [2]],
  ['node-fetch($X)', `import fetch from 'node-fetch';\nfetch(url);`, [2]],
  ['express().disable($X)', `const express = require('express');\nconst app = express();\napp.disable('etag');`, [3]],
  ['pg.Client().query($X)', `class A { db = new (require('pg').Client)(); f() {\n this.db.query(x); } }`, [2]],
  // Globals and names as written
  ['document.cookie = $X', `window.document.cookie = a;\ndocument.cookie = b;\nx.cookie = c;`, [1, 2]],
  ['eval($X)', `eval(a);\nfunction f(eval) { eval(b); }\nwindow.eval(c);`, [1, 3]],
  ['res.redirect($X)', `app.get('/', (req, res) => res.redirect(a));\nother.redirect(b);`, [1]],
  ['process.env.TLS = "0"', `process.env.TLS = '0';\nprocess.env['TLS'] = "0";\nprocess.env.TLS = '1';`, [1, 2]],
  // Metavariables, lists, strings
  ['$X === $X', `a.b === a.b;\na.b === a.c;`, [1]],
  ['f(..., $X)', `f(1, 2, x);\nf();`, [1]],
  ['f($X, $Y)', `f(1);\nf(1, 2);\nf(1, 2, 3);`, [2]],
  [
    'crypto.createHash("md5")',
    `import crypto from 'crypto';\nconst alg = 'md5';\ncrypto.createHash(alg);\ncrypto.createHash(\`md5\`);\ncrypto.createHash('sha1');`,
    [3, 4],
  ],
  ['crypto.createHash("md5")', `let alg = 'md5';\nalg = other();\nrequire('crypto').createHash(alg);`, []],
  ['fetch("http://...")', `fetch('http://a' + '.b');\nfetch('https://a');`, [1]],
  ['f("...")', `f('a');\nf(a);\nf(1);`, [1]],
  ['f(1024)', `f(1024);\nf(1 << 10);\nf(512 * 2);`, [1, 3]],
  ['[..., "none", ...]', `x = ['a', 'none'];\ny = ['a'];`, [1]],
  // Objects
  ['({ secure: false, ... })', `f({ secure: false, a });\nf({ secure: true });\nf({ 'secure': false });`, [1, 3]],
  ['f({ !secure: $_, ... })', `f({ a: 1 });\nf({ secure: true });\nf({ ...rest });\nf({});`, [1, 4]],
  ['f({ a: 1 })', `f({ a: 1 });\nf({ a: 1, b: 2 });`, [1]],
  ['f({ a: { b: true, ... }, ... })', `const o = { b: true };\nf({ c, a: o });`, [2]],
  ['({ secure: false, ... })', `f({\n  a,\n  secure: false,\n});`, [3]],
  ['f({ secure: false, ... })', `const o = { secure: false };\no.secure = true;\nf(o);`, []],
  ['f({ "x-y": $X, ... })', `f({ 'x-y': 1 });`, [1]],
  // Members, casts, optional chaining
  ['$X.innerHTML = $Y', `el.innerHTML = a;\na.b().innerHTML = b;\nel.textContent = c;`, [1, 2]],
  ['$X.query("..." + $Y, ...)', `db.query('a' + b);\ndb.query('a' + b + 'c' + d);\ndb.query(a + b);`, [1, 2]],
  ['$X.query(`...${$Y}...`, ...)', 'db.query(`a ${b} c`);\ndb.query(`a`);\ndb.query(`${a}${b}`, c);', [1, 3]],
  ['$X.foo($Y)', `a?.foo(b);\n(a as any).foo(b!);\na.b.foo?.(b);`, [1, 2, 3]],
  ['f(false)', `f(false as boolean);\nf(!1);`, [1, 2]],
  ['$O[$K]', `a[b];\na.b;`, [1]],
  ['new Buffer($X)', `new Buffer(a);\nBuffer(b);`, [1]],
  ['new Function(...)', `new Function('a', b);\nFunction(b);`, [1]],
  // Other shapes
  ['<$T dangerouslySetInnerHTML={$V} />', `const a = <p id="x" dangerouslySetInnerHTML={{ __html: x }}>y</p>;\nconst b = <p />;`, [1]],
  ['<iframe sandbox="..." />', `const a = <iframe src="x" sandbox="allow-scripts" />;\nconst b = <frame sandbox="x" />;`, [1]],
  ['(...) => {...}', `f((a, b) => { g(); });`, [1]],
  ['({ origin: (...) => true, ... })', `f({ origin: () => true });\nf({ origin: () => false });`, [1]],
  ['$X.replace(/...<.../, ...)', `a.replace(/[<>]/g, '');\na.replace(/>/g, '');`, [1]],
  ['/(a+)+$/', `x = /(a+)+$/;\ny = /a/;`, [1]],
  ['typeof $X === "..."', `typeof a === 'b';`, [1]],
  ['debugger', `debugger;`, [1]],
];

describe('dataflow: patterns', () => {
  for (const [snippet, code, expected] of table) {
    it(`${snippet} in ${JSON.stringify(code.slice(0, 60))}`, () => assert.deepEqual(linesOf(snippet, code), expected));
  }

  it('refuses what is no snippet, and names it', () => {
    for (const snippet of ['f(', '$X', '', 'a b']) assert.throws(() => compilePattern(snippet), /snippet/);
  });

  it('leaves out what `not` matches', () => {
    assert.deepEqual(linesOf({ code: ['eval($X)'], not: ['eval("...")'] }, `eval('1');\neval(a);`), [2]);
  });

  it('tests metavariables', () => {
    const code = `f('abc');\nf('xyz');\nf(abc);`;
    assert.deepEqual(linesOf({ code: ['f($X)'], where: { X: { matches: '^a' } } }, code), [1, 3]);
    assert.deepEqual(linesOf({ code: ['f($X)'], where: { X: ['xyz', 'no'] } }, code), [2]);
    assert.deepEqual(linesOf({ code: ['f($X)'], where: { X: { not: { matches: '^a' } } } }, code), [2]);
    assert.deepEqual(linesOf({ code: ['f($X)'], where: { X: { 'at-most': 2047 } } }, `f(1024);\nf(4096);`), [1]);
  });

  it('tests the names that a value gets', () => {
    const match: CodeMatch = { code: ['Math.random()'], where: { NAMED: { matches: 'token|password' } } };
    const code = [
      `const token = Math.random().toString(36);`,
      `user.token = Math.floor(Math.random() * 9);`,
      `f({ password: 'x' + Math.random() });`,
      `function token() { let s = ''; for (;;) s += A[Math.floor(Math.random() * 9)]; return s; }`,
      `const token2 = Array.from({ length: 8 }, () => A.charAt(Math.random() * 9)).join('');`,
      `const colour = Math.random();`,
      `const tokens = lines(Math.random());`,
      `token(() => { x = Math.random(); });`,
    ].join('\n');
    assert.deepEqual(linesOf(match, code), [1, 2, 3, 4, 5]);
  });

  it('tells constants from what is made', () => {
    assert.deepEqual(linesOf({ code: ['f($X)'], where: { X: { literal: true } } }, `const a = 'b';\nf(a);\nf(c);`), [2]);
  });

  it('tells what the metavariables stand for', () => {
    const [hit] = search({ code: ['$X.innerHTML = $Y'] }, `el.innerHTML = a + b;`);
    assert.deepEqual(hit!.bindings, {
      X: { text: 'el', span: { start: 0, end: 2 } },
      Y: { text: 'a + b', span: { start: 15, end: 20 } },
    });
  });

  it('finds a node once, whatever the number of snippets', () => {
    assert.deepEqual(linesOf({ code: ['f($X)', 'f(...)'] }, `f(1)`), [1]);
  });
});

describe('dataflow: replacements', () => {
  const replaced = (code: string, snippet: string, text: string): string | undefined => {
    const [hit] = search({ code: [code] }, text);
    const edits = hit?.replace(snippet);
    if (!edits) return undefined;
    return [...edits].reverse().reduce((out, { span, text: t }) => out.slice(0, span.start) + t + out.slice(span.end), text);
  };

  it('fills in the metavariables', () => {
    assert.equal(
      replaced('$X.innerHTML = $Y', '$X.textContent = $Y', `el.innerHTML = /* keep */ (a);`),
      `el.textContent = /* keep */ (a);`,
    );
  });
  it('changes only what differs, so that `...` and comments stay', () => {
    assert.equal(
      replaced('f({ secure: false, ... })', 'f({ secure: true, ... })', `f({ a: 1, secure: false /* why */, b });`),
      `f({ a: 1, secure: true /* why */, b });`,
    );
  });
  it('keeps the name that the file gives an import', () => {
    assert.equal(
      replaced('crypto.createHash("md5")', 'crypto.createHash("sha256")', `import { createHash as h } from 'crypto';\nh('md5');`),
      `import { createHash as h } from 'crypto';\nh('sha256');`,
    );
    assert.equal(
      replaced('child_process.exec($X)', 'child_process.execFile($X)', `import cp from 'child_process';\ncp.exec(a);`),
      `import cp from 'child_process';\ncp.execFile(a);`,
    );
  });
  it('gives up where another import would be needed', () => {
    assert.equal(
      replaced('child_process.exec($X)', 'child_process.execFile($X)', `import { exec } from 'child_process';\nexec(a);`),
      undefined,
    );
  });

  it('asks about the rest of the file', () => {
    const match: CodeMatch = { code: ['express()'], has: ['$APP.listen(...)'], lacks: ['helmet(...)'] };
    const app = `import express from 'express';\nconst app = express();\n`;
    assert.deepEqual(linesOf(match, app), []);
    assert.deepEqual(linesOf(match, `${app}app.listen(80);`), [2]);
    assert.deepEqual(linesOf(match, `import helmet from 'helmet';\n${app}app.use(helmet());\napp.listen(80);`), []);
  });

  it('asks about the expression that a name stands for', () => {
    const match: CodeMatch = { code: ['$R.test($X)'], where: { R: { regex: 'wide-range' } } };
    assert.deepEqual(linesOf(match, `const name = /^[A-z]+$/;\nname.test(a);\n/^[a-z]+$/.test(b);\nnew RegExp('[A-z]').test(c);`), [2, 4]);
  });
});
