import { isAlias, isMap, isScalar, isSeq, type ParsedNode, type Scalar, type YAMLMap } from 'yaml';
import type { Entry, Node, Span } from '../engine/tree.ts';
import type { SourceDocument } from '../engine/types.ts';
import type { Parse } from './parsed.ts';
import { compose, mend, type Stream } from './yaml-repair.ts';
import { actionLine, actionsIn, maskTemplate, unmask } from './template.ts';

/** Deeper than any real file; below it a node is unknown, so that no consumer needs to fear for its stack. */
const deepest = 400;
/** Nodes that aliases may bring into one document. Above it they are unknown: "billion laughs" stays small. */
const mostAliased = 100_000;

const shortForms = new Map<string, string>(
  ['Ref', 'Condition']
    .map((name): [string, string] => [`!${name}`, name])
    .concat(
      'And Base64 Cidr Equals FindInMap GetAZs GetAtt If ImportValue Join Not Or Select Split Sub Transform ToJsonString Length'
        .split(' ')
        .map((name) => [`!${name}`, `Fn::${name}`]),
    ),
);
const standardTag = /^(?:!|tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq|binary|timestamp|set|omap|pairs))$/;

/**
 * YAML: one tree a document of the stream. Aliases and merge keys are resolved (with `origin`), CloudFormation's short forms are maps
 * (`!Ref x` is `{ Ref: x }`), other custom tags are unknown. Texts with `{{ … }}` that is no YAML are read as Go templates (template.ts).
 */
