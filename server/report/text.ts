import type { PlacedFinding } from '../engine/placed.ts';
import { severities, type Severity } from '../engine/types.ts';
import type { Format, Report } from './report.ts';

const colours: Readonly<Record<Severity, string>> = { critical: '1;31', high: '31', medium: '33', low: '36' };

/** For people: grouped by file, each finding with its line and a caret below, a summary last. Severity is always in words. */
export const text: Format = (report, { colour }) => {
  const paint = (codes: string, words: string): string => (colour && words !== '' ? `\x1b[${codes}m${words}\x1b[0m` : words);
  const out: string[] = [];
  let file: string | undefined;
  for (const finding of report.findings) {
    if (finding.path !== file) {
      file = finding.path;
      out.push(paint('1;4', printable(file)), '');
    }
    out.push(...frame(finding, paint), '');
  }
  if (report.skipped.length > 0) {
    out.push(
      paint('1', 'Not analysed in full'),
      ...report.skipped.map(({ path, reason }) => `  ${printable(path)}  ${paint('2', reason)}`),
      '',
    );
  }
  out.push(summary(report, paint));
  return out.join('\n') + '\n';
};

type Paint = (codes: string, words: string) => string;

function frame(finding: PlacedFinding, paint: Paint): string[] {
  const { start, end, excerpt } = finding;
  const place = `${start.line + 1}:${start.column + 1}`;
  const number = String(start.line + 1);
  const gutter = ' '.repeat(number.length);
  const [first, ...rest] = wrapped(printable(finding.message), 100 - finding.severity.length);
  const indent = ' '.repeat(finding.severity.length + 4);
  const head = [
    `  ${paint(colours[finding.severity], finding.severity)}  ${paint('1', first!)}`,
    ...rest.map((line) => indent + paint('1', line)),
  ];
  const lines = [...head, `${indent}${paint('2', `${place}  ${finding.rule}${finding.fixable ? '  (fix available)' : ''}`)}`];
  const from = start.column - excerpt.from;
  if (excerpt.text.trim() !== '') {
    const cut = excerpt.from > 0 ? '…' : '';
    const { text: code, offset, margin } = dedent(printable(excerpt.text), cut === '' ? from : 0);
    const column = from - offset;
    const length = end.line === start.line ? end.column - start.column : Infinity;
    const carets = Math.max(1, Math.min(length, code.length - column));
    // Wide characters take two cells on a terminal: the caret stands under what is seen.
    const before = cut + code.slice(0, column);
    const under = ' '.repeat(cells(before)) + '^'.repeat(Math.max(1, cells(code.slice(column, column + carets))));
    lines.push(`    ${paint('2', `${gutter} │`)}`.trimEnd());
    lines.push(`    ${paint('2', `${number} │`)} ${margin}${cut}${code}`);
    lines.push(`    ${paint('2', `${gutter} │`)} ${margin}${paint(colours[finding.severity], under)}`);
  }
  for (const one of finding.related) {
    lines.push(
      `    ${paint('2', `${gutter} = ${printable(one.path)}:${one.start.line + 1}:${one.start.column + 1}  ${printable(one.message)}`)}`,
    );
  }
  return lines;
}

/** Lines of at most `width` characters, broken at spaces. */
function wrapped(words: string, width: number): string[] {
  const lines: string[] = [''];
  for (const word of words.split(' ')) {
    const line = lines.at(-1)!;
    if (line !== '' && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}

/** Deep indentation says nothing here: at most two columns of it are kept. Never cuts at or behind `keep`. */
function dedent(line: string, keep: number): { text: string; offset: number; margin: string } {
  const blank = /^ */.exec(line)![0].length;
  const offset = Math.min(blank, Math.max(0, keep));
  return { text: line.slice(offset), offset, margin: offset > 0 ? '  ' : '' };
}

/** What a file says must not steer the terminal: control characters are shown as a space, one for one, so that columns hold. */
function printable(words: string): string {
  return words.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, ' ');
}

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}]|[\u{20000}-\u{3fffd}]/u;

/** How many cells a text takes on a terminal. */
function cells(words: string): number {
  let count = 0;
  for (const character of words) count += /\p{Mn}|\u200d|\ufe0f/u.test(character) ? 0 : wide.test(character) ? 2 : 1;
  return count;
}

function summary(report: Report, paint: Paint): string {
  const { findings, stats, known = 0 } = report;
  const rest = known > 0 ? ` ${count(known, 'known finding')} in the baseline.` : '';
  const time = stats.milliseconds < 1000 ? `${Math.round(stats.milliseconds)} ms` : `${(stats.milliseconds / 1000).toFixed(1)} s`;
  const where = `${count(stats.files, 'file')} in ${time}`;
  if (findings.length === 0) return paint('32', `No findings in ${where}.`) + rest;
  const parts = severities.flatMap((severity) => {
    const n = findings.filter((finding) => finding.severity === severity).length;
    return n > 0 ? [paint(colours[severity], `${n} ${severity}`)] : [];
  });
  const fixable = findings.filter((finding) => finding.fixable).length;
  const fixes =
    fixable > 0
      ? ` ${fixable === 1 ? 'One has a fix' : `${fixable} have a fix`} in the editor; \`leftward fix\` applies those that are safe.`
      : '';
  return `${paint('1', count(findings.length, 'finding'))} (${parts.join(', ')}) in ${where}.${fixes}${rest}`;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
