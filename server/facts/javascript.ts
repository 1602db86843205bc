import type { Fact, Literal } from '../engine/types.ts';
import type { Span } from '../engine/tree.ts';
import { codeModel } from '../dataflow/model.ts';
import { lastName } from '../dataflow/names.ts';
import { child, keyName, keysOf, unwrap, type Node } from '../dataflow/nodes.ts';
import type { Parsed } from '../parse/parsed.ts';
import { scopeOf, type Extractor } from './extractor.ts';

/** A program is one fact that carries its code model; `code:` and `flow:` ask that. */
export const javascript: Extractor = {
  platform: 'javascript',
  recognises: ({ document, program }) => document.syntax === 'javascript' && program !== undefined,
  facts(parsed) {
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
      code: codeModel(document, program),
    };
    return [fact];
  },
  literals: (parsed) => literalsOf(parsed),
};

interface Visit {
  readonly node: Node;
  readonly key: string;
  readonly path: readonly string[];
  /** The assignment that the value belongs to. */
  readonly whole: Span | undefined;
}

/** String literals with the name of what they are assigned to, compared with, or handed to. */
function literalsOf({ program }: Parsed): Literal[] {
  const found: Literal[] = [];
  const stack: Visit[] = program ? [{ node: program.program, key: '', path: [], whole: undefined }] : [];
  while (stack.length) {
    const visit = stack.pop()!;
    const node = unwrap(visit.node);
    const text = textOf(node);
    if (text) {
      const whole = visit.whole ?? { start: node.start!, end: node.end! };
      found.push({ key: visit.key, value: text.value, span: text.span, whole, path: visit.path });
      continue;
    }
    const children = childrenOf(node, visit);
    for (let i = children.length - 1; i >= 0; i--) stack.push(children[i]!);
  }
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
  for (; at.type === 'BinaryExpression' && at.operator === '+'; at = unwrap(at.left)) parts.push(unwrap(at.right));
  parts.push(at);
  parts.reverse();
  if (!parts.every((part) => part.type === 'StringLiteral' || part.type === 'TemplateLiteral')) return undefined;
  const texts = parts.map((part) => textOf(part));
  const [first] = texts;
  const last = texts.at(-1);
  if (!first || !last || texts.some((text) => !text)) return undefined;
  return { value: texts.map((text) => text!.value).join(''), span: { start: first.span.start, end: last.span.end } };
}

function childrenOf(node: Node, { key, path, whole }: Visit): Visit[] {
  const spanned = { start: node.start!, end: node.end! };
  const assigned = (name: string | undefined, value: Node | null | undefined): Visit[] =>
    value ? [{ node: value, key: name ?? '', path: name ? [...path, name] : path, whole: spanned }] : [];
  const plain = (child: Node | null | undefined): Visit[] => (child ? [{ node: child, key: '', path, whole: undefined }] : []);
  const same = (child: Node): Visit => ({ node: child, key, path, whole });
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ImportExpression':
    case 'ExportAllDeclaration':
      return [];
    case 'VariableDeclarator':
      return [...plain(node.id.type === 'Identifier' ? undefined : node.id), ...assigned(lastName(node.id), node.init)];
    case 'AssignmentExpression':
      return [...plain(node.left), ...assigned(lastName(node.left), node.right)];
    case 'AssignmentPattern':
      return [...plain(node.left), ...assigned(lastName(node.left), node.right)];
    case 'ObjectProperty':
      return [...(node.computed ? plain(node.key) : []), ...assigned(keyName(node.key, node.computed), node.value)];
    case 'ClassProperty':
      return [...(node.decorators ?? []).flatMap(plain), ...assigned(keyName(node.key, node.computed), node.value)];
    case 'ClassPrivateProperty':
      return assigned(node.key.id.name, node.value);
    case 'JSXAttribute':
      return assigned(node.name.type === 'JSXIdentifier' ? node.name.name : undefined, node.value);
    case 'JSXExpressionContainer':
      return [same(node.expression)];
    case 'LogicalExpression':
      // `process.env.TOKEN || 'default'`, on its own or assigned.
      return [...plain(node.left), key ? same(node.right) : { ...same(node.right), key: lastName(node.left) ?? '' }];
    case 'ConditionalExpression':
      return [...plain(node.test), same(node.consequent), same(node.alternate)];
    case 'BinaryExpression': {
      if (/^[!=]==?$/.test(node.operator))
        return [...assigned(lastName(node.right), node.left), ...assigned(lastName(node.left), node.right)];
      // Not by recursion: chains of `+` are long.
      return [...plain(node.left), ...plain(node.right)];
    }
    case 'CallExpression':
    case 'OptionalCallExpression':
    case 'NewExpression': {
      const name = lastName(node.callee);
      const required = name === 'require' && node.callee.type === 'Identifier';
      const args = required ? [] : node.arguments;
      // `Buffer.from('…')` assigned to a name still carries that name.
      const carried = args.length === 1 && key && /^(?:from|String|toString|trim|encode)$/.test(name ?? '');
      return [
        ...plain(node.callee),
        ...args.map((argument): Visit =>
          carried ? same(argument) : { node: argument, key: name ?? '', path: name ? [...path, name] : path, whole: undefined },
        ),
      ];
    }
    case 'ArrayExpression':
      return node.elements.flatMap((element) => (element ? [same(element)] : []));
    case 'ObjectExpression':
    case 'ObjectPattern':
      return node.properties.map((property) => same(property));
    default: {
      const all: Visit[] = [];
      for (const name of keysOf(node.type)) {
        const value = child(node, name);
        for (const item of Array.isArray(value) ? (value as readonly (Node | null)[]) : [value as Node | null | undefined])
          all.push(...plain(item));
      }
      return all;
    }
  }
}
