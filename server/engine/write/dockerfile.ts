import { entryOf, steps, text as textOf, type Entry, type MapNode, type Node, type Span } from '../tree.ts';
import type { Json, TextEdit, TreeEdit, Writer } from '../types.ts';
import { lineEnd, lineStart, newlineOf, wholeLines } from './text.ts';

/**
 * Edits on the facts of a Dockerfile. Beside values that stand there, `set` can add `flags.<name>`, `tag`, `digest`, `group`,
 * `variables.<NAME>`, a flag of a command (`commands.flags: --no-cache`), and on a stage an instruction (`user: app`, `HEALTHCHECK: NONE`).
 * `remove` takes the same paths, `commands.flags.-k`, and `keyword` or `*` for the whole instruction.
 */
export const writeDockerfile: Writer = ({ document, node, span }, edits, focus) => {
  if (node.kind !== 'map') return undefined;
  const target: Target = { text: document.text, node, span, focus };
  const written: TextEdit[] = [];
  for (const edit of edits) {
    const made = one('focus' in edit && edit.focus ? { ...target, focus: edit.focus } : target, edit);
    if (!made) return undefined;
    written.push(...made);
  }
  return written;
};

interface Target {
  readonly text: string;
  readonly node: MapNode;
  readonly span: Span;
  readonly focus: Span;
}

type Made = readonly TextEdit[] | undefined;

function one(target: Target, edit: TreeEdit): Made {
  switch (edit.op) {
    case 'replace':
      return [{ span: edit.span, text: edit.text }];
    case 'insert':
      return lines(target, edit.text, edit.span ? instructionAt(target, edit.span) : target.span, edit.before ?? false);
    case 'set':
      return set(target, steps(edit.path), edit.value);
    case 'remove':
      return remove(target, steps(edit.path));
  }
}

