import type { Entry, Node, Span } from '../engine/tree.ts';
import type { Parse, Problem } from './parsed.ts';

/** `KEY=value` lines as one map. A value with `${…}` outside single quotes is unknown; spans include the quotes. */
export const parseEnv: Parse = (document) => {
  const { text } = document;
  const entries: Entry[] = [];
  const problems: Problem[] = [];
  const assignment = /[ \t\uFEFF]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*/dy;
  for (let line = 0; line < text.length;) {
    let end = lineEnd(text, line);
    assignment.lastIndex = line;
    const match = assignment.exec(text);
    if (match && assignment.lastIndex <= end) {
      const key = match[1]!;
      const keyStart = match.indices![1]![0];
      const start = assignment.lastIndex;
      const quote = text[start];
      const close = quote === '"' || quote === "'" || quote === '`' ? closing(text, start, quote) : -1;
      const span: Span = { start, end: close >= 0 ? close + 1 : bareEnd(text, start, end) };
      const raw = close >= 0 ? text.slice(start + 1, close) : text.slice(span.start, span.end);
      entries.push({
        key,
        keySpan: { start: keyStart, end: keyStart + key.length },
        span: { start: keyStart, end: span.end },
        value: value(raw, close >= 0 ? quote! : '', span),
      });
      end = lineEnd(text, span.end);
    } else if (/[^\s#]/.test(text.slice(line, end).replace(/#.*/s, ''))) {
      problems.push({ span: { start: line, end }, message: 'This line is not `NAME=value`.' });
    }
    line = end + 1;
  }
  return { document, trees: [{ kind: 'map', entries, span: { start: 0, end: text.length } }], problems };
};

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

/** The closing quote, possibly lines further down. An opening quote without one is a character like others. */
function closing(text: string, start: number, quote: string): number {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '\\' && quote === '"') i++;
    else if (text[i] === quote) return i;
    // A quote left open while typing must not swallow the assignments below it.
    else if (text[i] === '\n' && /^[ \t]*(?:export[ \t]+)?[A-Za-z_]\w*[ \t]*=/.test(text.slice(i + 1, i + 200))) return -1;
  }
  return -1;
}

/** The end of an unquoted value: a comment needs a blank before it. */
function bareEnd(text: string, start: number, lineEnd: number): number {
  const raw = text.slice(start, lineEnd);
  const comment = /(?:^|[ \t])#/.exec(raw);
  return start + (comment ? raw.slice(0, comment.index) : raw).trimEnd().length;
}

function value(raw: string, quote: string, span: Span): Node {
  const plain = quote === '"' ? raw.replace(/\\([nrt"\\$])/g, (_, c: string) => ({ n: '\n', r: '\r', t: '\t' })[c] ?? c) : raw;
  if (quote === "'" || !/(?<!\\)\$\{\w+/.test(raw)) return { kind: 'scalar', value: plain, span };
  const refs: string[] = [];
  const parts: (string | undefined)[] = [];
  let from = 0;
  for (const m of raw.matchAll(/\$\{(\w+)[^}]*\}?/g)) {
    if (m.index > from) parts.push(raw.slice(from, m.index));
    parts.push(undefined);
    refs.push(m[1]!);
    from = m.index + m[0].length;
  }
  if (from < raw.length) parts.push(raw.slice(from));
  return { kind: 'unknown', refs, parts, span };
}
