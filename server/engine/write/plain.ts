import type { Writer } from '../types.ts';

/** For syntaxes without a tree to edit: replaces spans and inserts lines as they are. */
export const writePlain: Writer = ({ document, span }, edits) => {
  const newline = document.text.includes('\r\n') ? '\r\n' : '\n';
  const written = [];
  for (const edit of edits) {
    if (edit.op === 'replace') written.push({ span: edit.span, text: edit.text });
    else if (edit.op === 'insert') {
      const anchor = edit.span ?? span;
      const at = edit.before ? document.text.lastIndexOf('\n', anchor.start - 1) + 1 : lineEnd(document.text, anchor.end);
      const lines = edit.text
        .replace(/\r?\n$/, '')
        .split(/\r?\n/)
        .join(newline);
      written.push({ span: { start: at, end: at }, text: edit.before ? lines + newline : newline + lines });
    } else return undefined;
  }
  return written;
};

/** The offset before the line end that follows `offset`. */
function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  if (end < 0) return text.length;
  return text[end - 1] === '\r' ? end - 1 : end;
}
