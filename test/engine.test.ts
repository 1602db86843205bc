import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { compileCondition } from '../server/engine/match.ts';
import { isMutableImage, predicates } from '../server/engine/predicates.ts';
import { Lines } from '../server/engine/positions.ts';
import { suppression, suppressions, suppressor } from '../server/engine/suppress.ts';
import { at, type Entry, type Node } from '../server/engine/tree.ts';
import type { Condition, Fact, SourceDocument } from '../server/engine/types.ts';

const span = { start: 0, end: 0 };
const unknown: Node = { kind: 'unknown', span, refs: ['var.x'] };

/** A tree from plain data; `undefined` stands for an unknown value, a `$open` key opens the map. */
function tree(value: unknown): Node {
  if (value === undefined) return unknown;
  if (Array.isArray(value)) return { kind: 'list', span, items: value.map(tree) };
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).filter(([key]) => key !== '$open');
    return {
      kind: 'map',
      span,
      open: '$open' in value,
      entries: entries.map(([key, one]): Entry => ({ key, keySpan: span, span, value: tree(one) })),
    };
  }
  return { kind: 'scalar', span, value: value as string };
}

const document: SourceDocument = { path: 'main.tf', text: '', syntax: 'hcl' };
const fact = (node: Node, parent?: Fact): Fact => ({
  platform: 'terraform',
  types: ['job'],
  name: 'x',
  document,
  node,
  head: span,
  span,
  scope: { ofType: () => [], resolve: () => undefined },
  ...(parent && { parent }),
});

function truth(where: Condition, value: unknown): boolean | undefined {
  const one = fact(tree(value));
  return compileCondition(where)(one.node, one, { span }).truth;
}

