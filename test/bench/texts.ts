import type { SourceDocument } from '../../server/engine/types.ts';
import { syntaxOf } from '../../server/parse/index.ts';

/** A language that is measured, by the name that the tables give it. */
export interface Language {
  readonly name: string;
  /** Where such a file lies in a project. */
  readonly path: string;
  readonly languageId: string;
  /** What a file begins with, and its n-th part: code and configuration as it is written, most of it sound, some of it not. */
  readonly begin: string;
  readonly part: (n: number) => string;
  readonly end?: string;
}

/** A text of about that many lines. */
export function textOf({ begin, part, end = '' }: Language, lines: number): string {
  let text = begin;
  for (let n = 0, count = begin.split('\n').length; count < lines; n++) {
    const next = part(n);
    text += next;
    count += next.split('\n').length - 1;
  }
  return text + end;
}

export function documentOf(language: Language, lines: number): SourceDocument {
  const text = textOf(language, lines);
  return { path: language.path, text, syntax: syntaxOf(language.path, text) };
}

export const terraform: Language = {
  name: 'Terraform',
  path: 'infra/main.tf',
  languageId: 'terraform',
  begin: `terraform {
  required_version = ">= 1.6"
}

provider "aws" {
  region = var.region
}

variable "region" {
  type    = string
  default = "eu-central-1"
}

locals {
  tags = { team = "platform", stage = terraform.workspace }
}
`,
  part: (n) => `
# Uploads of customer ${n}
resource "aws_s3_bucket" "uploads_${n}" {
  bucket = "uploads-${n}-\${var.region}"
  tags   = merge(local.tags, { Name = "uploads-${n}" })
}

resource "aws_s3_bucket_public_access_block" "uploads_${n}" {
  bucket                  = aws_s3_bucket.uploads_${n}.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = ${n % 5 === 0 ? 'false' : 'true'}
}

resource "aws_security_group" "web_${n}" {
  name        = "web-${n}"
  description = "Traffic to web ${n}"
  vpc_id      = module.network.vpc_id

  ingress {
    from_port   = ${n % 4 === 0 ? 22 : 443}
    to_port     = ${n % 4 === 0 ? 22 : 443}
    protocol    = "tcp"
    cidr_blocks = [${n % 4 === 0 ? '"0.0.0.0/0"' : 'var.office'}]
  }

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

data "aws_iam_policy_document" "reader_${n}" {
  statement {
    actions   = ["s3:GetObject", "s3:ListBucket"]
    resources = ["\${aws_s3_bucket.uploads_${n}.arn}/*"]
  }
}

resource "aws_iam_policy" "reader_${n}" {
  name   = "reader-${n}"
  policy = data.aws_iam_policy_document.reader_${n}.json
}

resource "aws_db_instance" "orders_${n}" {
  identifier          = "orders-${n}"
  engine              = "postgres"
  instance_class      = "db.t3.medium"
  storage_encrypted   = ${n % 3 === 0 ? 'false' : 'true'}
  publicly_accessible = false
  password            = var.password_${n}
  for_each            = toset(var.zones)
}
`,
};

const cloudformation: Language = {
  name: 'CloudFormation',
  path: 'stacks/template.yaml',
  languageId: 'yaml',
  begin: `AWSTemplateFormatVersion: '2010-09-09'
Description: Storage and databases
Parameters:
  Stage:
    Type: String
    Default: test
Conditions:
  IsLive: !Equals [!Ref Stage, live]
Resources:
`,
  part: (n) => `  Uploads${n}:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub 'uploads-${n}-\${Stage}'
      AccessControl: ${n % 5 === 0 ? 'PublicRead' : 'Private'}
      Tags:
        - Key: team
          Value: platform
  Web${n}:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: Traffic to web ${n}
      VpcId: !ImportValue network-vpc
      SecurityGroupIngress:
        - IpProtocol: tcp
          FromPort: ${n % 4 === 0 ? 22 : 443}
          ToPort: ${n % 4 === 0 ? 22 : 443}
          CidrIp: ${n % 4 === 0 ? '0.0.0.0/0' : '10.0.0.0/8'}
  Orders${n}:
    Type: AWS::RDS::DBInstance
    Properties:
      Engine: postgres
      DBInstanceClass: db.t3.medium
      StorageEncrypted: !If [IsLive, true, false]
      MasterUsername: orders
      MasterUserPassword: !Sub '{{resolve:secretsmanager:orders-${n}:SecretString:password}}'
      PubliclyAccessible: false
  Reader${n}:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: reader-${n}
      Roles: [!Ref Role]
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Action: [s3:GetObject, s3:ListBucket]
            Resource: !GetAtt Uploads${n}.Arn
`,
};

