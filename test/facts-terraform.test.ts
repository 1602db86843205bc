import assert from 'node:assert/strict';
import { refersTo } from '../server/engine/match.ts';
import { at, get, items, text, walk, type Node } from '../server/engine/tree.ts';
import type { Fact } from '../server/engine/types.ts';
import { terraform } from '../server/facts/terraform.ts';
import { parseHcl } from '../server/parse/hcl.ts';
import { parseJson } from '../server/parse/json.ts';
import type { Parsed } from '../server/parse/parsed.ts';
import { loadParsers } from '../server/workspace/parsers.ts';

const file = (path: string, source: string): Parsed =>
  path.endsWith('.json') ? parseJson({ path, text: source, syntax: 'json' }) : parseHcl({ path, text: source, syntax: 'hcl' });

/** The facts of the first of some files, given as path → text. */
function factsOf(sources: Readonly<Record<string, string>> | string): readonly Fact[] {
  const files = Object.entries(typeof sources === 'string' ? { 'main.tf': sources } : sources).map(([path, source]) => file(path, source));
  return terraform.facts(files[0]!, files);
}

const named = (facts: readonly Fact[], name: string): Fact => {
  const fact = facts.find((f) => f.name === name);
  assert.ok(fact, `no fact ${name} in ${facts.map((f) => f.name).join(', ')}`);
  return fact;
};

/** A node as plain data: unknowns are `{ refs }`, with `parts` where they have some; open maps have `…`. */
function plain(node: Node | undefined): unknown {
  switch (node?.kind) {
    case undefined:
      return undefined;
    case 'scalar':
      return node.value;
    case 'unknown':
      return node.parts ? { refs: node.refs, parts: node.parts } : { refs: node.refs };
    case 'list':
      return [...node.items.map(plain), ...(node.open ? ['…'] : [])];
    case 'map':
      return { ...Object.fromEntries(node.entries.map((e) => [e.key, plain(e.value)])), ...(node.open && { '…': true }) };
  }
}

/** The value of `x = <expression>` in a resource, with more top-level text. */
function value(expression: string, more = ''): Node {
  const [fact] = factsOf(`resource "t" "n" {\n  x = ${expression}\n}\n${more}`);
  const entry = fact?.node.kind === 'map' ? fact.node.entries[0] : undefined;
  assert.ok(entry);
  return entry.value;
}

const shown = (expression: string, more = ''): unknown => plain(value(expression, more));