function lines({ text }: Target, inserted: string, anchor: Span, before: boolean): Made {
  const newline = newlineOf(text);
  const body = inserted
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
    .join(newline);
  const at = before ? lineStart(text, anchor.start) : lineEnd(text, anchor.end);
  // Behind a dangling backslash it would become part of the instruction.
  if (!before && /[\\`][ \t]*$/.test(text.slice(lineStart(text, at), at))) return undefined;
  return [{ span: { start: at, end: at }, text: before ? body + newline : newline + body }];
}

const isStage = (node: MapNode): boolean => entryOf(node, 'instructions') !== undefined;

function instructions(node: MapNode): readonly MapNode[] {
  const list = entryOf(node, 'instructions')?.value;
  if (list?.kind === 'list') return list.items.filter((item) => item.kind === 'map');
  if (entryOf(node, 'keyword')) return [node];
  // A file: its instructions are entries by keyword.
  return node.entries.flatMap((e) => (e.value.kind === 'map' && /^[A-Z]+$/.test(e.key) ? [e.value] : []));
}

/** The instruction with its continuation lines; a line cannot be put inside it. */
function instructionAt({ node, span }: Target, at: Span): Span {
  return instructions(node).find((i) => i.span.start <= at.start && at.start <= i.span.end)?.span ?? span;
}

// ------------------------------------------------------------------------------------------------------ set

function set(target: Target, keys: readonly string[], value: Json): Made {
  const { node, text } = target;
  if (keys.length === 1 && isStage(node) && typeof value === 'string') {
    const key = keys[0]!;
    if (key === 'user' || /^[A-Z]+$/.test(key)) return setInstruction(target, key, value);
  }
  const found = follow(target, keys);
  if (found?.value.kind === 'list' && keys.at(-1) === 'flags' && typeof value === 'string') return addFlag(target, keys, value);
  if (found) return overwrite(text, found.value, value);
  if (typeof value === 'object' && value !== null) return undefined;
  const parent = keys.length > 1 ? follow(target, keys.slice(0, -1))?.value : node;
  const key = keys[keys.length - 1]!;
  const written = String(value);
  const head = keys[0]!;
  if (head === 'flags' || (keys.length === 1 && /^(?:from|chown|chmod|platform)$/.test(key))) {
    const flag = value === true ? `--${key}` : `--${key}=${written}`;
    const keyword = entryOf(node, 'keyword') ?? entryOf(entryOf(node, 'FROM')?.value, 'keyword');
    return keyword && [{ span: { start: keyword.span.end, end: keyword.span.end }, text: ` ${flag}` }];
  }
  if (head === 'variables' && keys.length === 2 && parent?.kind === 'map') {
    return [{ span: { start: parent.span.end, end: parent.span.end }, text: ` ${key}=${quoted(written)}` }];
  }
  const after = { tag: 'image', digest: entryOf(node, 'tag') ? 'tag' : 'image', group: 'user' }[key];
  const anchor = after && keys.length === 1 ? entryOf(node, after) : undefined;
  if (!anchor || isSubstituted(text, anchor.value)) return undefined;
  const { end } = anchor.value.span;
  return [{ span: { start: end, end }, text: (key === 'digest' ? '@' : ':') + written }];
}

/** A flag of a command goes behind its subcommand, where every program takes it. */
function addFlag(target: Target, keys: readonly string[], flag: string): Made {
  const command = keys.slice(0, -1);
  const anchor = follow(target, [...command, 'subcommand']) ?? follow(target, [...command, 'path']);
  return anchor && [{ span: { start: anchor.value.span.end, end: anchor.value.span.end }, text: ` ${flag}` }];
}

function overwrite(text: string, node: Node, value: Json): Made {
  if (Array.isArray(value)) return [{ span: node.span, text: `[${value.map((v) => JSON.stringify(String(v))).join(', ')}]` }];
  if (typeof value === 'object' || node.kind === 'map' || node.kind === 'list' || isSubstituted(text, node)) return undefined;
  const before = text.slice(node.span.start, node.span.end);
  const written = String(value);
  if (/^["']/.test(before)) return [{ span: node.span, text: before[0] + written.replaceAll(before[0]!, `\\${before[0]}`) + before[0] }];
  return [{ span: node.span, text: /[\s"'\\]/.test(written) && text.slice(0, node.span.start).endsWith('=') ? quoted(written) : written }];
}

/** What stands there is a variable; another value would belong where the variable is set. */
function isSubstituted(text: string, node: Node): boolean {
  return node.kind === 'unknown' || node.origin !== undefined || text.slice(node.span.start, node.span.end).includes('$');
}

const quoted = (value: string): string => (/[\s"'\\$]/.test(value) || value === '' ? JSON.stringify(value) : value);

/** Sets what counts in the end: the last USER (or other instruction) of the stage, or a new one in front of its final command. */
function setInstruction(target: Target, key: string, value: string): Made {
  const { node, text } = target;
  const keyword = key.toUpperCase();
  const own = instructions(node);
  const last = own.findLast((i) => textOf(i, 'keyword') === keyword);
  if (last) {
    const from = keyword === 'USER' ? entryOf(last, 'user') : entryOf(last, 'arguments');
    if (!from || isSubstituted(text, from.value)) return undefined;
    return [{ span: from.value.span, text: value }];
  }
  let tail = own.length;
  while (tail > 0 && /^(?:CMD|ENTRYPOINT)$/.test(textOf(own[tail - 1], 'keyword') ?? '')) tail--;
  const following = own[tail];
  return lines(target, `${keyword} ${value}`, following?.span ?? target.span, following !== undefined);
}

// --------------------------------------------------------------------------------------------------- remove

function remove(target: Target, keys: readonly string[]): Made {
  const { node, text } = target;
  const key = keys[keys.length - 1];
  if (key === undefined || (keys.length === 1 && (key === '*' || key === 'keyword'))) {
    return isStage(node) ? undefined : whole(text, target.span);
  }
  const list = keys.length > 1 ? follow(target, keys.slice(0, -1))?.value : undefined;
  if (list?.kind === 'list') return removeItem(target, keys, list.items, key);
  const found = follow(target, keys);
  if (!found) return []; // nothing to remove
  if (isStage(node) && found.value.kind === 'map') return whole(text, found.value.span);
  if (keys[0] === 'variables') {
    const owner = follow(target, ['variables'])?.value;
    return owner?.kind === 'map' && owner.entries.length === 1 ? whole(text, target.span) : word(text, found.span);
  }
  if (/^(?:tag|digest|group)$/.test(key)) return [{ span: { start: found.value.span.start - 1, end: found.value.span.end }, text: '' }];
  if (keys[0] === 'flags' || /^(?:from|chown|chmod|platform)$/.test(key)) return word(text, found.span);
  return undefined;
}

function removeItem(target: Target, keys: readonly string[], items: readonly Node[], key: string): Made {
  const { text, focus } = target;
  const named = key === '*' ? undefined : items.find((item) => item.kind === 'scalar' && String(item.value) === key);
  const item = key === '*' ? items.find((i) => i.span.start <= focus.start && focus.end <= i.span.end) : named;
  if (!item) return key === '*' ? undefined : [];
  const written = text.slice(item.span.start, item.span.end);
  // `-k` in `-fsSLk` is one letter.
  if (keys.at(-2) === 'flags' && /^-[a-zA-Z]$/.test(key) && written.length > 2) {
    return [{ span: item.span, text: `-${written.slice(1).replaceAll(key[1]!, '')}` }];
  }
  if (items.length === 1 && keys.length === 2) return whole(text, target.span);
  if (/^["']/.test(written) && keys[0] !== 'commands') return undefined;
  return word(text, item.span);
}

function whole(text: string, span: Span): readonly TextEdit[] {
  return [{ span: wholeLines(text, span), text: '' }];
}

/** A word with the blank before it, or with its line where it has one of its own in the midst of an instruction. */
function word(text: string, span: Span): readonly TextEdit[] {
  let { start } = span;
  while (start > 0 && (text[start - 1] === ' ' || text[start - 1] === '\t')) start--;
  const line = wholeLines(text, span);
  const rest = text.slice(span.end, lineEnd(text, span.end)).trim();
  if (start === 0 || start !== lineStart(text, span.start)) return [{ span: { start, end: span.end }, text: '' }];
  if (rest === '\\' || rest === '`') return [{ span: line, text: '' }];
  if (rest !== '') return [{ span, text: '' }];
  // The last line: the one before, comments left out, no longer goes on.
  for (let end = start - 1; end > 0; end = lineStart(text, end) - 1) {
    const before = text.slice(lineStart(text, end), end).trimEnd();
    if (before.trim() === '' || before.trim().startsWith('#')) continue;
    const mark = /[ \t]*[\\`]$/.exec(before);
    if (!mark) break;
    const from = lineStart(text, end) + mark.index;
    return [
      { span: { start: from, end: from + mark[0].length }, text: '' },
      { span: line, text: '' },
    ];
  }
  return [{ span, text: '' }];
}

/** The entry at a path; where several are, the one that holds the focus. */
function follow({ node: root, focus }: Target, keys: readonly string[]): Entry | undefined {
  const holds = (span: Span): boolean => span.start <= focus.start && focus.end <= span.end;
  let node: Node | undefined = root;
  let entry: Entry | undefined;
  for (const key of keys) {
    if (node?.kind === 'list') node = node.items.find((item) => holds(item.span)) ?? (node.items.length === 1 ? node.items[0] : undefined);
    if (node?.kind !== 'map') return undefined;
    const entries: readonly Entry[] = node.entries.filter((e) => e.key === key);
    entry = entries.length > 1 ? entries.find((e) => holds(e.span)) : entries[0];
    node = entry?.value;
    if (!entry) return undefined;
  }
  return entry;
}