const kubernetes: Language = {
  name: 'Kubernetes',
  path: 'k8s/apps.yaml',
  languageId: 'yaml',
  begin: `apiVersion: v1
kind: Namespace
metadata:
  name: shop
`,
  part: (n) => `---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web-${n}
  namespace: shop
  labels: { app: web-${n} }
spec:
  replicas: 3
  selector:
    matchLabels: { app: web-${n} }
  template:
    metadata:
      labels: { app: web-${n} }
    spec:
      automountServiceAccountToken: false
      containers:
        - name: web
          image: registry.example.com/shop/web:${n % 4 === 0 ? 'latest' : `1.${n}.0`}
          ports:
            - containerPort: 8080
          env:
            - name: DATABASE_HOST
              value: orders-${n}.internal
            - name: DATABASE_PASSWORD
              valueFrom:
                secretKeyRef: { name: orders-${n}, key: password }
          resources:
            limits: { cpu: 500m, memory: 256Mi }
            requests: { cpu: 100m, memory: 128Mi }
          securityContext:
            allowPrivilegeEscalation: ${n % 3 === 0 ? 'true' : 'false'}
            readOnlyRootFilesystem: true
            runAsNonRoot: true
            capabilities: { drop: [ALL] }
          livenessProbe:
            httpGet: { path: /health, port: 8080 }
      volumes:
        - name: cache
          emptyDir: {}
---
apiVersion: v1
kind: Service
metadata:
  name: web-${n}
  namespace: shop
spec:
  type: ${n % 6 === 0 ? 'NodePort' : 'ClusterIP'}
  selector: { app: web-${n} }
  ports:
    - port: 80
      targetPort: 8080
`,
};

const dockerfile: Language = {
  name: 'Dockerfile',
  path: 'Dockerfile',
  languageId: 'dockerfile',
  begin: 'ARG NODE=20.19\n',
  part: (n) => `
# Stage ${n} builds its own part
FROM node:\${NODE}-alpine AS build${n}
WORKDIR /app
ENV NODE_ENV=production \\
    PORT=80${n % 90}
COPY package.json package-lock.json ./
RUN apk add --no-cache ${n % 3 === 0 ? 'curl' : 'curl=8.5.0-r0'} \\
 && npm ci --omit=dev \\
 && rm -rf /root/.npm
COPY --chown=node:node . .
RUN ${n % 4 === 0 ? 'curl -s https://example.com/install.sh | sh' : `npm run build -- --part ${n}`}
USER ${n % 5 === 0 ? 'root' : 'node'}
EXPOSE 80${n % 90}
HEALTHCHECK CMD wget -q -O- http://localhost:80${n % 90}/health || exit 1
CMD ["node", "server.js"]
`,
};

const workflow: Language = {
  name: 'GitHub Actions',
  path: '.github/workflows/build.yml',
  languageId: 'github-actions-workflow',
  begin: `name: Build
on:
  push:
    branches: [main]
  pull_request:
permissions:
  contents: read
jobs:
`,
  part: (n) => `  part-${n}:
    runs-on: ubuntu-24.04
    timeout-minutes: 20
    strategy:
      matrix:
        node: [20, 22]
    steps:
      - uses: actions/checkout@${n % 3 === 0 ? 'v4' : '692973e3d937129bcbf40652eb9f2f61becf3332'}
        with:
          persist-credentials: false
      - uses: actions/setup-node@1e60f620b9541d16bece96c5465dc8ee9832be0b
        with:
          node-version: \${{ matrix.node }}
      - name: Build part ${n}
        env:
          TITLE: \${{ github.event.pull_request.title }}
        run: |
          npm ci
          npm run build -- --part ${n}
          echo "${n % 4 === 0 ? '${{ github.event.pull_request.title }}' : '$TITLE'}"
      - name: Publish
        if: github.ref == 'refs/heads/main' && matrix.node == 20
        run: npm publish --provenance
        env:
          NODE_AUTH_TOKEN: \${{ secrets.NPM_TOKEN }}
`,
};

