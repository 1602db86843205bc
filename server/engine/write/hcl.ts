import { steps, type Entry, type ListNode, type MapNode, type Node, type Span } from '../tree.ts';
import type { Json, TextEdit, TreeEdit, Writer } from '../types.ts';
import { addToBody, attributeText, isMembers, valueStart } from './hcl-body.ts';
import { lineEnd, lineStart, newlineOf, wholeLines, writeTexts } from './text.ts';

/** Keys to add to a map, nested ones merged. */
type Additions = Record<string, Json>;

/** Writes tree edits into HCL as `terraform fmt` would leave it. A map value becomes a block; a key that ends in `=` an attribute. */
export const writeHcl: Writer = ({ document, node, span }, edits, focus) => {
  const { text } = document;
  const written: TextEdit[] = [];
  const additions = new Map<number, { readonly map: MapNode; readonly block: boolean; readonly keys: Additions }>();
  const removed = new Set<Entry | Node>();
  const containers = new Map<number, { readonly container: MapNode | ListNode; readonly cut: Set<Entry | Node> }>();
  for (const edit of edits) {
    if (edit.op === 'replace') written.push({ span: edit.span, text: edit.text });
    else if (edit.op === 'insert') written.push(...insert(text, span, edit));
    else {
      const place = follow(text, node, steps(edit.path), edit.focus ?? focus);
      if (!place) return undefined;
      if (edit.op === 'remove') {
        if (place.rest.length > 0 || removed.has(place.member)) continue;
        const { container } = place;
        if (place.json || !container) return undefined;
        removed.add(place.member);
        const target = containers.get(container.span.start) ?? { container, cut: new Set() };
        containers.set(container.span.start, target);
        target.cut.add(place.member);
      } else if (place.rest.length === 0) {
        const change = place.json && !isFlat(edit.value) ? undefined : replaceValue(text, place.member, edit.value);
        if (!change) return undefined;
        written.push(change);
      } else {
        const { map } = place;
        if (!map || map.open || place.json) return undefined;
        const target = additions.get(map.span.start) ?? { map, block: place.block, keys: {} };
        additions.set(map.span.start, target);
        merge(target.keys, place.rest, edit.value);
      }
    }
  }
  for (const { container, cut } of containers.values()) written.push(...removals(text, container, cut));
  for (const { map, block, keys } of additions.values()) {
    const kept = { ...map, entries: map.entries.filter((e) => !removed.has(e)) };
    const added = addToBody(text, kept, keys, block);
    if (!added) return undefined;
    written.push(...added);
  }
  const inOrder = written.toSorted((a, b) => a.span.start - b.span.start);
  return inOrder.some((e, i) => i > 0 && e.span.start < inOrder[i - 1]!.span.end) ? undefined : written;
};

/** Where a path leads: to `member` of `container` when `rest` is empty, else to `map`, which lacks the first key of `rest`. */
interface Place {
  readonly member: Entry | Node;
  readonly container: MapNode | ListNode | undefined;
  readonly map: MapNode | undefined;
  /** Whether `map` is the body of a block, where nested maps are blocks. */
  readonly block: boolean;
  /** In a JSON document within a heredoc, which has no HCL syntax. */
  readonly json: boolean;
  readonly rest: readonly string[];
}

function follow(text: string, root: Node, keys: readonly string[], focus: Span): Place | undefined {
  let node = root;
  let block = true;
  let member: Entry | Node = root;
  let container: MapNode | ListNode | undefined;
  let json = false;
  for (let i = 0; i < keys.length;) {
    const key = keys[i]!;
    const written = asWritten(text, node);
    if (!written) return undefined;
    container = written;
    if (written.kind === 'list') {
      const item = holding(written.items, focus);
      if (!item) return undefined;
      if (key === '*') i++;
      [member, node, block] = [item, item, false];
      continue;
    }
    const name = key.replace(/=$/, '');
    const entries: readonly Entry[] = key === '*' ? written.entries : written.entries.filter((e) => e.key === name);
    if (entries.length === 0) return key === '*' ? undefined : { member, container, map: written, block, json, rest: keys.slice(i) };
    const entry = holding(entries, focus);
    if (!entry || !keyIsWritten(text, entry)) return undefined;
    [member, node, block] = [entry, entry.value, entry.block === true];
    json ||= text.startsWith('<<', valueStart(text, entry));
    i++;
  }
  return { member, container, map: undefined, block, json, rest: [] };
}

/** The member that holds the focus, or the only one. */
function holding<T extends Entry | Node>(members: readonly T[], focus: Span): T | undefined {
  if (members.length < 2) return members[0];
  const found = members.filter((m) => m.span.start <= focus.start && focus.end <= m.span.end);
  return found.length === 1 ? found[0] : undefined;
}

