import type { File } from '@babel/types';
import { canonicalName, lastName } from '../dataflow/names.ts';
import type { Node as Syntax } from '../dataflow/nodes.ts';
import { scopesOf, type Place } from '../dataflow/scopes.ts';
import type { Entry, MapNode, Node, ScalarValue, Span } from '../engine/tree.ts';
import type { Fact, Notation, Platform, SourceDocument } from '../engine/types.ts';
import { cdkConstant, cdkFacts, cdkResource } from './cdk.ts';
import { scopeOf } from './extractor.ts';
import { objectFacts } from './kubernetes.ts';
import { valueOf, type Reader } from './program-values.ts';
import { pulumiConstant, pulumiKubernetes, pulumiType } from './pulumi-names.ts';
import { camelCase, snakeCase } from './words.ts';

const libraries = /@pulumi\/|aws-cdk-lib|@aws-cdk\/|cdktf/;

/** What a `new` makes, in the words of another platform. */
interface Kind {
  readonly platform: Platform;
  readonly type: string;
  /** Which argument holds the properties. */
  readonly index: number;
  readonly key: (name: string) => string;
  readonly constant?: (canonical: string) => ScalarValue | undefined;
  /** A Kubernetes object: its `apiVersion`. */
  readonly version?: string;
  /** The properties of a construct in those of its resource. */
  readonly properties?: (given: MapNode) => MapNode;
}

interface Made extends Kind {
  readonly node: Extract<Syntax, { type: 'NewExpression' }>;
  readonly place: Place;
  readonly name: string;
  readonly address: string;
}

/**
 * The resources that a program of Pulumi, the AWS CDK or CDK for Terraform makes, as facts of Terraform, CloudFormation and Kubernetes. What is computed is
 * unknown; every span stays where it is.
 */
export function programFacts(document: SourceDocument, program: File): readonly Fact[] {
  if (!libraries.test(document.text)) return [];
  const scopes = scopesOf(program);
  const made = new Map<Syntax, Made>();
  for (const place of scopes.places) {
    const { node } = place;
    if (node.type !== 'NewExpression') continue;
    const name = canonicalName(node.callee, place.scope, scopes);
    const kind = name === undefined ? undefined : kindOf(name);
    if (!kind) continue;
    const called = variableOf(place.parent) ?? firstText(node) ?? lastName(node.callee) ?? '';
    const address = kind.platform === 'cloudformation' ? called : `${kind.type}.${called}`;
    made.set(node, { ...kind, node, place, name: called, address });
  }
  const facts: Fact[] = [];
  const scope = scopeOf(() => facts);
  for (const one of made.values()) {
    const reader: Reader = {
      path: document.path,
      scopes,
      key: one.key,
      address: (node) => made.get(node)?.address,
      ...(one.constant && { constant: one.constant }),
    };
    facts.push(...factsOf(one, reader, document, scope));
  }
  facts.push(...cdkFacts(document, scopes, scope, (node) => made.get(node)?.address));
  return facts;
}

function kindOf(name: string): Kind | undefined {
  const kubernetes = pulumiKubernetes(name);
  if (kubernetes) return { platform: 'kubernetes', type: kubernetes.kind, version: kubernetes.apiVersion, index: 1, key: (key) => key };
  const pulumi = pulumiType(name);
  if (pulumi !== undefined) return { platform: 'terraform', type: pulumi, index: 1, key: argument, constant: pulumiConstant };
  const terraform = cdktfType(name);
  if (terraform !== undefined) return { platform: 'terraform', type: terraform, index: 2, key: snakeCase };
  const cdk = cdkResource(name);
  return cdk && { platform: 'cloudformation', index: 2, constant: cdkConstant, ...cdk };
}

/** Arguments begin with a small letter; a key that doesn't is part of a value: `Statement` in a policy. */
function argument(key: string): string {
  return /^[A-Z]/.test(key) ? key : snakeCase(key);
}