export const parseYaml: Parse = (document) => {
  const { text } = document;
  // `{{resolve:…}}` is CloudFormation's, and plain text to YAML.
  if (!/\{\{(?!resolve:)/.test(text)) return parsed(document, mend(compose(text)), text);
  // A chart's templates are never plain YAML; elsewhere the text is a template only if it can't be read without.
  if (!/(?:^|\/)templates\//.test(document.path)) {
    const stream = compose(text);
    if (!stream.foreign && stream.problems.length === 0) return parsed(document, stream, text);
    const masked = maskTemplate(text);
    const rendered = masked.masked ? compose(masked.text) : stream;
    const better = rendered.problems.length - stream.problems.length;
    return better < 0 || (better === 0 && stream.foreign)
      ? parsed(document, mend(rendered), masked.text)
      : parsed(document, mend(stream), text);
  }
  const masked = maskTemplate(text).text;
  return parsed(document, mend(compose(masked)), masked);
};

function parsed(document: SourceDocument, stream: Stream, text: string): ReturnType<Parse> {
  const trees = stream.documents.flatMap((d) => (d.contents ? [read(document, d.contents, text)] : []));
  return { document, trees, problems: stream.problems };
}

/** Turns the contents of one YAML document into a tree. `text` is what was parsed: the document's text, or its mask. */
function read(document: SourceDocument, contents: ParsedNode, text: string): Node {
  const anchors = new Map<string, { node: Node; size: number } | undefined>();
  const masked = text !== document.text;
  let size = 0;
  let aliased = 0;

  const node = (source: ParsedNode, depth: number): Node => {
    size++;
    if (isAlias(source)) return alias(source.source, spanOf(source));
    const before = size;
    const { anchor } = source;
    if (anchor) anchors.set(anchor, undefined); // while it is read: an alias inside itself is unknown
    const made = tagged(source, depth);
    if (anchor) anchors.set(anchor, { node: made, size: size - before + 1 });
    return made;
  };

  const alias = (name: string, span: Span): Node => {
    const target = anchors.get(name);
    if (!target || aliased + target.size > mostAliased) return { kind: 'unknown', refs: [`*${name}`], span };
    size += target.size;
    aliased += target.size;
    return { ...target.node, span, origin: { path: document.path, span: target.node.span, what: `the anchor \`${name}\`` } };
  };

  const tagged = (source: ParsedNode, depth: number): Node => {
    const tag = source.tag;
    if (depth > deepest) return { kind: 'unknown', refs: [], span: spanOf(source) };
    if (!tag || standardTag.test(tag)) return plain(source, depth);
    const value = plain(source, depth);
    const end = value.span.end;
    const window = Math.max(0, value.span.start - 300);
    const found = text.slice(window, value.span.start).lastIndexOf(tag);
    const start = found < 0 ? value.span.start : window + found;
    const key = shortForms.get(tag);
    if (key) {
      const keySpan = { start, end: Math.min(start + tag.length, end) };
      return { kind: 'map', span: { start, end }, entries: [{ key, keySpan, span: { start, end }, value }] };
    }
    const span = { start, end };
    if (tag === '!reference' && value.kind === 'list') {
      const path = value.items.map((item) => (item.kind === 'scalar' ? String(item.value) : '*'));
      return { kind: 'unknown', refs: [path.join('.')], span };
    }
    if (tag === '!unsafe' && value.kind === 'scalar') return { ...value, span };
    return { kind: 'unknown', refs: [], span };
  };

  const plain = (source: ParsedNode, depth: number): Node => {
    if (isMap(source)) return map(source, depth);
    if (isSeq(source)) {
      const all = source.items.map((item) => node(item, depth + 1));
      const span = spanOf(source);
      const items = masked ? all.filter((item) => !isActionLine(item)) : all;
      if (items.length < all.length && items.length === 0) return { kind: 'unknown', refs: refsIn(span), span };
      const last = all.at(-1);
      if (!source.flow && last) span.end = Math.max(span.start + 1, last.span.end);
      return { kind: 'list', items, span, ...(items.length < all.length && { open: true }) };
    }
    return scalar(source as Scalar.Parsed);
  };

  const isActionLine = (item: Node): boolean => item.kind === 'unknown' && text.charCodeAt(item.span.start) === actionLine;

  /** Whole lines: an action that prints on a line of its own may stand left or right of where it prints. */
  const refsIn = ({ start, end }: Span): readonly string[] => {
    const next = text.indexOf('\n', end);
    return actionsIn(document.text.slice(text.lastIndexOf('\n', start) + 1, next < 0 ? text.length : next));
  };

  const map = (source: YAMLMap.Parsed, depth: number): Node => {
    const entries: Entry[] = [];
    const merged: Entry[] = [];
    let open = false;
    for (const pair of source.items) {
      const key = keyOf(pair.key);
      if (key === undefined) {
        open = true;
        continue;
      }
      const keySpan = pair.key ? spanOf(pair.key) : { start: source.range[0], end: source.range[0] };
      const value: Node = pair.value
        ? node(pair.value, depth + 1)
        : { kind: 'scalar', value: null, span: { start: keySpan.end, end: keySpan.end } };
      const entry: Entry = { key, keySpan, span: { start: keySpan.start, end: Math.max(keySpan.end, value.span.end) }, value };
      if (key === '<<' && (value.kind !== 'scalar' || value.value === null)) open = !merge(entry, merged) || open;
      else if (masked && /[\uE000\uE001]/.test(key)) {
        const known = unmask(key);
        if (known) entries.push({ ...entry, key: known });
        else open = true;
      } else entries.push(entry);
    }
    const span = spanOf(source);
    const first = source.items[0]?.key;
    if (!source.flow && first) {
      span.start = Math.max(span.start, first.range[0]);
      span.end = lastEnd(source, span);
    }
    for (const entry of merged) if (!entries.some((e) => e.key === entry.key)) entries.push(entry);
    if (open && entries.length === 0 && masked) return { kind: 'unknown', refs: refsIn(span), span };
    return { kind: 'map', entries, span, ...(open && { open }) };
  };

  /** Where the last value of a block map ends; yaml's own range goes on over blank lines and comments. */
  const lastEnd = (source: YAMLMap.Parsed, span: Span): number => {
    const last = source.items.at(-1);
    let end = last?.value ? last.value.range[1] : (last?.key.range[1] ?? span.end);
    while (end > span.start && isSpace(text.charCodeAt(end - 1))) end--;
    return end;
  };

  /** Collects what `<<: …` brings in; false when not all of it can be known. */
  const merge = (entry: Entry, into: Entry[]): boolean => {
    const { value, keySpan, span } = entry;
    let known = true;
    for (const source of value.kind === 'list' ? value.items : [value]) {
      if (source.kind !== 'map' || source.open) known &&= source.kind === 'scalar';
      if (source.kind !== 'map') continue;
      const what = source.origin?.what ?? 'the merged map';
      for (const e of source.entries) {
        if (into.some((other) => other.key === e.key)) continue;
        if (++aliased > mostAliased) return false;
        const origin = e.value.origin ?? { path: document.path, span: e.value.span, what };
        into.push({ ...e, keySpan, span, value: { ...e.value, span: source.span, origin } });
      }
    }
    return known;
  };

  const scalar = (source: Scalar.Parsed): Node => {
    const span = spanOf(source);
    const { value, type } = source;
    if (span.start === span.end) {
      while (span.start > 0 && isSpace(text.charCodeAt(span.start - 1))) span.start--;
      return { kind: 'scalar', value: null, span: { start: span.start, end: span.start } };
    }
    if (type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED') {
      while (span.end > span.start + 1 && isSpace(text.charCodeAt(span.end - 1))) span.end--;
    }
    if (masked && typeof value === 'string' && /[\uE000\uE001]/.test(value)) {
      const parts = value.split(/([\uE000\uE001]+)/).flatMap((part, i) => (i % 2 ? [undefined] : part ? [part] : []));
      return { kind: 'unknown', refs: refsIn(span), parts, span };
    }
    if (typeof value === 'number' && !exact(value, source.source)) return { kind: 'scalar', value: source.source, span };
    const known = value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    return { kind: 'scalar', value: known ? value : source.source, span };
  };

  const keyOf = (key: ParsedNode | null): string | undefined => {
    if (!key) return '';
    if (isAlias(key)) {
      const target = anchors.get(key.source)?.node;
      return target?.kind === 'scalar' ? String(target.value) : undefined;
    }
    if (!isScalar(key)) return undefined;
    if (key.anchor) anchors.set(key.anchor, { node: scalar(key), size: 1 });
    // The words as written: `on` and `true` are keys like others.
    return typeof key.value === 'string' ? key.value : (key.source ?? '');
  };

  return node(contents, 0);
}

/** Modes (`0644`), account numbers and versions (`1.10`) lose characters as numbers; they stay text. */
function exact(value: number, source: string): boolean {
  return String(value) === source || /^0[xo]/.test(source);
}

function spanOf(source: ParsedNode): { start: number; end: number } {
  return { start: source.range[0], end: source.range[1] };
}

function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}
