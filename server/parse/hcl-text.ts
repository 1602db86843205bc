/** The text of a quoted literal: `\n`, `\"`, `é`, `$${` and their like, with the quotes already gone. */
export function unescape(raw: string): string {
  if (!/\\|[$%]{2}\{/.test(raw)) return raw;
  return raw.replace(
    /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([^]))|([$%])\4\{/g,
    (all, short?: string, long?: string, char?: string, sign?: string) => {
      if (sign) return `${sign}{`;
      const code = parseInt(short ?? long ?? '', 16);
      if (!Number.isNaN(code)) return code <= 0x10ffff ? String.fromCodePoint(code) : all;
      return char === 'n' ? '\n' : char === 't' ? '\t' : char === 'r' ? '\r' : (char ?? '');
    },
  );
}

/** Where the content of a heredoc (its whole text, `<<` to the closing word) starts and ends, and what `<<-` strips from each line. */
export function heredocText(source: string): { readonly start: number; readonly end: number; readonly indent: number } {
  const newline = source.indexOf('\n');
  if (newline < 0) return { start: source.length, end: source.length, indent: 0 };
  const start = newline + 1;
  const end = Math.max(start, source.lastIndexOf('\n') + 1);
  if (!source.startsWith('<<-')) return { start, end, indent: 0 };
  let indent = Infinity;
  for (let line = start; line < end;) {
    let blank = line;
    while (source[blank] === ' ' || source[blank] === '\t') blank++;
    if (source[blank] !== '\n' && source[blank] !== '\r') indent = Math.min(indent, blank - line);
    const next = source.indexOf('\n', blank);
    line = next < 0 ? end : next + 1;
  }
  return { start, end, indent: indent === Infinity ? 0 : indent };
}