const json: Language = {
  name: 'JSON',
  path: 'stacks/template.json',
  languageId: 'json',
  begin: '{\n  "AWSTemplateFormatVersion": "2010-09-09",\n  "Resources": {\n',
  part: (n) => `    "Uploads${n}": {
      "Type": "AWS::S3::Bucket",
      "Properties": {
        "BucketName": { "Fn::Sub": "uploads-${n}-\${Stage}" },
        "AccessControl": "${n % 5 === 0 ? 'PublicRead' : 'Private'}",
        "Tags": [{ "Key": "team", "Value": "platform" }]
      }
    },
    "Web${n}": {
      "Type": "AWS::EC2::SecurityGroup",
      "Properties": {
        "GroupDescription": "Traffic to web ${n}",
        "VpcId": { "Fn::ImportValue": "network-vpc" },
        "SecurityGroupIngress": [
          {
            "IpProtocol": "tcp",
            "FromPort": ${n % 4 === 0 ? 22 : 443},
            "ToPort": ${n % 4 === 0 ? 22 : 443},
            "CidrIp": "${n % 4 === 0 ? '0.0.0.0/0' : '10.0.0.0/8'}"
          }
        ]
      }
    },
    "Orders${n}": {
      "Type": "AWS::RDS::DBInstance",
      "Properties": {
        "Engine": "postgres",
        "DBInstanceClass": "db.t3.medium",
        "StorageEncrypted": true,
        "MasterUsername": "orders",
        "PubliclyAccessible": false
      }
    },
`,
  end: '    "Last": { "Type": "AWS::SNS::Topic" }\n  }\n}\n',
};

/** A router of Express with a helper or two: some input ends where it shouldn't, most is checked first. */
function route(n: number, typed: boolean): string {
  const request = typed ? 'req: Request, res: Response' : 'req, res';
  const text = typed ? ': string' : '';
  return `
/** Orders of shop ${n}. */
function describe${n}(order${typed ? ': Order' : ''}, locale${text} = 'en')${text} {
  const date = new Intl.DateTimeFormat(locale).format(order.created);
  const lines = order.items.map((item) => \`\${item.count} × \${item.title}\`);
  return [date, ...lines].filter(Boolean).join('\\n');
}

app.get('/shops/${n}/orders/:id', async (${request}) => {
  const { id } = req.params;
  const limit = Math.min(Number(req.query.limit ?? 20), 100);
  if (!/^\\d+$/.test(id)) return res.status(400).json({ error: 'not a number' });
  const rows = await pool.query('SELECT * FROM orders WHERE id = $1 LIMIT $2', [id, limit]);
  const order = rows[0];
  if (!order) {
    res.status(404).json({ error: 'no such order' });
    return;
  }
  res.set('Cache-Control', 'no-store').json({ ...order, text: describe${n}(order, req.acceptsLanguages()[0]) });
});

app.post('/shops/${n}/report', async (${request}) => {
  const name = String(req.body.name ?? '').trim();
  const target = path.join(reports, ${n % 3 === 0 ? 'name' : `'${n}.pdf'`});
  try {
    const found = await pool.query(${n % 4 === 0 ? "`SELECT * FROM reports WHERE name = '${name}'`" : "'SELECT * FROM reports WHERE name = $1', [name]"});
    for (const report of found) {
      if (report.size > 1_000_000) continue;
      await fs.promises.writeFile(target, report.body);
    }
    execFile('pdftk', [target, 'output', \`/var/reports/${n}.pdf\`], (error) => {
      if (error) logger.warn({ error, shop: ${n} }, 'report failed');
    });
    res.redirect(${n % 5 === 0 ? 'req.query.next' : `'/shops/${n}'`});
  } catch (error) {
    logger.error(error);
    res.status(500).end();
  }
});
`;
}

const javascript: Language = {
  name: 'JavaScript',
  path: 'src/server.js',
  languageId: 'javascript',
  begin: `const { execFile } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const express = require('express');
const { pool } = require('./database');
const logger = require('./logger');

const app = express();
const reports = process.env.REPORTS ?? '/var/reports';
`,
  part: (n) => route(n, false),
};

const typescript: Language = {
  name: 'TypeScript',
  path: 'src/server.ts',
  languageId: 'typescript',
  begin: `import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import express, { type Request, type Response } from 'express';
import { pool } from './database.ts';
import { logger } from './logger.ts';

interface Order {
  readonly created: Date;
  readonly items: readonly { readonly count: number; readonly title: string }[];
}

const app = express();
const reports: string = process.env.REPORTS ?? '/var/reports';
`,
  part: (n) => route(n, true),
};

export const languages: readonly Language[] = [terraform, cloudformation, kubernetes, dockerfile, workflow, json, javascript, typescript];