describe('conditions', () => {
  const cases: [string, Condition, unknown, boolean | undefined][] = [
    ['a literal', { a: 'x' }, { a: 'x' }, true],
    ['another literal', { a: 'x' }, { a: 'y' }, false],
    ['an unknown value', { a: 'x' }, { a: undefined }, undefined],
    ['a boolean written as a string', { a: true }, { a: 'True' }, true],
    ['a number written as a string', { a: 22 }, { a: '22' }, true],
    ['a list of tests', { a: ['absent', false] }, {}, true],
    ['a list of tests, the other one', { a: ['absent', false] }, { a: false }, true],
    ['a list of tests, none', { a: ['absent', false] }, { a: true }, false],
    ['absent in an open map', { a: 'absent' }, { $open: 1, b: 1 }, undefined],
    ['absent below something unknown', { 'a.b': 'absent' }, { a: undefined }, undefined],
    ['null is absent', { a: 'absent' }, { a: null }, true],
    ['null is not present', { a: 'present' }, { a: null }, false],
    ['present', { a: 'present' }, { a: undefined }, true],
    ['any item of a list', { 'a.b': 'x' }, { a: [{ b: 'y' }, { b: 'x' }] }, true],
    [
      'one and the same item',
      { a: { b: 'x', c: 1 } },
      {
        a: [
          { b: 'x', c: 2 },
          { b: 'y', c: 1 },
        ],
      },
      false,
    ],
    ['one and the same item, there', { a: { b: 'x', c: 1 } }, { a: [{ b: 'x', c: 1 }] }, true],
    ['absent in one item', { a: { b: 'absent' } }, { a: [{ b: 1 }, {}] }, true],
    ['a wildcard', { 'a.*.c': 1 }, { a: { b: { c: 1 } } }, true],
    ['a quoted key', { 'a."x.y/z"': 'v' }, { a: { 'x.y/z': 'v' } }, true],
    ['not of a condition', { not: { a: 1 } }, { a: 2 }, true],
    ['not of an unknown condition', { not: { a: 1 } }, { a: undefined }, undefined],
    ['any', { any: [{ a: 1 }, { b: 1 }] }, { b: 1 }, true],
    ['any with an unknown', { any: [{ a: 1 }, { b: 1 }] }, { a: undefined, b: 2 }, undefined],
    ['all', { all: [{ a: 1 }, { b: 1 }] }, { a: 1, b: 2 }, false],
    ['a conjunction with one unknown', { a: 1, b: 1 }, { a: undefined, b: 1 }, undefined],
    ['a conjunction that is false all the same', { a: 1, b: 1 }, { a: undefined, b: 2 }, false],
    ['matches', { a: { matches: '^x+$' } }, { a: 'xxx' }, true],
    ['contains in a string', { a: { contains: 'b' } }, { a: 'abc' }, true],
    ['contains in a list', { a: { contains: 'b' } }, { a: ['b', 'c'] }, true],
    ['contains in a list with an unknown', { a: { contains: 'b' } }, { a: ['c', undefined] }, undefined],
    ['at-least', { a: { 'at-least': 90 } }, { a: '365' }, true],
    ['at-most', { a: { 'at-most': 90 } }, { a: 365 }, false],
    ['at-most of no number', { a: { 'at-most': 90 } }, { a: 'many' }, false],
    ['not on values', { a: { not: ['x', 'y'] } }, { a: 'z' }, true],
    ['not on values needs one', { a: { not: 'x' } }, {}, false],
    ['every value fails a test of values', { a: { every: { not: { matches: '^s' } } } }, { a: ['x'] }, true],
    ['not of a condition on each map', { a: { not: { b: 1 } } }, { a: [{ b: 2 }] }, true],
    ['every', { a: { every: { matches: '^s' } } }, { a: ['sa', 'sb'] }, true],
    ['every, one fails', { a: { every: { matches: '^s' } } }, { a: ['sa', 'tb'] }, false],
    ['empty list', { a: 'empty' }, { a: [] }, true],
    ['empty string', { a: 'empty' }, { a: '' }, true],
    ['count-at-least', { a: { 'count-at-least': 2 } }, { a: [1, 2] }, true],
    ['is, for a keyword as a literal', { a: { is: 'absent' } }, { a: 'absent' }, true],
    ['a predicate', { a: 'public-cidr' }, { a: ['10.0.0.0/8', '0.0.0.0/0'] }, true],
    ['a predicate with an argument', { a: { 'port-open': 22 } }, { a: { from_port: 0, to_port: 1024, protocol: 'tcp' } }, true],
    [
      'a predicate and a path in one block',
      { a: { '.': { 'port-open': 22 }, c: 'public-cidr' } },
      { a: [{ from_port: 22, to_port: 22, c: ['0.0.0.0/0'] }] },
      true,
    ],
  ];
  for (const [name, where, value, expected] of cases) it(name, () => assert.equal(truth(where, value), expected));

  it('do not know whether a block is present that is made for each element of an unknown list', () => {
    const block: Entry = { key: 'a', keySpan: span, span, value: tree({ b: 1 }), block: true, perhaps: true };
    const one = fact({ kind: 'map', span, entries: [block], open: true });
    const ask = (where: Condition): boolean | undefined => compileCondition(where)(one.node, one, { span }).truth;
    assert.equal(ask({ a: 'present' }), undefined);
    assert.equal(ask({ a: 'absent' }), false);
    assert.equal(ask({ 'a.b': 1 }), true);
  });

  it('climb to an enclosing fact', () => {
    const workflow: Fact = { ...fact(tree({ permissions: 'write-all' })), types: ['workflow'] };
    const step = fact(tree({}), fact(tree({}), workflow));
    assert.equal(compileCondition({ '^workflow.permissions': 'write-all' })(step.node, step, { span }).truth, true);
    assert.equal(compileCondition({ '^.permissions': 'write-all' })(step.node, step, { span }).truth, false);
  });

  it('name what is wrong with them', () => {
    assert.throws(() => compileCondition({ any: { a: 1 } }), /any.*list/);
    assert.throws(() => compileCondition({ a: { matches: '(' } }), /regular expression/i);
    assert.throws(() => compileCondition({ a: { matches: 'x', b: 1 } }), /mixes operators/);
  });
});

describe('paths', () => {
  it('say where a key is missing', () => {
    const lookup = at(tree({ a: [{ b: {} }, { b: { c: 1 } }] }), 'a.b.c');
    assert.equal(lookup.found.length, 1);
    assert.deepEqual(
      lookup.missing.map((m) => [m.entry?.key, m.depth]),
      [['b', 2]],
    );
  });
});

