import type { CodeQuery, Fact, Literal } from '../engine/types.ts';
import type { Span } from '../engine/tree.ts';
import type { Foreign, Imports } from '../dataflow/foreign.ts';
import { codeModel, foreignOf } from '../dataflow/model.ts';
import { lastName } from '../dataflow/names.ts';
import { child, keyName, keysOf, unwrap, type Node } from '../dataflow/nodes.ts';
import type { Parsed } from '../parse/parsed.ts';
import { scopeOf, type Extractor } from './extractor.ts';
import { programFacts } from './programs.ts';

/** A program is one fact that carries its code model; `code:` and `flow:` ask that. */
export const javascript: Extractor = {
  platform: 'javascript',
  recognises: ({ document, program }) => document.syntax === 'javascript' && program !== undefined,
  facts(parsed, _siblings, imports) {
    const { document, program } = parsed;
    if (!program) return [];
    const span = { start: 0, end: document.text.length };
    const firstLine = document.text.search(/[\r\n]|$/);
    const fact: Fact = {
      platform: 'javascript',
      types: ['program'],
      name: document.path,
      document,
      node: { kind: 'map', entries: [], open: true, span },
      head: { start: 0, end: firstLine },
      span,
      scope: scopeOf(() => [fact]),
      code: codeModel(document, program, imports),
    };
    return [fact, ...programFacts(document, program)];
  },
  literals: (parsed) => literalsOf(parsed),
};

/** What the functions that a program exports do with what they are given, for the files that import it. */
export function programExports({ document, program }: Parsed, queries: readonly CodeQuery[], imports: Imports): Foreign | undefined {
  return program && foreignOf(document, program, queries, imports);
}

/** Where a value stands. Nodes share it: most have no name of their own. */
class Context {
  readonly key: string;
  readonly path: readonly string[];
  /** The assignment that the value belongs to. */
  readonly whole: Span | undefined;
  private nameless: Context | undefined;

  constructor(key: string, path: readonly string[], whole?: Span) {
    this.key = key;
    this.path = path;
    this.whole = whole;
  }

  /** The same place without a name. */
  get bare(): Context {
    return this.key === '' && !this.whole ? this : (this.nameless ??= new Context('', this.path));
  }

  /** What is called `name` here. */
  named(name: string | undefined, whole?: Span): Context {
    return new Context(name ?? '', name ? [...this.path, name] : this.path, whole);
  }
}

/** Nodes that are still to be visited; the one pushed last comes first. */
class Visits {
  private readonly nodes: Node[] = [];
  private readonly contexts: Context[] = [];

  push(node: Node | null | undefined, context: Context): void {
    if (!node) return;
    this.nodes.push(node);
    this.contexts.push(context);
  }

  pushAll(nodes: readonly (Node | null)[], context: Context): void {
    for (let i = nodes.length - 1; i >= 0; i--) this.push(nodes[i], context);
  }

  each(visit: (node: Node, context: Context) => void): void {
    for (let node = this.nodes.pop(); node; node = this.nodes.pop()) visit(node, this.contexts.pop()!);
  }
}

/** String literals with the name of what they are assigned to, compared with, or handed to. */
function literalsOf({ program }: Parsed): Literal[] {
  const found: Literal[] = [];
  const visits = new Visits();
  visits.push(program?.program, new Context('', []));
  visits.each((visited, context) => {
    const node = unwrap(visited);
    const text = textOf(node);
    if (text) {
      const { key, path, whole } = context;
      found.push({ key, value: text.value, span: text.span, whole: whole ?? { start: node.start!, end: node.end! }, path });
    } else pushChildren(node, context, visits);
  });
  return found;
}

interface Text {
  readonly value: string;
  readonly span: Span;
}

