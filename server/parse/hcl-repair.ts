import type { Span } from '../engine/tree.ts';

/** A stretch of the document that can be parsed by itself: as long as the original up to closing brackets added at its end. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Document offsets of the placeholders that stand for missing or broken values. */
  readonly holes: ReadonlySet<number>;
  /** Where its top-level blocks begin. */
  readonly blocks: readonly number[];
  /** The extents of the values of its attributes, from behind the `=`. */
  readonly values: readonly Span[];
}

/** A top-level header at a line's start: whatever is still open before it was never closed. */
const header =
  /^(?:resource|data|variable|output|locals|module|provider|terraform|moved|import|check|removed)(?:[ \t]+(?:"[^"\n]*"|[\w-]+)){0,2}[ \t]*\{/;
const word = /[\p{ID_Start}_][\p{ID_Continue}-]*/uy;

/**
 * Reads half-typed HCL by lines, as HCL itself does (the grammar ignores line ends), and blanks what is unfinished: a broken value
 * becomes a placeholder, a lone word is dropped, an unclosed block is closed before the next top-level one. Offsets stay.
 */
export function repair(text: string, problem: (span: Span, message: string) => void): readonly Piece[] {
  const pieces: Piece[] = [];
  let out = '';
  let start = 0;
  let copied = 0;
  let depth = 0;
  let holes = new Set<number>();
  let blocks: number[] = [];
  let values: Span[] = [];
  let pos = text.charCodeAt(0) === 0xfeff ? 1 : 0;

  const cut = (at: number): void => {
    if (at > start) pieces.push({ start, end: at, text: `${out}${text.slice(copied, at)}${'\n}'.repeat(depth)}`, holes, blocks, values });
    [start, copied, depth, out, holes, blocks, values] = [at, at, 0, '', new Set(), [], []];
  };
  const blank = (from: number, to: number, placeholder = ' '): void => {
    const block = blocks.at(-1);
    if (out === '' && block !== undefined && block > start) {
      // What is mended stands alone, so that what can't be mended in it stays within it.
      const [open, inner] = [depth, values.filter((value) => value.start > block)];
      depth = 0;
      cut(block);
      [depth, blocks, values] = [open, [block], inner];
    }
    out += text.slice(copied, from) + placeholder + text.slice(from + placeholder.length, to).replace(/[^\r\n]/g, ' ');
    copied = Math.max(to, from + placeholder.length);
  };

  while (pos < text.length) {
    pos = skipBlank(text, pos);
    if (pos >= text.length) break;
    if (startsLine(text, pos) && isHeader(text, pos)) {
      if (depth > 0) problem({ start: pos, end: pos + 1 }, 'A block before this one is not closed');
      if (depth > 0 || out !== '') cut(pos);
      blocks.push(pos);
    }
    if (text[pos] === '}') {
      if (depth > 0) depth--;
      else {
        problem({ start: pos, end: pos + 1 }, 'Nothing is open that this could close');
        blank(pos, pos + 1);
      }
      pos++;
      continue;
    }
    const key = match(word, text, pos);
    const after = skipSpaces(text, pos + key.length);
    if (key && text[after] === '=' && text[after + 1] !== '=') {
      const value = readValue(text, skipSpaces(text, after + 1));
      if (!value.sound) {
        problem({ start: pos, end: Math.max(value.end, after + 1) }, `The value of \`${key}\` is not complete`);
        const hole = after + 1;
        if (hole >= text.length || '#/}'.includes(text[hole]!)) blank(pos, Math.max(value.end, hole));
        else {
          // Blanking may begin a new piece, with holes of its own.
          blank(hole, Math.max(value.end, hole + 1), '_');
          holes.add(hole);
        }
      } else {
        for (const { from, to, text: mended } of value.mends) {
          problem({ start: from, end: to }, `A line in the value of \`${key}\` is not complete`);
          blank(from, to, mended);
          if (mended.startsWith('_')) holes.add(from);
        }
      }
      values.push({ start: after + 1, end: Math.max(value.end, after + 1) });
      pos = Math.max(value.end, after + 1);
      continue;
    }
    const brace = key ? readLabels(text, after) : -1;
    if (brace >= 0) {
      depth++;
      pos = brace + 1;
      continue;
    }
    // Neither an attribute nor a block: a word being typed, a stray bracket. Its line is left out.
    const end = Math.max(pos + 1, readValue(text, pos).end);
    problem({ start: pos, end }, 'Neither an attribute nor a block');
    blank(pos, end);
    pos = end;
  }
  cut(text.length);
  return pieces;
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}

function isHeader(text: string, at: number): boolean {
  return header.test(text.slice(at, at + 300));
}

function startsLine(text: string, at: number): boolean {
  return at === 0 || text[at - 1] === '\n' || text[at - 1] === '\r';
}

function skipSpaces(text: string, from: number): number {
  while (text[from] === ' ' || text[from] === '\t') from++;
  return from;
}

/** The next offset that is neither blank nor in a comment. */
function skipBlank(text: string, from: number): number {
  for (;;) {
    const c = text[from];
    if (c === ' ' || c === '\t' || c === '\n' || c === '\r') from++;
    else if (c === '#' || (c === '/' && text[from + 1] === '/')) from = lineEnd(text, from);
    else if (c === '/' && text[from + 1] === '*') from = after(text, '*/', from + 2);
    else return from;
  }
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end > from && text[end - 1] === '\r' ? end - 1 : end;
}

function after(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at < 0 ? text.length : at + mark.length;
}

/** The offset of the `{` behind any labels, or -1. */
function readLabels(text: string, from: number): number {
  for (let pos = from; ; pos = skipSpaces(text, pos)) {
    if (text[pos] === '{') return pos;
    const label = match(word, text, pos) || match(/"(?:[^"\\\n]|\\.)*"/y, text, pos);
    if (!label) return -1;
    pos += label.length;
  }
}