/**
 * The map or list with the span of its brackets, a `jsonencode(…)` around it left out. Undefined for one that doesn't stand where its span is:
 * a variable's default, a policy document, a generated block.
 */
function asWritten(text: string, node: Node): MapNode | ListNode | undefined {
  if (node.origin || (node.kind !== 'map' && node.kind !== 'list')) return undefined;
  const source = text.slice(node.span.start, node.span.end);
  const before = /^jsonencode\(\s*/.exec(source)?.[0].length ?? 0;
  const inner = before > 0 ? source.slice(before, -1).trimEnd() : source;
  if (!inner.startsWith(node.kind === 'map' ? '{' : '[') || !inner.endsWith(node.kind === 'map' ? '}' : ']')) return undefined;
  const start = node.span.start + before;
  return { ...node, span: { start, end: start + inner.length } };
}

function keyIsWritten(text: string, entry: Entry): boolean {
  const written = text.slice(entry.keySpan.start, entry.keySpan.end);
  return written === entry.key || written === JSON.stringify(entry.key);
}

function merge(into: Additions, keys: readonly string[], value: Json): void {
  const [key, ...rest] = keys as [string, ...string[]];
  if (rest.length === 0) {
    into[key] = value;
    return;
  }
  const before = into[key];
  const inner: Additions = before !== undefined && isMembers(before) ? { ...before } : {};
  into[key] = inner;
  merge(inner, rest, value);
}

function isEntry(member: Entry | Node): member is Entry {
  return 'keySpan' in member;
}

/** Whether a value is written alike in HCL and JSON. */
function isFlat(value: Json): boolean {
  return Array.isArray(value) ? (value as readonly Json[]).every(isFlat) : !isMembers(value);
}

/** Another value at the place of use, whatever stands there now. */
function replaceValue(text: string, member: Entry | Node, value: Json): TextEdit | undefined {
  if (isEntry(member) && member.block) return undefined;
  const start = isEntry(member) ? valueStart(text, member) : member.span.start;
  const span = { start, end: member.span.end };
  return start > span.end ? undefined : { span, text: attributeText(text, member.span.start, value) };
}

/** Takes members out of a body, an object or a list; neighbours on one line in one piece, with the commas between them. */
function removals(text: string, container: MapNode | ListNode, cut: ReadonlySet<Entry | Node>): readonly TextEdit[] {
  const members: readonly (Entry | Node)[] = container.kind === 'map' ? container.entries : container.items;
  const runs: Span[] = [];
  let last: Span | undefined;
  for (const member of members) {
    if (!cut.has(member)) last = undefined;
    else if (last && /^[ \t]*,[ \t]*$/.test(text.slice(last.end, member.span.start))) {
      last = { start: last.start, end: member.span.end };
      runs[runs.length - 1] = last;
    } else runs.push((last = member.span));
  }
  return runs.map((span) => remove(text, span, container));
}

function remove(text: string, member: Span, container: MapNode | ListNode): TextEdit {
  let { start, end } = member;
  const comma = /[ \t]*,/y;
  comma.lastIndex = end;
  const separator = comma.exec(text)?.[0].length ?? 0;
  end += separator;
  const alone = text.slice(lineStart(text, start), start).trim() === '';
  const rest = text.slice(end, lineEnd(text, end)).trim();
  if (alone && rest === '') {
    const lines = wholeLines(text, { start, end });
    return { span: { start: withBlankAbove(text, lines), end: lines.end }, text: '' };
  }
  // A comment on the line stays.
  if (alone && /^(?:#|\/\/|\/\*)/.test(rest))
    return { span: { start, end: end + /^[ \t]*/.exec(text.slice(end, end + 200))![0].length }, text: '' };
  let before = start;
  while (separator === 0 && before > container.span.start && /\s/.test(text[before - 1]!)) before--;
  // The last of several takes the comma before it; any other takes the blanks behind it.
  if (separator === 0 && text[before - 1] === ',') start = before - 1;
  else while (text[end] === ' ' || text[end] === '\t') end++;
  return { span: { start, end }, text: '' };
}

/** The start of a removal that also takes the blank line above, where the line below is blank or closes the block. */
function withBlankAbove(text: string, lines: Span): number {
  if (lines.start < 2) return lines.start;
  const above = lineStart(text, lines.start - 1);
  const below = text.slice(lines.end, lineEnd(text, lines.end)).trim();
  return text.slice(above, lines.start).trim() === '' && (below === '' || below.startsWith('}')) ? above : lines.start;
}

/** A companion block stands apart by an empty line. */
function insert(text: string, whole: Span, edit: Extract<TreeEdit, { op: 'insert' }>): readonly TextEdit[] {
  const written = writeTexts(text, whole, [edit]);
  if (edit.span) return written;
  const newline = newlineOf(text);
  return written.map((e) => ({ span: e.span, text: edit.before ? e.text + newline : newline + e.text }));
}
