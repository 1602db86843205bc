import type { Writer } from '../types.ts';
import type { FlowStyle } from './flow.ts';
import { writeFlow } from './json.ts';
import { writePlain } from './plain.ts';

/** Replaces spans, inserts lines, and edits object literals in the style of the program. */
export const writeJavascript: Writer = (fact, edits, focus) => {
  if (edits.every(({ op }) => op === 'replace' || op === 'insert')) return writePlain(fact, edits, focus);
  const { text } = fact.document;
  const quote = text.split("'").length > text.split('"').length ? "'" : '"';
  const quoted = (value: string): string => {
    const inner = JSON.stringify(value).slice(1, -1);
    return quote === '"' ? `"${inner}"` : `'${inner.replace(/\\"/g, '"').replace(/'/g, "\\'")}'`;
  };
  const style: FlowStyle = {
    unit: /^[ \t]+(?=\S)/m.exec(text)?.[0] ?? '  ',
    lines: text.includes('\n'),
    key: (key) => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key)),
    scalar: (value) => (typeof value === 'string' ? quoted(value) : JSON.stringify(value)),
  };
  return writeFlow(fact, edits, focus, style);
};
