/** Larger middles than this aren't compared line by line. */
const most = 2000;

/** The changed lines of a text, `-` before and `+` after, each with two unchanged ones around. */
export function diff(before: string, after: string, colour: boolean): string {
  const a = before.split(/\r\n|\n|\r/);
  const b = after.split(/\r\n|\n|\r/);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const lines = [
    ...a.slice(Math.max(0, start - 2), start).map((line) => ` ${line}`),
    ...changes(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...a.slice(a.length - end, a.length - end + 2).map((line) => ` ${line}`),
  ];
  const near = (i: number): boolean => lines.slice(Math.max(0, i - 2), i + 3).some((line) => !line.startsWith(' '));
  const paint = (line: string): string =>
    colour && !line.startsWith(' ') ? `\x1b[${line.startsWith('-') ? 31 : 32}m${line}\x1b[0m` : line;
  return lines.flatMap((line, i) => (near(i) ? `    ${paint(line)}\n` : near(i - 1) ? '    …\n' : [])).join('');
}

/** By the longest common subsequence of lines. */
function changes(a: readonly string[], b: readonly string[]): string[] {
  const minus = (line: string): string => `-${line}`;
  const plus = (line: string): string => `+${line}`;
  if (a.length > most || b.length > most) return [...a.map(minus), ...b.map(plus)];
  const width = b.length + 1;
  const common = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i * width + j] =
        a[i] === b[j] ? common[(i + 1) * width + j + 1]! + 1 : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!);
    }
  }
  const lines: string[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push(` ${a[i++]!}`);
      j++;
    } else if (i < a.length && (j === b.length || common[(i + 1) * width + j]! >= common[i * width + j + 1]!)) lines.push(minus(a[i++]!));
    else lines.push(plus(b[j++]!));
  }
  return lines;
}
