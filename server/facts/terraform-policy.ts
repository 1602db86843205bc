import { entryOf, items, type Entry, type MapNode, type Node, type Span } from '../engine/tree.ts';
import type { SourceDocument } from '../engine/types.ts';
import type { HclUnknown } from '../parse/hcl-expression.ts';
import { heredocText } from '../parse/hcl-text.ts';
import { parseJson } from '../parse/json.ts';
import { parseYaml } from '../parse/yaml.ts';
import { textOf } from './terraform-functions.ts';

/** What a text within a value may be written in. */
export type EmbeddedSyntax = 'json' | 'yaml';

/** Stand for an interpolation in the text; two of them, so that neighbours stay apart. */
const fillers = ['\uE000', '\uE001'] as const;

/**
 * The tree of a JSON or YAML document that is written as text (a policy in a heredoc), from the expression and its value. Its spans are exact in a
 * heredoc of the same document, and those of the whole value elsewhere. Undefined when the text is no object or array.
 */
export function embeddedDocument(
  written: Node,
  value: Node,
  { text, syntax }: SourceDocument,
  evaluate: (node: Node) => Node,
  as: EmbeddedSyntax = 'json',
): Node | undefined {
  const source = text.slice(written.span.start, written.span.end);
  if (source.startsWith('<<') && !value.origin && syntax === 'hcl') {
    const content = heredocText(source);
    const start = written.span.start + content.start;
    const { operation } = written as HclUnknown;
    const pieces = operation?.kind === 'template' ? operation.parts.filter((part) => typeof part !== 'string') : [];
    const masked = masker(as);
    let from = start;
    for (const piece of pieces) {
      masked.literal(text.slice(from, piece.span.start));
      masked.unknown(piece.span.end - piece.span.start);
      from = piece.span.end;
    }
    masked.literal(text.slice(from, written.span.start + content.end));
    const inside = (span: Span): readonly Node[] =>
      pieces.filter((p) => p.span.start - start >= span.start && p.span.end - start <= span.end).map(evaluate);
    return parsed(as, masked.text(), (span) => ({ start: span.start + start, end: span.end + start }), inside);
  }
  if (value.kind === 'scalar' && typeof value.value === 'string') return placed(as, value.value, value, []);
  if (value.kind !== 'unknown' || !value.parts) return undefined;
  const masked = masker(as);
  for (const part of value.parts) {
    if (part === undefined) masked.unknown(4);
    else masked.literal(part);
  }
  return placed(as, masked.text(), value, value.refs);
}

function placed(as: EmbeddedSyntax, text: string, value: Node, refs: readonly string[]): Node | undefined {
  const unknown: Node = { kind: 'unknown', span: value.span, refs };
  const tree = parsed(
    as,
    text,
    () => value.span,
    () => [unknown],
  );
  const { origin } = value;
  if (!tree || !origin) return tree;
  const all = (node: Node): Node => {
    if (node.kind === 'list') return { ...node, origin, items: node.items.map(all) };
    if (node.kind === 'map') return { ...node, origin, entries: node.entries.map((e) => ({ ...e, value: all(e.value) })) };
    return { ...node, origin };
  };
  return all(tree);
}

/** Puts a text together in which each interpolation is a filler of its length, in JSON in quotes where it isn't within a string already. */
function masker(as: EmbeddedSyntax): { literal(text: string): void; unknown(length: number): void; text(): string } {
  let out = '';
  let count = 0;
  let quoted = false;
  return {
    literal(text) {
      out += text;
      for (let i = 0; i < text.length; i++) {
        if (text[i] === '\\') i++;
        else if (text[i] === '"') quoted = !quoted;
      }
    },
    unknown(length) {
      const filler = fillers[count++ % 2]!;
      out += quoted || as === 'yaml' ? filler.repeat(length) : `"${filler.repeat(Math.max(1, length - 2))}"`;
    },
    text: () => out,
  };
}

