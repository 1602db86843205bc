import type { Span } from '../engine/tree.ts';

/** A stretch of the document that can be parsed by itself: as long as the original up to closing brackets added at its end. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Document offsets of the placeholders that stand for missing or broken values. */
  readonly holes: ReadonlySet<number>;
}

/** A top-level header at a line's start: whatever is still open before it was never closed. */
const header =
  /^(?:resource|data|variable|output|locals|module|provider|terraform|moved|import|check|removed)(?:[ \t]+"[^"\n]*"){0,2}[ \t]*\{/;
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
  let pos = text.charCodeAt(0) === 0xfeff ? 1 : 0;

  const blank = (from: number, to: number, placeholder = ' '): void => {
    out += text.slice(copied, from) + placeholder + text.slice(from + 1, to).replace(/[^\r\n]/g, ' ');
    copied = Math.max(to, from + 1);
  };
  const cut = (at: number): void => {
    pieces.push({ start, end: at, text: `${out}${text.slice(copied, at)}${'\n}'.repeat(depth)}`, holes });
    [start, copied, depth, out, holes] = [at, at, 0, '', new Set()];
  };

  while (pos < text.length) {
    pos = skipBlank(text, pos);
    if (pos >= text.length) break;
    if (depth > 0 && startsLine(text, pos) && isHeader(text, pos)) {
      problem({ start: pos, end: pos + 1 }, 'A block before this one is not closed');
      cut(pos);
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
          holes.add(hole);
          blank(hole, Math.max(value.end, hole + 1), '_');
        }
      }
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

/** Reads an expression to the end of its line, or of the line where its last bracket closes. `sound` is false for one that can't be. */
function readValue(text: string, from: number): { readonly end: number; readonly sound: boolean } {
  const open: string[] = [];
  let last = '';
  let end = from;
  let pos = from;
  /** Where the brackets that are still open would end if they were broken: the last line before a new statement. */
  const unsound = (at = end): { end: number; sound: boolean } => ({ end: at, sound: false });
  while (pos < text.length) {
    const c = text[pos]!;
    if (c === '\n' || c === '\r') {
      if (open.length === 0) break;
      pos = skipBlank(text, pos);
      if (beginsStatement(text, pos, open.at(-1)!)) return unsound();
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
      if (close < 0) return unsound(open.length ? end : lineEnd(text, pos));
      pos = close;
    } else if (c === '<' && text[pos + 1] === '<') {
      const close = readHeredoc(text, pos);
      if (close < 0) return unsound(nextHeader(text, pos));
      pos = close;
    } else if ('([{'.includes(c)) {
      open.push(c);
      pos++;
    } else if (')]}'.includes(c)) {
      if (open.length === 0 && c === '}') break;
      if (open.pop() !== '([{'[')]}'.indexOf(c)]) return unsound();
      pos++;
    } else {
      pos += match(word, text, pos).length || 1;
    }
    last = c;
    end = pos;
  }
  const complete = last !== '' && open.length === 0 && !'.,+-*/%=<>!&|?:'.includes(last);
  return { end, sound: complete };
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
