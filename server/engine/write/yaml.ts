import type { Entry, ListNode, MapNode, Node } from '../tree.ts';
import type { Json, TextEdit, Writer } from '../types.ts';
import { addToFlow, flow, removeFromFlow, type FlowStyle } from './flow.ts';
import { isEntry, isRecord, plan, type Plan } from './plan.ts';
import { indentAt, lineEnd, lineStart, newlineOf, wholeLines, writeTexts } from './text.ts';

/** Writes tree edits into YAML: block style with the file's indentation, flow style where the file has it. Comments, quotes and line ends stay. */
export const writeYaml: Writer = ({ document, node, span }, edits, focus) => {
  const planned = plan(node, edits, focus);
  if (!planned) return undefined;
  const style = styleOf(document.text);
  const written: TextEdit[] = [...writeTexts(document.text, span, planned.texts)];
  for (const [entry, { container, value }] of planned.values) {
    const edits = setValue(style, container, entry, value);
    if (!edits) return undefined;
    written.push(...edits);
  }
  for (const [map, values] of planned.additions) {
    const edits = addTo(style, map, values, planned.removals);
    if (!edits) return undefined;
    written.push(...edits);
  }
  for (const [container, removed] of planned.removals) {
    if (container.kind === 'map' && planned.additions.has(container) && removed.size === container.entries.length) continue; // replaced by addTo
    const edits = removeFrom(style, container, removed);
    if (!edits) return undefined;
    written.push(...edits);
  }
  return written;
};

interface Style {
  readonly text: string;
  readonly newline: string;
  readonly unit: number;
  /** How far a list stands in from its key. */
  readonly listIndent: number;
  readonly quote: '"' | "'";
}

/** The style of the document that was asked about last: each fix of a document asks again. */
let latest: Style | undefined;

function styleOf(text: string): Style {
  if (latest?.text !== text) latest = readStyle(text);
  return latest;
}

