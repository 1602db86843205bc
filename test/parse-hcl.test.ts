import assert from 'node:assert/strict';
import { at, entryOf, get, text, type Node } from '../server/engine/tree.ts';
import { parseHcl, parseTemplate } from '../server/parse/hcl.ts';
import type { HclUnknown } from '../server/parse/hcl-expression.ts';
import { loadParsers } from '../server/workspace/parsers.ts';

const parse = (source: string): ReturnType<typeof parseHcl> => parseHcl({ path: 'main.tf', text: source, syntax: 'hcl' });
const tree = (source: string): Node => parse(source).trees[0]!;
const value = (source: string): Node => entryOf(tree(`x = ${source}\n`), 'x')!.value;
const scalar = (source: string): unknown => {
  const node = value(source);
  return node.kind === 'scalar' ? node.value : node.kind;
};
/** Keys of the first block and of the file, to see what survives. */
const keys = (node: Node | undefined): string[] => (node?.kind === 'map' ? node.entries.map((e) => e.key) : []);

describe('parse HCL', () => {
  before(loadParsers);

  it('reads literals', () => {
    assert.equal(scalar('"a\\n\\"b\\" \\u00e9 $${c} %%{d}"'), 'a\n"b" é ${c} %{d}');
    assert.equal(scalar('"  blanks  "'), '  blanks  ');
    assert.equal(scalar('0x1F'), 31);
    assert.equal(scalar('-1.5e3'), -1500);
    assert.equal(scalar('true'), true);
    assert.equal(scalar('null'), null);
    assert.equal(scalar('(("a"))'), 'a');
    assert.equal(scalar('"$not {a} template"'), '$not {a} template');
  });

  it('reads heredocs', () => {
    assert.equal(scalar('<<EOF\n  a\n b\\n $${c}\nEOF'), '  a\n b\\n ${c}\n');
    assert.equal(scalar('<<-EOF\n    a\n      b\n\n    c\n  EOF'), 'a\n  b\n\nc\n');
    const node = value('<<-EOF\n    a ${var.x}\n    b\n    EOF');
    assert.deepEqual(node.kind === 'unknown' && node.parts, ['a ', undefined, '\nb\n']);
  });

  it('reads collections as lists and maps', () => {
    const node = value('{ a = [1, "b", { "c.d" : true }], (var.k) = 2, "${var.p}-x" = 3 }');
    assert.equal(text(node, 'a."c.d"'), 'true');
    assert.deepEqual(keys(node), ['a', 'var.k', '"${var.p}-x"']);
  });

  it('keeps references and operations', () => {
    const refs = (source: string): unknown => {
      const node = value(source);
      return node.kind === 'unknown' ? node.refs : node.kind;
    };
    assert.deepEqual(refs('aws_s3_bucket.logs[0].id'), ['aws_s3_bucket.logs.id']);
    assert.deepEqual(refs('data.x.y[*].z'), ['data.x.y.z']);
    assert.deepEqual(refs('var.a ? f(local.b, [each.value.c]) : "${module.d.e}-f"'), ['var.a', 'local.b', 'each.value.c', 'module.d.e']);
    assert.deepEqual(refs('[for k, v in var.a : v.id if v.x != var.b]'), ['var.a', 'var.b']);
    assert.deepEqual(refs('-a.b + c.d * 2'), ['a.b', 'c.d']);
    const operation = (value('f(x...)') as HclUnknown).operation;
    assert.ok(operation?.kind === 'call' && operation.spread && operation.name === 'f');
    const template = value('"a-${var.b}"');
    assert.deepEqual(template.kind === 'unknown' && [template.refs, template.parts], [['var.b'], ['a-', undefined]]);
    const only = value('"${var.b}"');
    assert.deepEqual(only.span, { start: 4, end: 14 });
    assert.equal((only as HclUnknown).operation?.kind, 'traversal');
  });

  it('gives UTF-16 spans', () => {
    const source = '# 😀é\nresource "aws_s3_bucket" "😀" {\n  acl = "😀-${var.x}"\n  b   = "c"\n}\n';
    const root = tree(source);
    const { entry } = at(root, 'resource').found[0]!;
    assert.deepEqual(entry?.labels, ['aws_s3_bucket', '😀']);
    assert.equal(entry?.block, true);
    const b = at(root, 'resource.b').found[0]!;
    assert.equal(source.slice(b.node.span.start, b.node.span.end), '"c"');
    assert.equal(source.slice(b.entry!.span.start, b.entry!.span.end), 'b   = "c"');
    assert.equal(source.slice(entry.value.span.start, entry.value.span.end).at(0), '{');
  });

  describe('half-typed', () => {
    const cases: [string, string, string[]][] = [
      ['a value to come', 'a "x" {\n  acl =\n  b = 2\n}\nc {}\n', ['acl', 'b']],
      ['a value to come before a block', 'a "x" {\n  acl =\n  b {\n  }\n}\nc {}\n', ['acl', 'b']],
      ['a value to come at the end', 'a "x" {\n  b = 2\n  acl = \n}\nc {}\n', ['b', 'acl']],
      ['an open string', 'a "x" {\n  acl = "pub\n  b = 2\n}\nc {}\n', ['acl', 'b']],
      ['a lone quote', 'a "x" {\n  acl = "\n  b = "c"\n}\nc {}\n', ['acl', 'b']],
      ['an open template', 'a "x" {\n  acl = "${var.\n  b = 2\n}\nc {}\n', ['acl', 'b']],
      ['a trailing dot', 'a "x" {\n  acl = var.\n  b = 2\n}\nc {}\n', ['acl', 'b']],
      ['a trailing operator', 'a "x" {\n  acl = 1 +\n  b = 2\n}\nc {}\n', ['acl', 'b']],
      ['an open list', 'a "x" {\n  acl = ["a",\n  b = 2\n}\nc {}\n', ['acl', 'b']],
      ['an open call', 'a "x" {\n  acl = f(1,\n  b {\n  }\n}\nc {}\n', ['acl', 'b']],
      ['a word', 'a "x" {\n  ac\n  b = 2\n}\nc {}\n', ['b']],
      ['a block header', 'a "x" {\n  acl "y"\n  b = 2\n}\nc {}\n', ['b']],
      ['a stray bracket', 'a "x" {\n  ]\n  b = 2\n}\nc {}\n', ['b']],
    ];
    for (const [name, source, expected] of cases) {
      it(`keeps the rest: ${name}`, () => {
        const parsed = parse(source);
        const root = parsed.trees[0]!;
        assert.deepEqual(keys(root), ['a', 'c']);
        assert.deepEqual(keys(get(root, 'a')), expected);
        assert.ok(parsed.problems.length > 0);
        const acl = get(root, 'a.acl');
        if (acl) assert.equal(acl.kind, 'unknown');
      });
    }

    it('closes an unclosed block before the next top-level one', () => {
      const root = tree('resource "a" "b" {\n  c {\n    d = 1\n\nresource "e" "f" {\n  g = 2\n}\n');
      assert.deepEqual(keys(root), ['resource', 'resource']);
      assert.equal(text(root, 'resource.c.d'), '1');
      assert.equal(text(root, 'resource.g'), '2');
    });

    it('ends an unclosed heredoc before the next top-level block', () => {
      const root = tree('resource "a" "b" {\n  c = <<EOF\n  x\n}\nresource "e" "f" {\n  g = 2\n}\n');
      assert.equal(text(root, 'resource.g'), '2');
    });

    it('survives every cut of a file', () => {
      for (let end = 0; end <= sample.length; end++) {
        const parsed = parse(sample.slice(0, end));
        assert.equal(parsed.trees.length, 1);
      }
      for (let start = 0; start < sample.length; start += 7) parse(sample.slice(0, start) + sample.slice(start + 5));
    });

    it('survives depth and garbage', () => {
      for (const source of [
        `a = ${'['.repeat(10_000)}`,
        `a = ${'['.repeat(10_000)}${']'.repeat(10_000)}`,
        'a {\n'.repeat(10_000),
        `a = ${'"${'.repeat(3_000)}`,
        `a = 1${' + 1'.repeat(10_000)}`,
        `a = a${'.b'.repeat(10_000)}`,
        `a = "\0"\nb = '\u{1}'`,
        'a = } { [ " << '.repeat(500),
      ]) {
        assert.equal(parse(source).trees.length, 1);
      }
    });
  });

  it('parses the templates of other syntaxes', () => {
    const span = { start: 3, end: 9 };
    const node = parseTemplate('a-${lookup(var.m, "k")}', span);
    assert.deepEqual(node.kind === 'unknown' && [node.refs, node.parts, node.span], [['var.m'], ['a-', undefined], span]);
    const only = parseTemplate('${var.x}', span) as HclUnknown;
    assert.equal(only.operation?.kind, 'traversal');
    assert.deepEqual(parseTemplate('plain', span), { kind: 'scalar', span, value: 'plain' });
  });
});

const sample = `# A module 😀
terraform {
  required_version = ">= 1.5"
}

variable "acl" {
  type    = string
  default = "private"
}

locals {
  name = "logs-\${var.env}"
  tags = merge({ a = "b" }, var.tags)
}

/* A bucket
   and its policy */
resource "aws_s3_bucket" "logs" {
  count  = var.on ? 1 : 0
  bucket = local.name // the name
  acl    = var.acl
  tags   = { for k, v in local.tags : k => upper(v) if v != "" }

  dynamic "cors_rule" {
    for_each = toset(["a", "b"])
    content {
      allowed_origins = [cors_rule.value, "*"]
    }
  }

  policy = <<-EOF
    {
      "Statement": [{ "Action": "s3:*", "Resource": "\${aws_s3_bucket.logs[0].arn}/*" }]
    }
  EOF

  lifecycle {
    ignore_changes = [acl]
  }
}

output "id" {
  value = aws_s3_bucket.logs[*].id
}
`;