/** `cdktf_provider_aws.lib.s3_bucket.S3Bucket` and `./.gen/providers/aws/s3-bucket.S3Bucket` are `aws_s3_bucket`. */
function cdktfType(name: string): string | undefined {
  const found = /^(?:cdktf_provider_|(?:\.\.?\/)+\.gen\/providers\/)([a-z]+)(?:[./][\w./-]*)?\.([A-Z]\w*)$/.exec(name);
  if (!found) return undefined;
  const [, provider, construct] = found;
  // The last `A` keeps names apart that the construct itself has.
  const words = snakeCase(construct!.replace(/([a-z\d])A$/, '$1'));
  return words.startsWith('data_')
    ? `data.${words.slice(5)}`
    : words.endsWith('_provider')
      ? `provider.${provider}`
      : `${provider}_${words}`;
}

/** The name that keeps what is made: `const logs = new …`, `this.logs = new …`, `logs: new …`. */
function variableOf(parent: Syntax): string | undefined {
  switch (parent.type) {
    case 'VariableDeclarator':
      return parent.id.type === 'Identifier' ? parent.id.name : undefined;
    case 'AssignmentExpression':
      return lastName(parent.left);
    default:
      return undefined;
  }
}

function firstText(node: Made['node']): string | undefined {
  const text = node.arguments.slice(0, 2).find((argument) => argument.type === 'StringLiteral');
  return text?.type === 'StringLiteral' ? text.value : undefined;
}

function factsOf(made: Made, reader: Reader, document: SourceDocument, scope: Fact['scope']): readonly Fact[] {
  const { node, place, platform, type, name, address } = made;
  const span = { start: node.start!, end: node.end! };
  const head = oneLine(document, { start: node.start!, end: node.callee.end! });
  const given = node.arguments[made.index];
  const written: Node = given ? valueOf(given, place.scope, reader) : { kind: 'map', entries: [], span: head };
  const own: MapNode = written.kind === 'map' ? written : { kind: 'map', entries: [], open: true, span: written.span };
  const properties = made.properties ? made.properties(own) : own;
  // A construct has words of its own, that a fix can't know.
  const notation = made.properties ? unwritable : notationOf(document, platform);
  const base = { document, head, span, scope, address, name: platform === 'cloudformation' ? name : `${type}.${name}` };
  if (platform === 'kubernetes') {
    const found: Fact[] = [];
    objectFacts({ platform, document, scope, notation }, objectOf(properties, made, head), type, found);
    return found;
  }
  if (platform === 'terraform') return [{ ...base, platform, types: [type, 'resource'], node: properties, notation }];
  const parent: Fact = { ...base, platform, types: ['definition'], node: { kind: 'map', entries: [], open: true, span } };
  return [{ ...base, platform, types: [type, 'resource'], node: properties, parent, notation }];
}

function objectOf(properties: MapNode, { type, version }: Made, head: Span): MapNode {
  const named = (key: string, value: string): Entry => ({ key, keySpan: head, span: head, value: { kind: 'scalar', span: head, value } });
  return { ...properties, entries: [named('apiVersion', version ?? ''), named('kind', type), ...properties.entries] };
}

const unwritable: Notation = { node: () => undefined, edit: () => undefined };

/** Edits are written into the object literals, with the names that the program's library has. */
function notationOf({ text }: SourceDocument, platform: Platform): Notation {
  const spelled = platform === 'kubernetes' ? (key: string) => key : camelCase;
  return {
    node: (of) => (of.kind === 'map' && text[of.span.start] === '{' ? asWritten(of, text) : undefined),
    edit: (edit) =>
      edit.op === 'set' || edit.op === 'remove' ? { ...edit, path: edit.path.split('.').map(spelled).join('.') } : undefined,
  };
}

/** The same tree with the keys that stand in the text. */
function asWritten(node: Node, text: string): Node {
  if (node.kind === 'list') return { ...node, items: node.items.map((item) => asWritten(item, text)) };
  if (node.kind !== 'map') return node;
  const { start, end } = node.span;
  const own = node.entries.filter(({ span }) => span.start > start && span.end < end);
  const entries = own.map((entry) => {
    const key = text.slice(entry.keySpan.start, entry.keySpan.end).replace(/^['"]|['"]$/g, '');
    return { ...entry, key, value: asWritten(entry.value, text) };
  });
  return { ...node, entries };
}

function oneLine({ text }: SourceDocument, { start, end }: Span): Span {
  const line = text.slice(start, end).search(/[\r\n]/);
  return { start, end: line < 0 ? end : start + line };
}