describe('predicates', () => {
  const is = (name: string, value: unknown, argument?: unknown): unknown => predicates[name]!(tree(value), argument);
  it('public-cidr', () => {
    for (const value of ['0.0.0.0/0', '::/0', '0.0.0.0/1', '*', 'Internet']) assert.equal(is('public-cidr', value), true, value);
    for (const value of ['10.0.0.0/8', '192.168.1.4/32', 'fc00::/7', '', 'vpc']) assert.equal(is('public-cidr', value), false, value);
    assert.equal(is('public-cidr', undefined), undefined);
  });
  it('wildcard-principal', () => {
    for (const value of ['*', { AWS: '*' }, { AWS: ['arn:aws:iam::1:root', '*'] }, { AWS: 'arn:aws:iam::*:root' }, 'arn:aws:iam::*'])
      assert.equal(is('wildcard-principal', value), true, JSON.stringify(value));
    for (const value of [{ Service: '*' }, { AWS: 'arn:aws:iam::123456789012:root' }, 'x'])
      assert.equal(is('wildcard-principal', value), false, JSON.stringify(value));
  });
  it('mutable-image', () => {
    for (const image of ['nginx', 'nginx:latest', 'localhost:5000/nginx']) assert.equal(isMutableImage(image), true, image);
    for (const image of ['nginx:1.27', 'scratch', 'localhost:5000/nginx:1', `nginx@sha256:${'a'.repeat(64)}`])
      assert.equal(isMutableImage(image), false, image);
    assert.equal(is('mutable-image', '$CI_REGISTRY_IMAGE/web'), undefined);
    assert.equal(is('mutable-image', '$CI_REGISTRY_IMAGE/web:latest'), true);
  });
  it('secret-script', () => {
    assert.equal(is('secret-script', '#!/bin/sh\nexport DB_PASSWORD=Xq7r9vLm2pTz\n'), true);
    assert.equal(is('secret-script', 'ZXhwb3J0IERCX1BBU1NXT1JEPVhxN3I5dkxtMnBUegovb3B0L2FwcC9zdGFydAo='), true);
    assert.equal(is('secret-script', 'ZXhwb3J0IEVESVRPUj12aW0K'), false);
    assert.equal(is('secret-script', 'export DB_PASSWORD=$(vault read -field=value db)'), false);
    assert.equal(is('secret-script', 'curl --data token=${TOKEN}'), false);
  });

  it('ports-at-least', () => {
    for (const value of ['8000-8019', '1-65535']) assert.equal(is('ports-at-least', value, 20), true, value);
    for (const value of ['8000-8018', '9000-8000', '443', 'web']) assert.equal(is('ports-at-least', value, 20), false, value);
    assert.equal(is('ports-at-least', undefined, 20), undefined);
  });
  it('port-open', () => {
    assert.equal(is('port-open', { from_port: 0, to_port: 65535, protocol: '-1' }, 22), true);
    assert.equal(is('port-open', { from_port: 443, to_port: 443, protocol: 'tcp' }, [22, 3389]), false);
    assert.equal(is('port-open', { from_port: 22, to_port: 22, protocol: 'udp' }, 22), false);
    assert.equal(is('port-open', { FromPort: '3389', ToPort: '3389', IpProtocol: 'tcp' }, [22, 3389]), true);
    assert.equal(is('port-open', { destination_port_ranges: ['80', '20-30'] }, 22), true);
    assert.equal(is('port-open', { protocol: 'tcp', ports: ['443'] }, 22), false);
    assert.equal(is('port-open', { protocol: 'tcp' }, 22), true);
    assert.equal(is('port-open', { ip_protocol: 'tcp', port_range: '20/25' }, 22), true);
    assert.equal(is('port-open', { ip_protocol: 'tcp', port_range: '-1/-1' }, 22), true);
    assert.equal(is('port-open', { protocol: 'TCP', port: '80,20-25' }, 22), true);
    assert.equal(is('port-open', { protocol: 'TCP', port: '80,443' }, 22), false);
    assert.equal(is('port-open', { protocol: 'ANY' }, 22), true);
    assert.equal(is('port-open', { protocol: 'tcp', port_range_min: 1, port_range_max: 100 }, 22), true);
    assert.equal(is('port-open', { from_port: undefined, to_port: 22 }, 22), undefined);
  });
});