describe('Terraform facts', () => {
  before(loadParsers);

  it('has a fact for every block that is asked about', () => {
    const source = `terraform {
}
provider "aws" {
  alias = "west"
}
variable "v" {
}
resource "aws_s3_bucket" "logs" {
}
data "aws_ami" "a" {}
module "m" {}
output "o" {}
locals {}
`;
    const facts = factsOf(source);
    assert.deepEqual(
      facts.map((f) => [f.name, f.types, source.slice(f.head.start, f.head.end)]),
      [
        ['terraform', ['terraform'], 'terraform'],
        ['provider.aws.west', ['provider.aws'], 'provider "aws"'],
        ['var.v', ['variable'], 'variable "v"'],
        ['aws_s3_bucket.logs', ['aws_s3_bucket', 'resource'], 'resource "aws_s3_bucket" "logs"'],
        ['data.aws_ami.a', ['data.aws_ami'], 'data "aws_ami" "a"'],
        ['module.m', ['module'], 'module "m"'],
        ['output.o', ['output'], 'output "o"'],
      ],
    );
    const bucket = named(facts, 'aws_s3_bucket.logs');
    assert.equal(source.slice(bucket.span.start, bucket.span.end), 'resource "aws_s3_bucket" "logs" {\n}');
  });

  it('recognises its files by name', () => {
    const known = (path: string): boolean => terraform.recognises(file(path, ''));
    assert.deepEqual(['a.tf', 'a.tf.json', 'a.tofu', 'a.tofu.json', 'x.auto.tfvars', 'x.tfvars.json'].map(known), Array(6).fill(true));
    assert.deepEqual(['a.hcl', 'package.json', 'tf.json'].map(known), [false, false, false]);
  });

  it('resolves variables where they are used and says where they are written', () => {
    const node = value('var.acl', 'variable "acl" {\n  default = "public-read"\n}\n');
    assert.deepEqual(node.span, { start: 25, end: 32 });
    assert.equal(plain(node), 'public-read');
    assert.equal(node.origin?.what, 'the default of variable `acl`');
    assert.equal(node.origin?.path, 'main.tf');
  });

  describe('local modules', () => {
    const bucket =
      'resource "aws_s3_bucket" "b" {\n  acl = var.acl\n  key = var.key\n}\nvariable "acl" { default = "private" }\nvariable "key" { default = null }\n';
    const child = (calls: Readonly<Record<string, string>>): readonly unknown[] =>
      factsOf({ 'modules/bucket/main.tf': bucket, ...calls })
        .filter((f) => f.name === 'aws_s3_bucket.b')
        .map((f) => plain(f.node));

    it('get the arguments of their calls, and say which call it is', () => {
      const main = 'module "logs" {\n  source = "./modules/bucket"\n  acl    = local.acl\n}\nlocals {\n  acl = "public-read"\n}\n';
      const facts = factsOf({ 'modules/bucket/main.tf': bucket, 'main.tf': main });
      const acl = get(named(facts, 'aws_s3_bucket.b').node, 'acl');
      assert.equal(plain(acl), 'public-read');
      assert.equal(bucket.slice(acl!.span.start, acl!.span.end), 'var.acl');
      const { path, span, what } = acl!.origin!;
      assert.deepEqual([path, main.slice(span.start, span.end)], ['main.tf', 'local.acl']);
      assert.equal(what, 'called by module.logs with acl = public-read, local `acl`');
    });

    it('keep their defaults where nobody calls them, and know a null where a call leaves it', () => {
      const unknownKey = { acl: 'private', key: { refs: ['var.key'] } };
      assert.deepEqual(child({}), [unknownKey]);
      assert.deepEqual(child({ 'a.tf': 'module "x" {\n  source = "registry/bucket/aws"\n}\n' }), [unknownKey]);
      assert.deepEqual(child({ 'a.tf': 'module "x" {\n  source = "./modules/bucket"\n  count = 0\n}\n' }), [unknownKey]);
      assert.deepEqual(child({ 'examples/all/a.tf': 'module "x" {\n  source = "../../modules/bucket"\n}\n' }), [unknownKey]);
      assert.deepEqual(child({ 'env/prod/a.tf': 'module "x" {\n  source = "../../modules/bucket/"\n}\n' }), [
        { acl: 'private', key: null },
      ]);
    });

    it('have facts for each element of a for_each', () => {
      const call =
        'module "x" {\n  source = "./modules/bucket"\n  for_each = { a = "private", b = "public-read" }\n  acl = each.value\n}\n';
      assert.deepEqual(child({ 'a.tf': call }), [
        { acl: 'private', key: null },
        { acl: 'public-read', key: null },
      ]);
      assert.deepEqual(child({ 'a.tf': call.replace(/\{ a.*\}/, 'var.all') }), [{ acl: { refs: ['var.acl'] }, key: null }]);
    });

    it('are applied by themselves as well where they have values of their own', () => {
      const files = {
        'a.tf': 'module "x" {\n  source = "./modules/bucket"\n  key = 1\n}\n',
        'modules/bucket/terraform.tfvars': 'acl = "b"\n',
      };
      assert.deepEqual(child(files), [
        { acl: 'private', key: 1 },
        { acl: 'b', key: { refs: ['var.key'] } },
      ]);
    });

    it('have facts for each call, through callers of callers as well', () => {
      const calls = {
        'a.tf':
          'module "x" {\n  source = "./modules/site"\n  acl = "public-read"\n}\nmodule "y" {\n  source = "./modules/bucket"\n  acl = aws_x.y.z\n}\n',
        'modules/site/main.tf':
          'variable "acl" {}\nmodule "z" {\n  source = "../bucket"\n  for_each = { k = var.acl }\n  acl = each.value\n}\n',
      };
      assert.deepEqual(child(calls), [
        { acl: { refs: ['var.acl'] }, key: null },
        { acl: 'public-read', key: null },
      ]);
    });

    it('end where they call each other, and where they are called too often', () => {
      const round = {
        'a/main.tf': 'module "b" {\n  source = "../b"\n}\nresource "t" "n" {}\n',
        'b/main.tf': 'module "a" {\n  source = "../a"\n}\n',
      };
      assert.equal(factsOf(round).filter((f) => f.name === 't.n').length, 1);
      const many = Array.from({ length: 30 }, (_, i) => `module "m${i}" {\n  source = "./modules/bucket"\n}\n`).join('');
      assert.equal(child({ 'a.tf': many }).length, 8);
    });

    it('keep secrets out of what is said of a call', () => {
      const facts = factsOf({
        'db/main.tf': 'variable "password" {}\nresource "t" "n" {\n  password = var.password\n}\n',
        'main.tf': 'module "d" {\n  source = "./db"\n  password = "hunter2"\n}\n',
      });
      assert.equal(get(named(facts, 't.n').node, 'password')?.origin?.what, 'called by module.d with password');
    });
  });

  it('reads variables in the order of Terraform', () => {
    const sources = {
      'm/main.tf': 'resource "t" "n" {\n  a = var.a\n  b = var.b\n  c = var.c\n  d = var.d\n}\n',
      'm/variables.tf': 'variable "a" { default = 0 }\nvariable "b" { default = 0 }\nvariable "c" {}\nvariable "d" { default = null }\n',
      'm/terraform.tfvars': 'a = 1\nb = 1\n',
      'm/x.auto.tfvars.json': '{ "b": 3 }',
      'm/a.auto.tfvars': 'b = 2\n',
      'm/prod.tfvars': 'a = 9\nc = 9\n',
      'other/terraform.tfvars': 'a = 8\nc = 8\n',
    };
    const { node } = named(factsOf(sources), 't.n');
    assert.deepEqual(plain(node), { a: 1, b: 3, c: { refs: ['var.c'] }, d: { refs: ['var.d'] } });
    assert.deepEqual(get(node, 'b')?.origin?.path, 'm/x.auto.tfvars.json');
    assert.equal(get(node, 'a')?.origin?.what, 'terraform.tfvars');
  });

  it('resolves locals over files, and ends cycles', () => {
    const facts = factsOf({
      'main.tf': 'resource "t" "n" {\n  x = local.a.b[0]\n  y = local.loop\n}\n',
      'locals.tf': 'locals {\n  a    = { b = [local.c, 2] }\n  c    = "d"\n  loop = "${local.back}-x"\n  back = local.loop\n}\n',
    });
    const { node } = named(facts, 't.n');
    assert.equal(text(node, 'x'), 'd');
    assert.equal(get(node, 'x')?.origin?.path, 'locals.tf');
    assert.equal(get(node, 'x')?.origin?.what, 'local `c`');
    assert.equal(get(node, 'y')?.kind, 'unknown');
  });

  it('evaluates operators, conditionals and templates three-valued', () => {
    const more = 'variable "on" { default = true }\nvariable "u" {}\nvariable "n" { default = "web" }\n';
    assert.equal(shown('var.on ? "a" : var.u', more), 'a');
    assert.deepEqual(shown('var.u ? "a" : "b"', more), { refs: ['var.u'] });
    assert.equal(shown('var.u ? "a" : "a"', more), 'a');
    assert.equal(shown('var.u && false', more), false);
    assert.equal(shown('var.u || var.on', more), true);
    assert.equal(shown('!var.on == false', more), true);
    assert.equal(shown('(1 + 2) * 3 - 4 / 2', more), 7);
    assert.equal(shown('var.n != "x" && 2 >= 2', more), true);
    assert.equal(shown('"a-${var.n}-${1 + 1}"', more), 'a-web-2');
    assert.deepEqual(shown('"a-${var.n}-${var.u}-z"', more), { refs: ['var.n', 'var.u'], parts: ['a-web-', undefined, '-z'] });
    assert.deepEqual(shown('1 / 0'), { refs: [] });
  });

  it('applies pure functions', () => {
    const cases: [string, unknown][] = [
      ['concat(["a"], ["b"], var.u)', ['a', 'b', '…']],
      ['merge({ a = 1, b = 1 }, { b = 2 })', { a: 1, b: 2 }],
      ['merge({ a = 1 }, var.u)', { a: { refs: [] }, '…': true }],
      ['merge(var.u, { a = 1 })', { a: 1, '…': true }],
      ['jsonencode({ Statement = [{ Effect = "Allow" }] })', { Statement: [{ Effect: 'Allow' }] }],
      ['format("%s-%d%%", "a", 3)', 'a-3%'],
      ['lookup({ a = 1 }, "b", 2)', 2],
      ['toset(["a", "a", "b"])', ['a', 'b']],
      ['upper(trimspace(" a "))', 'A'],
      ['join(",", split("-", "a-b"))', 'a,b'],
      ['replace("a.b", ".", "/")', 'a/b'],
      ['replace("a", "/a/", "b")', { refs: [] }],
      ['element(["a", "b"], 3)', 'b'],
      ['length(["a", "b"])', 2],
      ['contains(["a", var.u], "a")', true],
      ['contains(["a", var.u], "b")', { refs: ['var.u'] }],
      ['coalesce(null, "", "a")', 'a'],
      ['flatten([["a"], [["b"]]])', ['a', 'b']],
      ['try(["a"][0], "b")', 'a'],
      ['keys({ a = 1 })', ['a']],
      ['values({ a = 1 })', [1]],
      ['max([1, 3]...)', 3],
      ['tonumber("4") + 1', 5],
      ['try({ a = 1 }.b, "c")', 'c'],
      ['try(var.o.missing.deeper, var.o.a)', 1],
      ['try(var.u.a, "c")', { refs: ['var.u.a'] }],
      ['can({ a = 1 }.b)', false],
      ['can(var.o.a)', true],
      ['base64decode(base64encode("é"))', 'é'],
      ['jsondecode("{\\"a\\": [true]}")', { a: [true] }],
      ['yamldecode("a: [1]")', { a: [1] }],
      ['jsondecode(jsonencode({ a = 1 })).a', 1],
      ['one([])', null],
      ['alltrue([var.u, false])', false],
      ['anytrue([var.u, false])', { refs: ['var.u'] }],
      ['slice(reverse(["a", "b", "c"]), 0, 2)', ['c', 'b']],
      ['setunion(["a"], ["a", "b"])', ['a', 'b']],
      ['{ for s in ["a", "b", "a"] : s => s... }', { a: ['a', 'a'], b: ['b'] }],
      ['"%{ if true }a%{ endif }"', { refs: [] }],
      ['cidrsubnet("10.0.0.0/8", 8, 1)', { refs: [] }],
      ['[for s in ["a", "b"] : upper(s) if s != "b"]', ['A']],
      ['{ for k, v in { a = 1 } : "${k}x" => v + 1 }', { ax: 2 }],
      ['[{ a = 1 }, { a = 2 }][*].a', [1, 2]],
    ];
    for (const [expression, expected] of cases)
      assert.deepEqual(shown(expression, 'variable "u" {}\nvariable "o" { default = { a = 1 } }\n'), expected, expression);
  });

  it('converts values to the type of their variable', () => {
    const more = `variable "b" {
  type    = bool
  default = "true"
}
variable "l" {
  type    = list(string)
  default = [1, true]
}
variable "o" {
  type = object({
    acl     = optional(string, "public-read")
    port    = number
    inner   = optional(object({ on = optional(bool, true) }), {})
    nothing = optional(string)
  })
  default = { port = "22", acl = null, extra = 1 }
}
`;
    assert.equal(shown('var.b', more), true);
    assert.deepEqual(shown('var.l', more), ['1', 'true']);
    assert.deepEqual(shown('var.o', more), { acl: 'public-read', port: 22, inner: { on: true }, nothing: null });
    const acl = value('var.o.acl', more);
    assert.equal(acl.origin?.what, 'the default of `acl`');
    assert.deepEqual(acl.span, { start: 25, end: 34 });
  });

  it('merges override files into the blocks of the others', () => {
    const files = {
      'main.tf':
        'resource "t" "n" {\n  a = 1\n  x {\n    b = 1\n  }\n  c = var.v\n}\nvariable "v" {\n  default = 1\n}\nresource "t" "m" {\n  a = t.n.a\n}\n',
      'a_override.tf':
        'resource "t" "n" {\n  a = 2\n  d = 4\n  x {\n    e = local.l\n  }\n}\nvariable "v" {\n  default = 2\n}\nlocals {\n  l = 5\n}\n',
      'locals.tf': 'locals {\n  l = 3\n}\n',
    };
    const facts = factsOf(files);
    const { node, head } = named(facts, 't.n');
    assert.deepEqual(plain(node), { c: 2, a: 2, x: { e: 5 }, d: 4 });
    assert.deepEqual(plain(named(facts, 't.m').node), { a: 2 });
    const a = at(node, 'a').found[0]!;
    assert.equal(files['main.tf'].slice(a.node.span.start, a.node.span.end), '1');
    assert.deepEqual([a.node.origin?.path, a.node.origin?.what], ['a_override.tf', 'overridden in a_override.tf']);
    assert.deepEqual(a.entry?.keySpan, head);
    const swapped = factsOf({ 'a_override.tf': files['a_override.tf'], 'main.tf': files['main.tf'] });
    assert.deepEqual(
      swapped.map((f) => f.name),
      [],
    );
    assert.equal(factsOf({ 'a_override.tf': files['a_override.tf'] }).length, 2);
  });

  it('keeps references to resources, and resolves their plain attributes', () => {
    const bucket = 'resource "aws_s3_bucket" "b" {\n  count  = 1\n  bucket = "x"\n  acl    = "private"\n}\n';
    assert.deepEqual(shown('aws_s3_bucket.b[0].id', bucket), { refs: ['aws_s3_bucket.b.id'] });
    assert.deepEqual(shown('aws_s3_bucket.b[0].bucket', bucket), { refs: ['aws_s3_bucket.b.bucket'] });
    assert.equal(shown('aws_s3_bucket.b[0].acl', bucket), 'private');
    assert.deepEqual(shown('local.id', `${bucket}locals {\n  id = aws_s3_bucket.b[0].id\n}\n`), {
      refs: ['local.id', 'aws_s3_bucket.b.id'],
    });
  });

  it('relates facts of the whole module', () => {
    const facts = factsOf({
      'main.tf': 'resource "aws_s3_bucket" "b" {\n}\n',
      'block.tf': 'resource "aws_s3_bucket_public_access_block" "p" {\n  bucket = aws_s3_bucket.b.id\n}\n',
    });
    const { scope } = facts[0]!;
    const [block] = scope.ofType('aws_s3_bucket_public_access_block');
    assert.equal(block?.document.path, 'block.tf');
    const bucket = get(block?.node, 'bucket');
    assert.ok(bucket?.kind === 'unknown');
    assert.equal(scope.resolve(bucket.refs[0]!), facts[0]);
  });

  it('has no fact for what is not created', () => {
    const facts = factsOf(`variable "on" {
  default = false
}
resource "t" "a" {
  count = var.on ? 1 : 0
}
resource "t" "b" {
  for_each = toset([])
}
resource "t" "c" {
  count = length(var.unknown)
}
resource "t" "d" {
  for_each = toset(["x"])
  name     = each.value
}
resource "t" "e" {
  for_each = { x = { name = 1 }, y = { name = 2 } }
  name     = each.value.name
}
`);
    assert.deepEqual(facts.map((f) => f.name).slice(1), ['t.c', 't.d', 't.e', 't.e']);
    assert.equal(text(named(facts, 't.d').node, 'name'), 'x');
    assert.deepEqual(
      facts.filter((f) => f.name === 't.e').map((f) => text(f.node, 'name')),
      ['1', '2'],
    );
    const many = factsOf(
      `resource "t" "f" {\n  for_each = toset(split(",", "${Array.from({ length: 30 }, (_, i) => i).join()}"))\n  name = each.key\n}`,
    );
    assert.equal(many.length, 21);
    assert.deepEqual(plain(get(many[20]!.node, 'name')), { refs: ['each.key'] });
  });

  it('generates the blocks of dynamic', () => {
    const [known] = factsOf(`resource "t" "n" {
  dynamic "ingress" {
    for_each = [{ port = 22, cidr = "0.0.0.0/0" }, { port = 80, cidr = "10.0.0.0/8" }]
    iterator = rule
    content {
      from_port   = rule.value.port
      cidr_blocks = [rule.value.cidr]
    }
  }
}
`);
    const { found } = at(known!.node, 'ingress');
    assert.deepEqual(
      found.map((f) => plain(f.node)),
      [
        { from_port: 22, cidr_blocks: ['0.0.0.0/0'] },
        { from_port: 80, cidr_blocks: ['10.0.0.0/8'] },
      ],
    );
    assert.equal(found[0]?.entry?.block, true);
    const [unknown] = factsOf(
      'resource "t" "n" {\n  dynamic "ingress" {\n    for_each = var.rules\n    content {\n      from_port = ingress.value\n      open = true\n    }\n  }\n}\n',
    );
    assert.deepEqual(plain(unknown!.node), { ingress: { from_port: { refs: ['ingress.value'] }, open: true }, '…': true });
    assert.equal(at(unknown!.node, 'ingress').found[0]?.entry?.perhaps, true);
    assert.equal(found[0]?.entry?.perhaps, undefined);
  });

  it('reads a YAML document in a heredoc, and booleans in the spelling of Python', () => {
    const source = `resource "aws_ssm_document" "d" {
  document_format = "YAML"
  content         = <<EOF
inputs:
  kmsKeyId: \${aws_kms_key.k.arn}
  s3EncryptionEnabled: false
EOF
  enabled         = False
}`;
    const [fact] = factsOf(source);
    assert.deepEqual(plain(get(fact!.node, 'content')), {
      inputs: { kmsKeyId: { refs: ['aws_kms_key.k.arn'] }, s3EncryptionEnabled: false },
    });
    const [found] = at(fact!.node, 'content.inputs.s3EncryptionEnabled').found;
    assert.equal(source.slice(found!.node.span.start, found!.node.span.end), 'false');
    assert.equal(text(fact!.node, 'enabled'), 'false');
  });

  it('looks into policies written as text', () => {
    const source = `resource "aws_iam_policy" "p" {
  policy = <<-EOF
    {
      "Statement": [{ "Action": "s3:*", "Resource": ["\${aws_s3_bucket.b.arn}/*", "\${var.other}"] }, \${jsonencode({ A = 1 })}]
    }
  EOF
}
variable "other" {
  default = "*"
}
`;
    const [fact] = factsOf(source);
    const policy = get(fact!.node, 'policy');
    assert.deepEqual(plain(policy), {
      Statement: [{ Action: 's3:*', Resource: [{ refs: ['aws_s3_bucket.b.arn'], parts: [undefined, '/*'] }, '*'] }, { A: 1 }],
    });
    const action = get(policy, 'Statement.Action')!;
    assert.equal(source.slice(action.span.start, action.span.end), '"s3:*"');

    const quoted = value('local.p', '').kind;
    assert.equal(quoted, 'unknown');
    const [other] = factsOf('resource "t" "n" {\n  assume_role_policy = "{\\"Action\\": \\"${var.x}\\", \\"a\\": 1}"\n}\n');
    const tree = get(other!.node, 'assume_role_policy')!;
    assert.deepEqual(plain(tree), { Action: { refs: ['var.x'] }, a: 1 });
    walk(tree, (node) => assert.deepEqual(node.span, tree.span));
  });

  it('turns aws_iam_policy_document into the policy it makes', () => {
    const source = `resource "aws_sqs_queue_policy" "q" {
  policy = data.aws_iam_policy_document.d.json
}
data "aws_iam_policy_document" "d" {
  statement {
    sid       = "all"
    actions   = ["sqs:*"]
    resources = [aws_sqs_queue.q.arn]
    principals {
      type        = "AWS"
      identifiers = ["*", "arn:x"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["true"]
    }
  }
  statement {
    effect      = "Deny"
    not_actions = ["a"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}
`;
    const [fact] = factsOf(source);
    const policy = get(fact!.node, 'policy')!;
    assert.deepEqual(plain(policy), {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Sid: 'all',
          Action: ['sqs:*'],
          Resource: [{ refs: ['aws_sqs_queue.q.arn'] }],
          Principal: { AWS: ['*', 'arn:x'] },
          Condition: { Bool: { 'aws:SecureTransport': ['true'] } },
        },
        { Effect: 'Deny', NotAction: ['a'], Principal: '*' },
      ],
    });
    const [action] = items(get(policy, 'Statement.Action'));
    assert.equal(source.slice(action!.span.start, action!.span.end), 'data.aws_iam_policy_document.d.json');
    const { span } = action!.origin!;
    assert.equal(source.slice(span.start, span.end), '"sqs:*"');
  });

  it('reads the JSON form', () => {
    const facts = factsOf({
      'main.tf.json': `{
  "variable": { "acl": { "default": "public-read" } },
  "locals": { "port": 22 },
  "resource": {
    "aws_s3_bucket": {
      "b": { "acl": "\${var.acl}", "tags": { "a": "x-\${upper(\\"y\\")}-\${var.z}" }, "versioning": [{ "enabled": false }] },
      "none": { "count": 0 }
    },
    "t": { "n": [{ "dynamic": { "ingress": { "for_each": ["a"], "content": { "port": "\${local.port}", "from": "\${ingress.value}" } } } }] }
  }
}`,
    });
    assert.deepEqual(
      facts.map((f) => f.name),
      ['var.acl', 'aws_s3_bucket.b', 't.n'],
    );
    const bucket = named(facts, 'aws_s3_bucket.b');
    assert.deepEqual(plain(bucket.node), {
      acl: 'public-read',
      tags: { a: { refs: ['var.z'], parts: ['x-Y-', undefined] } },
      versioning: [{ enabled: false }],
    });
    const { document, head } = bucket;
    assert.equal(document.text.slice(head.start, head.end), '"b"');
    const acl = get(bucket.node, 'acl')!;
    assert.equal(document.text.slice(acl.span.start, acl.span.end), '"${var.acl}"');
    assert.deepEqual(plain(named(facts, 't.n').node), { ingress: { port: 22, from: 'a' } });
  });

  it('keeps its facts as long as no file changes', () => {
    const files = ['a.tf', 'b.tf'].map((path) => file(path, `resource "t" "${path[0]}" {}\n`));
    const [first] = terraform.facts(files[0]!, files);
    assert.equal(terraform.facts(files[0]!, [files[1]!])[0], first);
    assert.equal(terraform.facts(files[1]!, files)[0]?.scope, first?.scope);
    assert.notEqual(terraform.facts(files[0]!, [file('b.tf', '')])[0], first);
  });

  it('survives values that grow without bound, and depth', () => {
    const doubling = Array.from(
      { length: 40 },
      (_, i) => `  l${i + 1} = [local.l${i}, local.l${i}]\n  s${i + 1} = "\${local.s${i}}\${local.s${i}}"\n`,
    );
    const chain = Array.from({ length: 2000 }, (_, i) => `  c${i + 1} = [[[local.c${i}]]]\n`);
    const source = `resource "t" "n" {\n  a = local.l40\n  b = local.s40\n  c = local.c2000\n  d = local.c100\n}\nlocals {\n  l0 = [1]\n  s0 = "ab"\n  c0 = 1\n${doubling.join('')}${chain.join('')}}\n`;
    const started = performance.now();
    assert.equal(factsOf(source)[0]!.node.kind, 'map');
    assert.ok(performance.now() - started < 5000);
    const laughs = Array.from({ length: 9 }, (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(',')}]`).join('\\n');
    assert.equal(value(`yamldecode("l0: &l0 [x]\\n${laughs}")`).kind, 'unknown');
    const nested = `${'[for x in local.l : '.repeat(40)}1${']'.repeat(40)}`;
    assert.ok(value(nested, `locals {\n  l = [${'1, '.repeat(100)}]\n}\n`));
  });

  it('takes a reference to a resource of the same type and another name for another one, known or not', () => {
    const facts = factsOf(`
resource "aws_iam_group" "known" {}
resource "aws_iam_group_membership" "it" { group = aws_iam_group.known.name }
resource "aws_iam_group_membership" "lost" { group = aws_iam_group.lost.name }
resource "aws_iam_group_membership" "open" { group = var.group }
`);
    const refers = (name: string) =>
      refersTo(named(facts, `aws_iam_group_membership.${name}`), ['group'], named(facts, 'aws_iam_group.known'));
    assert.deepEqual(['it', 'lost', 'open'].map(refers), [true, false, undefined]);
  });
});
