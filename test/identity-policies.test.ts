import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { predicates } from '../server/engine/predicates.ts';
import { entryOf, items, text, type Node } from '../server/engine/tree.ts';
import type { Syntax } from '../server/engine/types.ts';
import { extract } from '../server/facts/index.ts';
import { parse } from '../server/parse/index.ts';
import { loadParsers } from '../server/workspace/parsers.ts';

/** The actions of each statement, behind the name of what holds it. */
function statements(source: string, path = 'main.tf', syntax: Syntax = 'hcl'): string[] {
  const { facts } = extract(parse({ path, text: source, syntax }), []);
  return facts
    .filter(({ types }) => types[0] === 'identity-statement')
    .map(({ name, node, parent }) => {
      assert.equal(parent?.name, name);
      const actions = items(entryOf(node, 'Action')?.value).map((action) => text(action) ?? '?');
      return `${name}: ${text(node, 'Effect') ?? '?'} ${actions.join(' ')}`;
    });
}

describe('identity policies', () => {
  before(loadParsers);

  it('are found in every form that Terraform has', () => {
    const source = `
resource "aws_iam_policy" "a" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = ["s3:GetObject", "s3:PutObject"], Resource = "*" }] })
}
resource "aws_iam_user_policy" "b" {
  policy = <<EOT
{ "Statement": { "Effect": "Deny", "Action": "iam:*", "Resource": "\${var.arn}" } }
EOT
}
resource "aws_iam_role" "c" {
  inline_policy {
    policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sqs:*" }, { Effect = "Allow", Action = var.action }] })
  }
}
resource "aws_ssoadmin_permission_set_inline_policy" "d" {
  inline_policy = local.d
}
locals {
  d = jsonencode({ Statement = [{ Effect = "Allow", Action = "*" }] })
}`;
    assert.deepEqual(statements(source), [
      'aws_iam_policy.a: Allow s3:GetObject s3:PutObject',
      'aws_iam_user_policy.b: Deny iam:*',
      'aws_iam_role.c: Allow sqs:*',
      'aws_iam_role.c: Allow ?',
      'aws_ssoadmin_permission_set_inline_policy.d: Allow *',
    ]);
  });

  it('of a policy document are found once, where it stands, and not in those for resources', () => {
    const source = `
data "aws_iam_policy_document" "a" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["*"]
  }
}
resource "aws_iam_role_policy" "a" {
  policy = data.aws_iam_policy_document.a.json
}
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}`;
    assert.deepEqual(statements(source), ['data.aws_iam_policy_document.a: Allow s3:GetObject']);
  });

  it('are not those that only limit what others allow', () => {
    const source = `
data "aws_iam_policy_document" "limits" {
  statement {
    actions   = ["*"]
    resources = ["*"]
  }
}
resource "aws_organizations_policy" "limits" {
  content = data.aws_iam_policy_document.limits.json
}
data "aws_iam_policy_document" "boundary" {
  statement {
    actions   = ["s3:*"]
    resources = ["*"]
  }
}
resource "aws_iam_policy" "boundary" {
  policy = data.aws_iam_policy_document.boundary.json
}
resource "aws_iam_policy" "other" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "*" }] })
}
resource "aws_iam_policy" "written" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sqs:*" }] })
}
resource "aws_iam_role" "a" {
  permissions_boundary = aws_iam_policy.boundary.arn
}
resource "aws_iam_user" "b" {
  permissions_boundary = aws_iam_policy.written.arn
}`;
    assert.deepEqual(statements(source), ['aws_iam_policy.other: Allow *']);
  });

  it('are found in CloudFormation and SAM', () => {
    const source = `
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyDocument:
            Statement:
              Effect: Allow
              Action: s3:*
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      Policies:
        - AWSLambdaBasicExecutionRole
        - Statement: [{ Effect: Allow, Action: [sqs:SendMessage] }]
`;
    assert.deepEqual(statements(source, 'template.yaml', 'yaml'), ['Role: Allow s3:*', 'Worker: Allow sqs:SendMessage']);
  });

  it('of Ansible are in the words of Terraform', () => {
    const source = `
- hosts: localhost
  tasks:
    - name: policy
      community.aws.iam_managed_policy:
        policy_name: admin
        policy:
          Statement: [{ Effect: Allow, Action: "*", Resource: "*" }]
`;
    assert.deepEqual(
      statements(source, 'playbook.yml', 'yaml').map((said) => said.replace(/^.*: /, '')),
      ['Allow *'],
    );
  });

  it("name every resource of a kind, also of an account that isn't known", () => {
    const span = { start: 0, end: 0 };
    const ask = (node: Node): boolean | undefined => predicates['every-resource']!(node, undefined);
    const asked = (value: string): boolean | undefined => ask({ kind: 'scalar', span, value });
    for (const value of [
      '*',
      'arn:aws:s3:::*',
      'arn:aws:s3:::*/*',
      'arn:aws:iam::111122223333:role/*',
      'arn:aws:sqs:*:*:*',
      'arn:aws-cn:ssm:*:*:parameter/*',
    ])
      assert.equal(asked(value), true, value);
    for (const value of ['', 'arn:aws:s3:::logs/*', 'arn:aws:iam::111122223333:role/app-*', 'arn:aws:ssm:*:*:parameter/shop/*', 'role/*'])
      assert.equal(asked(value), false, value);
    const pieces = (...parts: (string | undefined)[]): boolean | undefined => ask({ kind: 'unknown', span, refs: [], parts });
    assert.equal(pieces('arn:aws:iam::', undefined, ':role/*'), true);
    assert.equal(pieces('arn:aws:iam::', undefined, ':role/', undefined), undefined);
    assert.equal(pieces(undefined, '/*'), undefined);
  });
});
