import assert from 'node:assert/strict';
import { applyEdits } from '../server/engine/fix.ts';
import { get } from '../server/engine/tree.ts';
import type { Span } from '../server/engine/tree.ts';
import type { Json, TreeEdit } from '../server/engine/types.ts';
import { writeHcl } from '../server/engine/write/hcl.ts';
import { terraform } from '../server/facts/terraform.ts';
import { parseHcl } from '../server/parse/hcl.ts';
import { loadParsers } from '../server/workspace/parsers.ts';

/** The text after edits on its first fact; undefined when the writer refuses. `focus` is a piece of the text. */
function write(source: string, edits: readonly TreeEdit[], focus?: string): string | undefined {
  const parsed = parseHcl({ path: 'main.tf', text: source, syntax: 'hcl' });
  const [fact] = terraform.facts(parsed, []);
  assert.ok(fact);
  const start = focus === undefined ? -1 : source.indexOf(focus);
  const span: Span = focus === undefined ? fact.head : { start, end: start + focus.length };
  const written = writeHcl(fact, edits, span);
  if (!written) return undefined;
  const result = applyEdits(source, written);
  assert.deepEqual(parseHcl({ path: 'main.tf', text: result, syntax: 'hcl' }).problems, [], result);
  return result;
}

const set = (source: string, path: string, value: Json, focus?: string): string | undefined =>
  write(source, [{ op: 'set', path, value }], focus);
const remove = (source: string, path: string, focus?: string): string | undefined => write(source, [{ op: 'remove', path }], focus);
/** A resource around some lines. */
const resource = (...lines: string[]): string =>
  ['resource "t" "n" {', ...lines.map((line) => (line ? `  ${line}` : '')), '}', ''].join('\n');