interface Value {
  readonly end: number;
  /** Whether it can be read, given the mends. */
  readonly sound: boolean;
  /** Unfinished lines between its brackets, and what is to stand there (shorter texts are filled up with blanks). */
  readonly mends: readonly { readonly from: number; readonly to: number; readonly text: string }[];
}

/** Reads an expression to the end of its line, or of the line where its last bracket closes. */
function readValue(text: string, from: number): Value {
  const open: string[] = [];
  const mends: { from: number; to: number; text: string }[] = [];
  let last = '';
  let end = from;
  let pos = from;
  /** The line as it began: its first token, the brackets that were open, the least that were since, where its value begins. */
  let line = { from, depth: 0, least: 0, value: -1 };
  /** Where the brackets that are still open would end if they were broken: the last line before a new statement. */
  const unsound = (at = end): Value => ({ end: at, sound: false, mends });
  const inObject = (): boolean => line.depth > 0 && open[line.depth - 1] === '{';

  const endLine = (): void => {
    if (!inObject() || line.depth !== open.length || line.least < line.depth) return;
    if (last === '=' && text[end] === ' ') mends.push({ from: end, to: end + 1, text: '_' });
    else if (last === '=' || (line.value < 0 && /^(?:[\w-]+|"[^"\n]*")$/.test(text.slice(line.from, Math.min(end, line.from + 200)))))
      mends.push({ from: line.from, to: end, text: ' ' });
    else return;
    last = '_';
  };
  const beginLine = (): void => {
    const inner = open.at(-1);
    line = { from: pos, depth: open.length, least: open.length, value: -1 };
    if (inner === '{') {
      if (text[pos] === '=' && text[pos - 1] === ' ') mends.push({ from: pos - 1, to: pos, text: '_' });
    } else if (/[\w")\]}]/.test(last) && /\s/.test(text[end]!) && /^(?:"|(?!(?:if|for|in)\b)\w)/.test(text.slice(pos, pos + 5)))
      mends.push({ from: end, to: end + 1, text: ',' });
  };

  while (pos < text.length) {
    const c = text[pos]!;
    if (c === '\n' || c === '\r') {
      if (open.length === 0) break;
      endLine();
      pos = skipBlank(text, pos);
      if (beginsStatement(text, pos, open.at(-1)!)) {
        // `q = [` in an object, and then the next key: the bracket goes.
        if (!inObject() || line.value < 0 || open.length !== line.depth + 1 || line.least < line.depth) return unsound();
        mends.push({ from: line.value, to: end, text: '_' });
        open.pop();
        last = '_';
      }
      beginLine();
      continue;
    }
    if (c === ' ' || c === '\t') {
      pos++;
      continue;
    }
    if (c === '#' || (c === '/' && (text[pos + 1] === '/' || text[pos + 1] === '*'))) {
      if (text[pos + 1] !== '*') pos = lineEnd(text, pos);
      else pos = after(text, '*/', pos + 2);
      continue;
    }
    if (c === '"') {
      const close = readString(text, pos);
      if (close < 0) {
        // Within brackets that opened on a line before, only the line is lost.
        const stop = lineEnd(text, pos);
        const kept = inObject() ? (line.value < 0 ? ' ' : '_') : '_,';
        const start = kept === '_' ? line.value : line.from;
        if (line.depth === 0 || line.least < line.depth || start + kept.length > stop) return unsound(open.length ? end : stop);
        mends.push({ from: start, to: stop, text: kept });
        open.length = line.depth;
        last = ',';
        pos = end = stop;
        continue;
      }
      pos = close;
    } else if (c === '<' && text[pos + 1] === '<') {
      const close = readHeredoc(text, pos);
      if (close < 0) return unsound(nextHeader(text, pos));
      pos = end = close;
      last = '"';
      continue;
    } else if ('([{'.includes(c)) {
      open.push(c);
      pos++;
    } else if (')]}'.includes(c)) {
      if (open.length === 0 && c === '}') break;
      if (open.pop() !== '([{'[')]}'.indexOf(c)]) return unsound();
      line.least = Math.min(line.least, open.length);
      pos++;
    } else {
      pos += match(word, text, pos).length || 1;
      if ((c === '=' || c === ':') && line.value < 0 && open.length === line.depth) line.value = text[pos] === '>' ? pos + 1 : pos;
    }
    last = c;
    end = pos;
  }
  const complete = last !== '' && open.length === 0 && !'.,+-*/%=<>!&|?:'.includes(last);
  return { end, sound: complete, mends };
}

/** Whether the line at `at`, inside a bracket, can only be a statement of the body: the bracket was never closed. */
function beginsStatement(text: string, at: number, bracket: string): boolean {
  if (startsLine(text, at) && isHeader(text, at)) return true;
  const key = match(word, text, at);
  if (!key) return false;
  const next = skipSpaces(text, at + key.length);
  if (text[next] === '=' && text[next + 1] !== '=' && text[next + 1] !== '>') return bracket !== '{';
  // `for x in {` is the only expression where a word is followed by a word and a brace.
  return key !== 'for' && text[next - 1] !== '.' && readLabels(text, next) >= 0;
}

/** The offset behind a string's closing quote, or -1 when its line ends first. Strings within `${…}` are passed over. */
function readString(text: string, from: number): number {
  // What we are in, innermost last: a string, an interpolation, or a brace within one.
  const within: ('"' | '$' | '{')[] = ['"'];
  for (let pos = from + 1; pos < text.length; pos++) {
    const c = text[pos]!;
    if (c === '\n') return -1;
    if (within.at(-1) === '"') {
      if (c === '\\') pos++;
      else if (c === '"') {
        within.pop();
        if (within.length === 0) return pos + 1;
      } else if ((c === '$' || c === '%') && text[pos + 1] === '{') {
        within.push('$');
        pos++;
      } else if ((c === '$' || c === '%') && text[pos + 1] === c && text[pos + 2] === '{') pos += 2;
    } else if (c === '"') within.push('"');
    else if (c === '{') within.push('{');
    else if (c === '}') within.pop();
  }
  return -1;
}

/** The offset behind a heredoc's closing word, or -1. */
function readHeredoc(text: string, from: number): number {
  const opening = match(/<<-?([\p{ID_Start}_][\p{ID_Continue}-]*)[ \t]*\r?\n/uy, text, from);
  const mark = /[\p{ID_Start}_][\p{ID_Continue}-]*/u.exec(opening)?.[0];
  if (!mark) return -1;
  for (let line = from + opening.length; line < text.length; line = lineEnd(text, line) + (text[lineEnd(text, line)] === '\r' ? 2 : 1)) {
    const begin = skipSpaces(text, line);
    if (text.startsWith(mark, begin) && skipSpaces(text, begin + mark.length) >= lineEnd(text, line)) return begin + mark.length;
  }
  return -1;
}

/** The start of the next top-level block's line, or the end of the text. */
function nextHeader(text: string, from: number): number {
  for (let line = text.indexOf('\n', from) + 1; line > 0; line = text.indexOf('\n', line) + 1) {
    if (isHeader(text, line)) return line;
  }
  return text.length;
}
