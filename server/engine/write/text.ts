import type { Span } from '../tree.ts';
import type { Plan } from './plan.ts';
import type { TextEdit } from '../types.ts';

/** The line end that a text uses. */
export function newlineOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

export function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** The offset before the line end that follows `offset`. */
export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  if (end < 0) return text.length;
  return end > offset && text[end - 1] === '\r' ? end - 1 : end;
}

/** The spaces and tabs that a line begins with. */
export function indentAt(text: string, offset: number): string {
  const start = lineStart(text, offset);
  let end = start;
  while (text[end] === ' ' || text[end] === '\t') end++;
  return text.slice(start, end);
}

/** The span of whole lines around `span`, line end included; at the end of a text without one, the line end before. */
export function wholeLines(text: string, span: Span): Span {
  const start = lineStart(text, span.start);
  const end = text.indexOf('\n', span.end);
  if (end >= 0) return { start, end: end + 1 };
  if (start === 0) return { start, end: text.length };
  return { start: text[start - 2] === '\r' ? start - 2 : start - 1, end: text.length };
}

/** `replace` and `insert` are the same in every syntax with lines: inserted lines get the indentation of the line they go with. */
export function writeTexts(text: string, whole: Span, edits: Plan['texts']): readonly TextEdit[] {
  const newline = newlineOf(text);
  return edits.map((edit) => {
    if (edit.op === 'replace') return { span: edit.span, text: edit.text };
    const anchor = edit.span ?? whole;
    const indent = indentAt(text, anchor.start);
    const lines = dedent(edit.text).map((line) => (line ? indent + line : line));
    const body = lines.join(newline);
    if (edit.before) {
      const at = lineStart(text, anchor.start);
      return { span: { start: at, end: at }, text: body + newline };
    }
    const at = lineEnd(text, anchor.end);
    return { span: { start: at, end: at }, text: newline + body };
  });
}

/** The lines of a text without the indentation that all of them share. */
function dedent(text: string): readonly string[] {
  const lines = text.replace(/\n$/, '').split(/\r?\n/);
  const shared = Math.min(...lines.filter((line) => line.trim()).map((line) => line.search(/\S/)));
  return lines.map((line) => line.slice(Number.isFinite(shared) ? shared : 0));
}