describe('write HCL', () => {
  before(loadParsers);

  it('replaces a value where it is used', () => {
    assert.equal(set(resource('acl = "public-read" # why', 'b   = 1'), 'acl', 'private'), resource('acl = "private" # why', 'b   = 1'));
    assert.equal(set(resource('acl = var.x ? "a" : var.y'), 'acl', true), resource('acl = true'));
    assert.equal(set(resource('a = [', '  "x",', ']', 'b = 2'), 'a', ['y', 1]), resource('a = ["y", 1]', 'b = 2'));
    assert.equal(set(resource('a = <<EOF', 'x', 'EOF'), 'a', null), resource('a = null'));
    const variable = 'variable "acl" {\n  default = "public-read"\n}\n';
    assert.equal(set(`${resource('acl = var.acl')}${variable}`, 'acl', 'private'), `${resource('acl = "private"')}${variable}`);
    assert.equal(
      set(resource('metadata_options {', '  http_tokens = "optional"', '}'), 'metadata_options.http_tokens', 'required'),
      resource('metadata_options {', '  http_tokens = "required"', '}'),
    );
  });

  it('adds attributes behind the last one, aligned as terraform fmt does', () => {
    assert.equal(
      set(resource('bucket = "a"', 'b      = 1 # c', '', 'v {', '}'), 'acl', 'x'),
      resource('bucket = "a"', 'b      = 1 # c', 'acl    = "x"', '', 'v {', '}'),
    );
    assert.equal(set(resource('a = 1', 'b = 2'), 'encrypted', true), resource('a         = 1', 'b         = 2', 'encrypted = true'));
    assert.equal(set(resource('a = 1', '', 'b = 2'), 'long', true), resource('a = 1', '', 'b    = 2', 'long = true'));
    assert.equal(set(resource('t = {', '  a = 1', '}'), 'long', true), resource('t = {', '  a = 1', '}', 'long = true'));
    assert.equal(set(resource('v {', '  a = 1', '}'), 'b', 2), resource('b = 2', '', 'v {', '  a = 1', '}'));
    assert.equal(set(resource('# only a comment'), 'b', 2), resource('b = 2', '# only a comment'));
  });

  it('opens what stands on one line', () => {
    assert.equal(set('resource "t" "n" {}\n', 'a', 1), 'resource "t" "n" {\n  a = 1\n}\n');
    assert.equal(set(resource('v { on = false }'), 'v.mode', 'x'), resource('v {', '  on   = false', '  mode = "x"', '}'));
    assert.equal(set(resource('v {}'), 'v.mode', 'x'), resource('v {', '  mode = "x"', '}'));
    assert.equal(set(resource('tags = { a = 1 }'), 'tags.b', 2), resource('tags = { a = 1, b = 2 }'));
    assert.equal(set(resource('tags = {}'), 'tags.b', 2), resource('tags = {', '  b = 2', '}'));
  });

  it('writes maps as blocks, and as attributes with `=`', () => {
    assert.equal(set(resource('a = 1'), 'versioning.enabled', true), resource('a = 1', '', 'versioning {', '  enabled = true', '}'));
    assert.equal(
      set(resource('a = 1'), 'rule', { on: true, apply: { sse_algorithm: 'AES256', key: 'k' } }),
      resource(
        'a = 1',
        '',
        'rule {',
        '  on = true',
        '',
        '  apply {',
        '    sse_algorithm = "AES256"',
        '    key           = "k"',
        '  }',
        '}',
      ),
    );
    assert.equal(
      set(resource('a = 1'), 'tags=', { 'b.c': 'd', e: 1 }),
      resource('a = 1', 'tags = {', '  "b.c" = "d"', '  e     = 1', '}').replace('a = 1', 'a    = 1'),
    );
    assert.equal(set(resource('tags = {', '  a = 1,', '}'), 'tags=.bc', 2), resource('tags = {', '  a  = 1,', '  bc = 2,', '}'));
    assert.equal(set('resource "t" "n" {}\n', 'v', [{ a: 1 }, { a: 2 }]), resource('v {', '  a = 1', '}', '', 'v {', '  a = 2', '}'));
  });

  it('makes several edits at once', () => {
    const edits: TreeEdit[] = [
      { op: 'set', path: 'm.a', value: 1 },
      { op: 'set', path: 'm.b', value: 2 },
      { op: 'set', path: 'cd', value: 3 },
      { op: 'remove', path: 'x' },
    ];
    assert.equal(write(resource('x = 0', 'y = 1'), edits), resource('y  = 1', 'cd = 3', '', 'm {', '  a = 1', '  b = 2', '}'));
  });

  it('keeps the line ends and indentation of the file', () => {
    const source = resource('a = 1').replaceAll('\n', '\r\n').replace('  a', '\ta');
    assert.equal(set(source, 'v.b', 2), 'resource "t" "n" {\r\n\ta = 1\r\n\r\n\tv {\r\n\t\tb = 2\r\n\t}\r\n}\r\n');
    assert.equal(remove(source, 'a'), 'resource "t" "n" {\r\n}\r\n');
  });

  it('removes whole lines, and keeps their comments', () => {
    assert.equal(remove(resource('a = 1', 'b = 2'), 'a'), resource('b = 2'));
    assert.equal(remove(resource('a = 1', '', 'v {', '  x = 1', '}'), 'v'), resource('a = 1'));
    assert.equal(remove(resource('a = 1 # why', 'b = 2'), 'a'), resource('# why', 'b = 2'));
    assert.equal(remove(resource('tags = { a = 1, b = 2 }'), 'tags.a'), resource('tags = { b = 2 }'));
    assert.equal(remove(resource('tags = { a = 1, b = 2 }'), 'tags.b'), resource('tags = { a = 1 }'));
    assert.equal(remove(resource('v { a = 1 }'), 'v.a'), resource('v { }'));
    assert.equal(remove(resource('a = 1'), 'b'), resource('a = 1'));
  });

  it('edits the list item and the block that hold the focus', () => {
    const list = resource('c = ["a", "b", "d"]');
    assert.equal(remove(list, 'c.*', '"a"'), resource('c = ["b", "d"]'));
    assert.equal(remove(list, 'c.*', '"b"'), resource('c = ["a", "d"]'));
    assert.equal(remove(list, 'c.*', '"d"'), resource('c = ["a", "b"]'));
    const places = (...words: string[]): readonly TreeEdit[] =>
      words.map((word) => ({ op: 'remove', path: 'c.*', focus: { start: list.indexOf(word), end: list.indexOf(word) + word.length } }));
    assert.equal(write(list, places('"a"', '"b"')), resource('c = ["d"]'));
    assert.equal(write(list, places('"b"', '"d"')), resource('c = ["a"]'));
    assert.equal(write(list, places('"a"', '"d"')), resource('c = ["b"]'));
    assert.equal(write(list, places('"a"', '"b"', '"d"')), resource('c = []'));
    assert.equal(set(list, 'c.*', 'x', '"b"'), resource('c = ["a", "x", "d"]'));
    assert.equal(remove(resource('c = [', '  "a",', '  "b"', ']'), 'c.*', '"b"'), resource('c = [', '  "a",', ']'));
    const blocks = resource('r {', '  a = 1', '}', 'r {', '  a = 2', '}');
    assert.equal(set(blocks, 'r.a', 3, 'a = 2'), resource('r {', '  a = 1', '}', 'r {', '  a = 3', '}'));
    assert.equal(set(blocks, 'r.a', 3), undefined);
  });

  it('replaces spans and inserts blocks', () => {
    const source = resource('a = 1');
    assert.equal(
      write(source, [{ op: 'insert', text: 'resource "u" "n" {\n  b = t.n.id\n}\n' }]),
      `${source}\nresource "u" "n" {\n  b = t.n.id\n}\n`,
    );
    const start = source.indexOf('1');
    assert.equal(write(source, [{ op: 'replace', span: { start, end: start + 1 }, text: '2' }]), resource('a = 2'));
  });

  it('edits policies in jsonencode, at their place', () => {
    const source = resource('policy = jsonencode({', '  Statement = [{ Action = "*" }]', '})');
    assert.equal(set(source, 'policy.Statement.Action', 's3:Get'), source.replace('"*"', '"s3:Get"'));
    assert.equal(
      set(source, 'policy.Version', '2012-10-17'),
      resource('policy = jsonencode({', '  Statement = [{ Action = "*" }]', '  Version   = "2012-10-17"', '})'),
    );
  });

  it('changes values in JSON within a heredoc, and nothing else there', () => {
    const source = resource('policy = <<EOF', '{ "Action": "*", "b": 1 }', 'EOF');
    assert.equal(set(source, 'policy.Action', ['s3:Get', 'a']), source.replace('"*"', '["s3:Get", "a"]'));
    assert.equal(remove(source, 'policy.b'), undefined);
  });

  it('refuses what does not stand where it seems to', () => {
    assert.equal(set(resource('tags = var.tags'), 'tags.a', 1), undefined);
    assert.equal(set(`${resource('tags = local.t')}locals {\n  t = { a = 1 }\n}\n`, 'tags.a', 2), undefined);
    assert.equal(set(resource('dynamic "v" {', '  for_each = [1]', '  content {', '    a = 1', '  }', '}'), 'v.a', 2), undefined);
    assert.equal(set(resource('policy = <<EOF', '{ "a": 1 }', 'EOF'), 'policy.b', 2), undefined);
    assert.equal(set(resource('v {', '  a = 1', '}'), 'v', 1), undefined);
  });

  it('leaves values alone that are right already', () => {
    const source = resource('a = 1');
    const parsed = parseHcl({ path: 'main.tf', text: source, syntax: 'hcl' });
    assert.equal(get(terraform.facts(parsed, [])[0]!.node, 'a')?.kind, 'scalar');
    assert.deepEqual(write(source, []), source);
  });
});