function readStyle(text: string): Style {
  const list = /^( *)[^\s#-][^\n]*:[ \t]*\r?\n( *)- /m.exec(text);
  const nested = /^( *)(?:- )?[^\s#-][^\n]*:[ \t]*\r?\n( *)[^\s#-]/m.exec(text);
  const between = (m: RegExpExecArray | null): number => (m ? m[2]!.length - m[1]!.length : -1);
  const unit = between(nested) > 0 && between(nested) <= 8 ? between(nested) : 2;
  const listIndent = between(list) >= 0 && between(list) <= 8 ? between(list) : unit;
  const single = /[:-] '/.exec(text)?.index ?? Infinity;
  const double = /[:-] "/.exec(text)?.index ?? Infinity;
  return { text, newline: newlineOf(text), unit, listIndent, quote: single < double ? "'" : '"' };
}

function setValue(style: Style, container: MapNode, entry: Entry, value: Json): readonly TextEdit[] | undefined {
  const { text } = style;
  const old = entry.value;
  if (text[old.span.start] === '!' || text[entry.keySpan.start] === '!') return undefined; // `!Ref x`: what it says can't be seen here
  const colon = text.indexOf(':', entry.keySpan.end);
  const after = text.slice(entry.keySpan.end, old.span.start);
  if (colon < 0 || colon >= Math.max(old.span.start, entry.keySpan.end + 1)) {
    return old.span.start === entry.keySpan.end ? fillKey(style, entry, value) : undefined; // half-typed: no colon yet
  }
  if (after.includes('&')) return undefined; // an anchor that others use
  if (isInline(value)) {
    const plain = inline(style, value, quoteOf(text, old));
    if (old.kind === 'scalar' && old.span.end > old.span.start) return [{ span: old.span, text: plain }];
    if (isFlow(text, old)) return [{ span: old.span, text: plain }];
    return [{ span: { start: colon + 1, end: old.span.end }, text: ` ${plain}` }];
  }
  if (isFlow(text, container) || isFlow(text, old))
    return [{ span: old.span, text: flow(value, flowStyle(style), undefined, style.newline) }];
  const body = below(style, value, columnOf(text, entry.keySpan.start));
  const eol = lineEnd(text, Math.max(old.span.end, colon + 1));
  if (old.kind !== 'scalar' || text.slice(old.span.end, eol).trim() === '')
    return [{ span: { start: colon + 1, end: Math.max(colon + 1, old.span.end) }, text: body }];
  // The comment after the old value stays on the key's line.
  if (!text.slice(old.span.end, eol).trimStart().startsWith('#')) return undefined;
  const cut = old.span.end > colon + 1 ? [{ span: { start: colon + 1, end: old.span.end }, text: '' }] : [];
  return [...cut, { span: { start: eol, end: eol }, text: body }];
}

function fillKey(style: Style, entry: Entry, value: Json): readonly TextEdit[] {
  const at = entry.keySpan.end;
  const body = isInline(value)
    ? ` ${inline(style, value)}`
    : style.newline + block(style, value, columnOf(style.text, entry.keySpan.start)).join(style.newline);
  return [{ span: { start: at, end: at }, text: `:${body}` }];
}

function addTo(style: Style, map: MapNode, values: Record<string, Json>, removals: Plan['removals']): readonly TextEdit[] | undefined {
  const { text, newline } = style;
  const removed = removals.get(map);
  const own = map.entries.filter((e) => map.span.start <= e.span.start && e.span.end <= map.span.end);
  if (own.length === 0 && map.entries.length > 0) return undefined; // all of them come from elsewhere
  const kept = own.findLast((e) => !removed?.has(e));
  if (isFlow(text, map)) {
    if (!kept && own.length > 0) return undefined;
    return addToFlow(text, map, kept, values, flowStyle(style));
  }
  const first = own[0];
  if (!first) return fillBelow(style, map, values);
  if (text.startsWith('!', map.span.start) || first.keySpan.start !== map.span.start) return undefined;
  const column = columnOf(text, first.keySpan.start);
  const lines = mapLines(style, values, column);
  if (!kept) {
    // Everything goes: the new keys take its place.
    const start = first.keySpan.start;
    return [{ span: { start, end: map.span.end }, text: lines.join(newline).trimStart() }];
  }
  const eol = lineEnd(text, kept.span.end);
  const rest = text.slice(kept.span.end, eol).trim();
  if (rest !== '' && !rest.startsWith('#') && !/^[,:]/.test(rest)) return undefined;
  if (/^[,:]/.test(rest) && kept.span.end > kept.keySpan.end) return undefined;
  return [{ span: { start: eol, end: eol }, text: newline + lines.join(newline) }];
}

/** An empty map where only `key:` is written: its entries go below the key. */
function fillBelow(style: Style, map: MapNode, values: Record<string, Json>): readonly TextEdit[] | undefined {
  const { text, newline } = style;
  const at = map.span.start;
  const start = lineStart(text, at);
  if (map.span.end > at || text[at - 1] !== ':') return undefined;
  const eol = lineEnd(text, at);
  const rest = text.slice(at, eol).trim();
  if (rest !== '' && !rest.startsWith('#')) return undefined;
  const column = (/^[ ]*(?:-[ ]+)*/.exec(text.slice(start, at))?.[0].length ?? 0) + style.unit;
  return [{ span: { start: eol, end: eol }, text: newline + mapLines(style, values, column).join(newline) }];
}

function removeFrom(style: Style, container: MapNode | ListNode, removed: ReadonlySet<Entry | Node>): readonly TextEdit[] | undefined {
  const { text } = style;
  if (text[container.span.start] === '!') return undefined;
  if (isFlow(text, container)) return removeFromFlow(text, container, removed);
  const members: readonly (Entry | Node)[] = container.kind === 'map' ? container.entries : container.items;
  if (members.some((m) => m.span.start < container.span.start || m.span.end > container.span.end)) return undefined;
  if (members.every((m) => removed.has(m))) {
    const empty = container.kind === 'map' ? '{}' : '[]';
    const start = text.slice(0, container.span.start).trimEnd().length;
    if (start === 0 || !/[:-]/.test(text[start - 1]!)) return undefined;
    return [
      { span: { start, end: start }, text: ` ${empty}` },
      { span: { start, end: container.span.end }, text: '' },
    ];
  }
  const edits: TextEdit[] = [];
  const firstKept = members.findIndex((m) => !removed.has(m));
  const lead = (member: Entry | Node): string => text.slice(lineStart(text, member.span.start), member.span.start);
  let from = 0;
  if (container.kind === 'map' && firstKept > 0 && lead(members[0]!).trim() !== '') {
    // The first key of a list item goes: the next one moves up behind the dash.
    const span = { start: members[0]!.span.start, end: members[firstKept]!.span.start };
    if (/^[ \t]*#/m.test(text.slice(lineEnd(text, members[0]!.span.end), span.end))) return undefined;
    if (members.slice(0, firstKept).some((m) => commentBehind(text, m) !== undefined)) return undefined;
    edits.push({ span, text: '' });
    from = firstKept;
  }
  for (const member of members.slice(from)) {
    if (!removed.has(member)) continue;
    if (!/^\s*$/.test(isEntry(member) ? lead(member) : lead(member).replace('-', ''))) return undefined;
    const comment = commentBehind(text, member);
    const start = lineStart(text, member.span.start) + indentAt(text, member.span.start).length;
    edits.push({ span: comment === undefined ? wholeLines(text, member.span) : { start, end: comment }, text: '' });
  }
  return edits;
}

/** Where the comment behind a member starts. */
function commentBehind(text: string, { span }: Entry | Node): number | undefined {
  const blank = /^[ \t]+(?=#)/.exec(text.slice(span.end, lineEnd(text, span.end)));
  return blank ? span.end + blank[0].length : undefined;
}

function isFlow(text: string, node: Node): boolean {
  const c = text[node.span.start];
  return node.kind === 'map' ? c === '{' : node.kind === 'list' ? c === '[' : false;
}

function isInline(value: Json): boolean {
  if (typeof value === 'string') return !value.includes('\n');
  return typeof value !== 'object' || value === null || Object.keys(value).length === 0;
}

function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

function mapLines(style: Style, values: Readonly<Record<string, Json>>, column: number): string[] {
  return Object.entries(values).flatMap(([key, value]) => entryLines(style, key, value, column));
}

/** The lines of one entry of a block map at `column`. */
function entryLines(style: Style, key: string, value: Json, column: number): string[] {
  const lead = `${' '.repeat(column)}${keyText(key)}:`;
  return isInline(value) ? [`${lead} ${inline(style, value)}`] : (lead + below(style, value, column)).split(style.newline);
}

/** What follows `key:` at `column` when the value takes lines of its own. */
function below(style: Style, value: Json, column: number): string {
  const lines = typeof value === 'string' ? literal(value, column + style.unit) : ['', ...block(style, value, column)];
  return (typeof value === 'string' ? ' ' : '') + lines.join(style.newline);
}

/** The lines of a map or list that belongs to a key at `column`. */
function block(style: Style, value: Json, column: number): string[] {
  if (isRecord(value)) return mapLines(style, value, column + style.unit);
  const indent = column + style.listIndent;
  return (value as readonly Json[]).flatMap((item) => {
    if (isInline(item)) return [`${' '.repeat(indent)}- ${inline(style, item)}`];
    if (!isRecord(item)) return [`${' '.repeat(indent)}- ${flow(item, flowStyle(style), undefined, style.newline)}`];
    const lines = mapLines(style, item, indent + 2);
    return [`${' '.repeat(indent)}- ${lines[0]!.trimStart()}`, ...lines.slice(1)];
  });
}

function literal(value: string, indent: number): string[] {
  const lines = value.replace(/\n$/, '').split('\n');
  return [value.endsWith('\n') ? '|' : '|-', ...lines.map((line) => (line ? ' '.repeat(indent) + line : line))];
}

function inline(style: Style, value: Json, quote?: '"' | "'"): string {
  // Braces end nothing in block style, and workflows are read better without quotes.
  if (typeof value === 'string' && !quote && expression.test(value)) return value;
  return flowScalar(style, value, quote);
}

function flowScalar(style: Style, value: Json, quote?: '"' | "'"): string {
  if (typeof value === 'string') return stringText(value, quote ?? style.quote, quote !== undefined);
  if (typeof value !== 'object' || value === null) return String(value);
  return Array.isArray(value) ? '[]' : '{}';
}

function quoteOf(text: string, node: Node): '"' | "'" | undefined {
  const c = text[node.span.start];
  return node.kind === 'scalar' && node.span.end > node.span.start + 1 && (c === '"' || c === "'") ? c : undefined;
}

/** `${{ secrets.NAME }}` and nothing else. */
const expression = /^\$\{\{ [\w.-]+ \}\}$/;
const word = /^[A-Za-z_/.][\w/.@+-]*(?:(?: |:)[\w/.@+-]+)*$/;
/** Words that YAML 1.1 or 1.2 reads as something other than text. */
const reserved = /^(?:true|false|yes|no|on|off|null|y|n|~|\.inf|\.nan)$/i;

function stringText(value: string, quote: '"' | "'", quoted: boolean): string {
  if (!quoted && word.test(value) && !reserved.test(value)) return value;
  // eslint-disable-next-line no-control-regex
  if (quote === "'" && !/[\x00-\x1f]/.test(value)) return `'${value.replaceAll("'", "''")}'`;
  return JSON.stringify(value);
}

function keyText(key: string): string {
  return /^[\w./-]+$/.test(key) && !/^[\d.-]/.test(key) ? key : JSON.stringify(key);
}

function flowStyle(style: Style): FlowStyle {
  return { unit: ' '.repeat(style.unit), lines: false, key: keyText, scalar: (value) => flowScalar(style, value) };
}