function parsed(as: EmbeddedSyntax, text: string, place: (span: Span) => Span, inside: (span: Span) => readonly Node[]): Node | undefined {
  if (as === 'json' && !/^\s*[[{]/.test(text)) return undefined;
  const [root] = (as === 'json' ? parseJson : parseYaml)({ path: '', text, syntax: as }).trees;
  const convert = (node: Node): Node => {
    const span = place(node.span);
    switch (node.kind) {
      case 'list':
        return { ...node, span, items: node.items.map(convert) };
      case 'map':
        return {
          ...node,
          span,
          entries: node.entries.map((e): Entry => ({ ...e, keySpan: place(e.keySpan), span: place(e.span), value: convert(e.value) })),
        };
      case 'unknown':
        return { ...node, span };
      case 'scalar':
        return typeof node.value === 'string' && /[\uE000\uE001]/.test(node.value)
          ? filled(node.value, span, inside(node.span))
          : { ...node, span };
    }
  };
  return root && root.kind !== 'scalar' ? convert(root) : undefined;
}

/** A string with fillers, their values put back in order. */
function filled(text: string, span: Span, values: readonly Node[]): Node {
  let used = 0;
  const parts: (string | undefined)[] = [];
  const refs = new Set<string>();
  const pieces = text.split(/(\uE000+|\uE001+)/).filter((piece) => piece !== '');
  for (const piece of pieces) {
    if (!/^[\uE000\uE001]/.test(piece)) {
      parts.push(piece);
      continue;
    }
    const value = values[Math.min(used++, values.length - 1)];
    if (value?.kind === 'unknown') for (const ref of value.refs) refs.add(ref);
    // Alone it may be any value: a list from jsonencode.
    if (pieces.length === 1 && value) return { ...value, span };
    parts.push(textOf(value));
  }
  if (parts.every((part) => part !== undefined)) return { kind: 'scalar', span, value: parts.join('') };
  return { kind: 'unknown', span, refs: [...refs], parts };
}

/** An evaluated `aws_iam_policy_document` in the JSON form of AWS; every node has the span of what it stands for. */
export function policyDocument(body: MapNode): MapNode {
  const statements = body.entries
    .filter((e) => e.key === 'statement')
    .flatMap((e) => items(e.value).flatMap((s) => (s.kind === 'map' ? [statement(s, e)] : [])));
  // Other documents are merged into this one.
  const open = body.open === true || body.entries.some((e) => /^(?:source|override)_/.test(e.key));
  const list: Node = { kind: 'list', span: body.span, items: statements, ...(open && { open }) };
  const version = entryOf(body, 'version');
  const entries = [
    version ? renamed('Version', version) : made('Version', { kind: 'scalar', span: body.span, value: '2012-10-17' }),
    made('Statement', list),
  ];
  return { kind: 'map', span: body.span, entries };
}

const attributes: Readonly<Record<string, string>> = {
  sid: 'Sid',
  actions: 'Action',
  not_actions: 'NotAction',
  resources: 'Resource',
  not_resources: 'NotResource',
};

function statement(block: MapNode, from: Entry): MapNode {
  const entries: Entry[] = [];
  const effect = entryOf(block, 'effect');
  entries.push(effect ? renamed('Effect', effect) : made('Effect', { kind: 'scalar', span: from.keySpan, value: 'Allow' }));
  for (const entry of block.entries) {
    const name = attributes[entry.key];
    if (name) entries.push(renamed(name, entry));
  }
  for (const [key, name] of [
    ['principals', 'Principal'],
    ['not_principals', 'NotPrincipal'],
  ] as const) {
    const blocks = block.entries.filter((e) => e.key === key);
    if (blocks.length > 0) entries.push(made(name, principals(blocks)));
  }
  const conditions = block.entries.filter((e) => e.key === 'condition').flatMap((e) => items(e.value));
  if (conditions[0]) {
    const tests = conditions.flatMap((condition) => {
      const [test, variable, values] = ['test', 'variable', 'values'].map((key) => entryOf(condition, key));
      const inner = values && made(textOf(variable?.value) ?? '*', values.value);
      return inner ? [made(textOf(test?.value) ?? '*', { kind: 'map', span: condition.span, entries: [inner] })] : [];
    });
    entries.push(made('Condition', { kind: 'map', span: conditions[0].span, entries: tests }));
  }
  return { kind: 'map', span: block.span, entries, ...(block.open && { open: true }) };
}

/** `{ AWS: [...] }`, or `*` where both type and identifier are `*`. */
function principals(blocks: readonly Entry[]): Node {
  const entries: Entry[] = [];
  const { span } = blocks[0]!.value;
  for (const block of blocks.flatMap((e) => items(e.value))) {
    const identifiers = entryOf(block, 'identifiers')?.value;
    const type = textOf(entryOf(block, 'type')?.value);
    if (!identifiers || type === undefined) return { kind: 'unknown', span, refs: identifiers?.kind === 'unknown' ? identifiers.refs : [] };
    const everyone = items(identifiers).find((item) => textOf(item) === '*');
    if (type === '*' && everyone) return everyone;
    entries.push(made(type, identifiers));
  }
  return { kind: 'map', span, entries };
}

function renamed(key: string, entry: Entry): Entry {
  return { key, keySpan: entry.keySpan, span: entry.span, value: entry.value };
}

function made(key: string, value: Node): Entry {
  return { key, keySpan: value.span, span: value.span, value };
}
