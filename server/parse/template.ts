/** Stands for the characters of an action inside a line, and for those of a line that an action fills in. Private use: no text has them. */
export const action = 0xe000;
export const actionLine = 0xe001;

/** Actions that print nothing themselves: both branches of an `if` stay visible, the lines of the action are blank. */
const control =
  /^\{[{%]-?\s*(?:if|else|elif|end|endif|endfor|for|with|range|define|block|break|continue|set|fail\b|\$\w+\s*:?=|\/\*|-?%|#)/;

/**
 * Replaces the actions of a Go template (`{{ … }}`, and Jinja's `{% … %}`) so that the rest can be read as YAML with all offsets kept.
 * Inside a line an action becomes U+E000; a line that only prints (`{{ toYaml .Values.x | nindent 8 }}`) becomes an entry or an item U+E001 at the
 * column where it will print; control flow and comments become spaces. `${{ … }}` is left alone.
 */
export function maskTemplate(text: string): { text: string; masked: boolean } {
  const out: string[] = [];
  const pending: { index: number; indent: number; width: number }[] = [];
  let at = 0;
  let lineStart = 0;
  let masked = false;
  for (let open = nextAction(text, 0); open >= 0; open = nextAction(text, at)) {
    const end = closing(text, open);
    const source = text.slice(open, end);
    const between = text.slice(at, open);
    const newline = between.lastIndexOf('\n');
    if (newline >= 0) lineStart = at + newline + 1;
    const startsLine = lineStart >= at && /^[ \t]*$/.test(between.slice(newline + 1));
    const endsLine = /^[ \t]*\r?(?:\n|$)/.test(text.slice(end, end + 200));
    const silent = control.test(source);
    masked = true;
    out.push(between);
    if (startsLine && endsLine && !silent) {
      // Where it prints is known once the lines around it are: filled in below.
      const firstLine = source.split('\n', 1)[0]!.replace(/\r$/, '');
      pending.push({ index: out.length, indent: printColumn(source, open - lineStart), width: open - lineStart + firstLine.length });
      out.push(blank(source));
    } else if (silent && (endsLine || (startsLine && /^[ \t]*\{[{%]/.test(text.slice(end, end + 200))))) out.push(blank(source));
    else out.push(filler(source));
    at = end;
  }
  if (!masked) return { text, masked };
  out.push(text.slice(at));
  let result = out.join('');
  if (pending.length > 0) result = fillLines(result, out, pending);
  return { text: result, masked };
}

/** The column at which a line of its own prints: what `indent` and `nindent` say, else where it stands. */
function printColumn(source: string, column: number): number {
  const indent = /\bn?indent\s+(\d{1,3})\s*-?\}\}$/.exec(source)?.[1];
  return indent === undefined ? column : Number(indent);
}

/** Puts `\uE001:` or `- \uE001` on each printing line, by what stands around it. */
function fillLines(text: string, out: readonly string[], pending: readonly { index: number; indent: number; width: number }[]): string {
  const lines = text.split('\n');
  let line = 0;
  let piece = 0;
  for (const { index, indent, width } of pending) {
    for (; piece < index; piece++) {
      const part = out[piece]!;
      for (let i = part.indexOf('\n'); i >= 0; i = part.indexOf('\n', i + 1)) line++;
    }
    const item = inList(lines, line, indent);
    const mark = item ? '- \uE001' : '\uE001:';
    const rest = lines[line]!;
    if (indent + mark.length <= width) lines[line] = ' '.repeat(indent) + mark + rest.slice(indent + mark.length);
  }
  return lines.join('\n');
}

/** Whether the nearest lines at `indent` are list items. */
function inList(lines: readonly string[], line: number, indent: number): boolean {
  for (const step of [-1, 1]) {
    for (let i = line + step; i >= 0 && i < lines.length && Math.abs(i - line) < 500; i += step) {
      const text = lines[i]!;
      const column = text.search(/\S/);
      if (column < 0 || text[column] === '#' || column > indent) continue;
      if (column === indent && text[column] === '-') return true;
      if (column < indent || step < 0) break;
    }
  }
  return false;
}

function nextAction(text: string, from: number): number {
  for (let i = text.indexOf('{', from); i >= 0; i = text.indexOf('{', i + 1)) {
    const next = text.charCodeAt(i + 1);
    if (next === 37) return i;
    if (next === 123) {
      if (text.charCodeAt(i - 1) !== 36) return i;
      i++;
    }
  }
  return -1;
}

/** The end of the action that opens at `open`; an unfinished one ends with its line. */
function closing(text: string, open: number): number {
  const close = text.charCodeAt(open + 1) === 37 ? '%}' : '}}';
  const comment = /^\{\{-?\s*\/\*/.test(text.slice(open, open + 20));
  const from = comment ? text.indexOf('*/', open) : open + 2;
  const end = from < 0 ? -1 : text.indexOf(close, from);
  const lineEnd = text.indexOf('\n', open);
  const again = text.indexOf('{{', open + 2);
  if (end >= 0 && (comment || again < 0 || again > end)) return end + 2;
  return lineEnd < 0 ? text.length : lineEnd;
}

function blank(source: string): string {
  return source.replace(/[^\r\n]/g, ' ');
}

/** The first line as U+E000, further lines as spaces. */
function filler(source: string): string {
  const line = source.search(/[\r\n]/);
  if (line < 0) return '\uE000'.repeat(source.length);
  return '\uE000'.repeat(line) + blank(source.slice(line));
}

/** A masked text without its marks. */
export function unmask(text: string): string {
  return text.replace(/[\uE000\uE001]+/g, '');
}

/** The paths that the actions of a text refer to: `.Values.image.tag`, `.Release.Name`. */
export function actionsIn(text: string): readonly string[] {
  const refs = new Set<string>();
  for (const [, body] of text.matchAll(/\{\{([^{}]{0,2000})\}\}/g)) {
    for (const [ref] of body!.matchAll(/(?<![\w)])\.[A-Za-z_]\w*(?:\.\w+)*/g)) refs.add(ref);
  }
  return [...refs];
}
