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
  const additions = new Map<MapNode, { readonly block: boolean; readonly keys: Additions }>();
  const removed = new Set<Entry | Node>();
  for (const edit of edits) {
    if (edit.op === 'replace') written.push({ span: edit.span, text: edit.text });
    else if (edit.op === 'insert') written.push(...insert(text, span, edit));
    else {
      const place = follow(text, node, steps(edit.path), focus);
      if (!place) return undefined;
      if (edit.op === 'remove') {
        if (place.rest.length > 0 || removed.has(place.member)) continue;
        removed.add(place.member);
        const cut = remove(text, place.member, place.container);
        if (!cut) return undefined;
        written.push(cut);
      } else if (place.rest.length === 0) {
        const change = replaceValue(text, place.member, edit.value);
        if (!change) return undefined;
        written.push(change);
      } else {
        const { map } = place;
        if (!map || map.open) return undefined;
        const target = additions.get(map) ?? { block: place.block, keys: {} };
        additions.set(map, target);
        merge(target.keys, place.rest, edit.value);
      }
    }
  }
  for (const [map, { block, keys }] of additions) {
    const added = addToBody(text, map, keys, block);
    if (!added) return undefined;
    written.push(...added);
  }
  return written;
};

/** Where a path leads: to `member` of `container` when `rest` is empty, else to `map`, which lacks the first key of `rest`. */
interface Place {
  readonly member: Entry | Node;
  readonly container: MapNode | ListNode | undefined;
  readonly map: MapNode | undefined;
  /** Whether `map` is the body of a block, where nested maps are blocks. */
  readonly block: boolean;
  readonly rest: readonly string[];
}

function follow(text: string, root: Node, keys: readonly string[], focus: Span): Place | undefined {
  let node = root;
  let block = true;
  let member: Entry | Node = root;
  let container: MapNode | ListNode | undefined;
  for (let i = 0; i < keys.length;) {
    const key = keys[i]!;
    if (node.kind === 'list') {
      if (!isWritten(text, node)) return undefined;
      const item = holding(node.items, focus);
      if (!item) return undefined;
      container = node;
      member = item;
      if (key === '*') i++;
      node = item;
      block = false;
      continue;
    }
    if (node.kind !== 'map' || !isWritten(text, node)) return undefined;
    const name = key.replace(/=$/, '');
    const entries: readonly Entry[] = key === '*' ? node.entries : node.entries.filter((e) => e.key === name);
    if (entries.length === 0) return key === '*' ? undefined : { member, container, map: node, block, rest: keys.slice(i) };
    const entry = holding(entries, focus);
    if (!entry || !keyIsWritten(text, entry)) return undefined;
    container = node;
    member = entry;
    block = entry.block === true;
    node = entry.value;
    i++;
  }
  return { member, container, map: undefined, block, rest: [] };
}

/** The member that holds the focus, or the only one. */
function holding<T extends Entry | Node>(members: readonly T[], focus: Span): T | undefined {
  if (members.length < 2) return members[0];
  const found = members.filter((m) => m.span.start <= focus.start && focus.end <= m.span.end);
  return found.length === 1 ? found[0] : undefined;
}

/** Resolved values (a variable's default, a policy document, a generated block) don't stand where their span is. */
function isWritten(text: string, node: MapNode | ListNode): boolean {
  return (
    !node.origin &&
    text[node.span.start] === (node.kind === 'map' ? '{' : '[') &&
    text[node.span.end - 1] === (node.kind === 'map' ? '}' : ']')
  );
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

/** Another value at the place of use, whatever stands there now. */
function replaceValue(text: string, member: Entry | Node, value: Json): TextEdit | undefined {
  if (isEntry(member) && member.block) return undefined;
  const start = isEntry(member) ? valueStart(text, member) : member.span.start;
  const span = { start, end: member.span.end };
  return start > span.end ? undefined : { span, text: attributeText(text, member.span.start, value) };
}

function remove(text: string, member: Entry | Node, container: MapNode | ListNode | undefined): TextEdit | undefined {
  if (!container) return undefined;
  let { start, end } = member.span;
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
  if (separator > 0 || container.kind === 'map') {
    while (text[end] === ' ' || text[end] === '\t') end++;
    // `{ a = 1 }` keeps one of its two blanks, `{a = 1}` has none.
    if (separator === 0 && text[start - 1] === ' ' && text[end - 1] === ' ') end--;
  }
  if (separator === 0) {
    let before = start;
    while (before > container.span.start && /\s/.test(text[before - 1]!)) before--;
    if (text[before - 1] === ',') start = before - 1;
  }
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