describe('suppressions', () => {
  const check = (text: string, rule: string, line: number, head?: number): boolean => {
    const lines = new Lines(text);
    const valid = suppressions(text, lines).filter(({ reason }) => reason !== '');
    const around = head === undefined ? [] : [{ head, first: head, last: line }];
    return suppressor(text, lines, valid)({ id: rule, aliases: [] }, line, () => around) !== undefined;
  };
  it('speak for their own line', () => {
    assert.ok(check('acl = "x" # leftward-ignore aws/s3-public-acl -- a website', 'aws/s3-public-acl', 0));
    assert.ok(!check('acl = "x" # leftward-ignore aws/s3-public-acl -- a website', 'aws/other', 0));
  });
  it('speak for the next line of code when they stand alone', () => {
    const text = '# leftward-ignore aws/a, aws/b -- why\n# more words\n\nx = 1\ny = 2\n';
    assert.ok(check(text, 'aws/b', 3));
    assert.ok(!check(text, 'aws/b', 4));
  });
  it('speak for a whole fact from its header', () =>
    assert.ok(check('# leftward-ignore aws/* -- lab account\nresource {\n  x\n}', 'aws/a', 2, 1)));
  it('speak for a file', () => assert.ok(check('a\nb\n// leftward-ignore-file javascript/eval -- a REPL', 'javascript/eval', 0)));
  it('need a reason', () => {
    assert.ok(!check('x # leftward-ignore aws/a', 'aws/a', 0));
    assert.ok(!check('x # leftward-ignore aws/a --  ', 'aws/a', 0));
  });
  it('are written in the style of the line', () => {
    const text = 'a {\r\n    b = 1\r\n}\r\n';
    const edit = suppression({ path: 'main.tf', text, syntax: 'hcl' }, 'aws/a', { start: 9, end: 10 }, 'line', 'lab')!;
    assert.deepEqual(edit, { span: { start: 5, end: 5 }, text: '    # leftward-ignore aws/a -- lab\r\n' });
    assert.equal(suppression({ path: 'a.json', text: '{}', syntax: 'json' }, 'aws/a', span, 'line', 'x'), undefined);
  });
  it('take the comments of the language, and are not offered where it is not known', () => {
    const written = (path: string) => suppression({ path, text: 'x', syntax: 'text' }, 'a/b', span, 'line', 'lab')?.text;
    assert.equal(written('src/Main.java'), '// leftward-ignore a/b -- lab\n');
    assert.equal(written('pom.xml'), '<!-- leftward-ignore a/b -- lab -->\n');
    assert.equal(written('schema.sql'), '-- leftward-ignore a/b -- lab\n');
    assert.equal(written('app.properties'), '# leftward-ignore a/b -- lab\n');
    assert.equal(written('notes'), undefined);
    assert.ok(check('<!-- leftward-ignore a/b -- lab -->\nx', 'a/b', 1));
    assert.ok(check('-- leftward-ignore a/b -- lab\nx', 'a/b', 1));
  });
  it('go below a shebang', () => {
    const text = '#!/usr/bin/env node\nx\n';
    assert.equal(suppression({ path: 'a.js', text, syntax: 'javascript' }, 'a/b', span, 'file', 'x')!.span.start, 20);
  });
});

describe('lines', () => {
  it('count UTF-16 units and every kind of line end', () => {
    const lines = new Lines('a😀\r\nb\rc\n');
    assert.deepEqual(lines.position(3), { line: 0, column: 3 });
    assert.deepEqual(lines.position(5), { line: 1, column: 0 });
    assert.deepEqual(lines.position(7), { line: 2, column: 0 });
    assert.equal(lines.offset({ line: 2, column: 1 }), 8);
    assert.deepEqual(lines.position(999), { line: 3, column: 0 });
  });
});