/** A string literal, a template without expressions, or a concatenation of such. */
function textOf(node: Node): Text | undefined {
  if (node.type === 'StringLiteral') return { value: node.value, span: { start: node.start! + 1, end: node.end! - 1 } };
  if (node.type === 'TemplateLiteral') {
    const value = node.expressions.length ? undefined : node.quasis[0]?.value.cooked;
    return typeof value === 'string' ? { value, span: { start: node.start! + 1, end: node.end! - 1 } } : undefined;
  }
  if (node.type !== 'BinaryExpression' || node.operator !== '+') return undefined;
  const parts: Node[] = [];
  let at: Node = node;
  for (; at.type === 'BinaryExpression' && at.operator === '+'; at = unwrap(at.left)) {
    const part = unwrap(at.right);
    if (part.type !== 'StringLiteral' && part.type !== 'TemplateLiteral') return undefined;
    parts.push(part);
  }
  if (at.type !== 'StringLiteral' && at.type !== 'TemplateLiteral') return undefined;
  parts.push(at);
  parts.reverse();
  const texts = parts.map((part) => textOf(part));
  const [first] = texts;
  const last = texts.at(-1);
  if (!first || !last || texts.some((text) => !text)) return undefined;
  return { value: texts.map((text) => text!.value).join(''), span: { start: first.span.start, end: last.span.end } };
}

/** From the last child to the first. */
function pushChildren(node: Node, context: Context, visits: Visits): void {
  const assigned = (name: string | undefined, value: Node | null | undefined): void => {
    if (value) visits.push(value, context.named(name, { start: node.start!, end: node.end! }));
  };
  const plain = (child: Node | null | undefined): void => {
    visits.push(child, context.bare);
  };
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ImportExpression':
    case 'ExportAllDeclaration':
      return;
    case 'VariableDeclarator':
      assigned(lastName(node.id), node.init);
      if (node.id.type !== 'Identifier') plain(node.id);
      return;
    case 'AssignmentExpression':
    case 'AssignmentPattern':
      assigned(lastName(node.left), node.right);
      return plain(node.left);
    case 'ObjectProperty':
      assigned(keyName(node.key, node.computed), node.value);
      if (node.computed) plain(node.key);
      return;
    case 'ClassProperty':
      assigned(keyName(node.key, node.computed), node.value);
      return visits.pushAll(node.decorators ?? [], context.bare);
    case 'ClassPrivateProperty':
      return assigned(node.key.id.name, node.value);
    case 'JSXAttribute':
      return assigned(node.name.type === 'JSXIdentifier' ? node.name.name : undefined, node.value);
    case 'JSXExpressionContainer':
      return visits.push(node.expression, context);
    case 'LogicalExpression':
      // `process.env.TOKEN || 'default'`, on its own or assigned.
      visits.push(node.right, context.key ? context : new Context(lastName(node.left) ?? '', context.path, context.whole));
      return plain(node.left);
    case 'ConditionalExpression':
      visits.push(node.alternate, context);
      visits.push(node.consequent, context);
      return plain(node.test);
    case 'BinaryExpression':
      if (/^[!=]==?$/.test(node.operator)) {
        assigned(lastName(node.left), node.right);
        return assigned(lastName(node.right), node.left);
      }
      // Not by recursion: chains of `+` are long.
      plain(node.right);
      return plain(node.left);
    case 'CallExpression':
    case 'OptionalCallExpression':
    case 'NewExpression': {
      const name = lastName(node.callee);
      const required = name === 'require' && node.callee.type === 'Identifier';
      // `Buffer.from('…')` assigned to a name still carries that name.
      const carried = node.arguments.length === 1 && context.key && /^(?:from|String|toString|trim|encode)$/.test(name ?? '');
      if (!required && node.arguments.length > 0) visits.pushAll(node.arguments, carried ? context : context.named(name));
      return plain(node.callee);
    }
    case 'ArrayExpression':
      return visits.pushAll(node.elements, context);
    case 'ObjectExpression':
    case 'ObjectPattern':
      return visits.pushAll(node.properties, context);
    default: {
      const keys = keysOf(node.type);
      for (let k = keys.length - 1; k >= 0; k--) {
        const value = child(node, keys[k]!);
        if (Array.isArray(value)) visits.pushAll(value as readonly (Node | null)[], context.bare);
        else plain(value as Node | null | undefined);
      }
    }
  }
}
