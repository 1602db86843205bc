import { LazyList, type Entry, type MapNode, type Node, type ScalarNode } from '../engine/tree.ts';
import { shellCommands } from '../parse/shell.ts';

/** A `commands` entry for scripts that stand in YAML scalars, computed at the first question; open if not all are known. */
export function commandsEntry(scripts: readonly Node[], text: string, at: Entry): Entry {
  const { keySpan, span } = at;
  const known = scripts.filter((script) => script.kind === 'scalar');
  const commands = (): readonly Node[] => known.flatMap((script) => scriptCommands(script, text));
  const value = new LazyList(at.value.span, commands, known.length < scripts.length);
  return { key: 'commands', keySpan, span, value };
}

/** The commands of a script in a YAML scalar, each at its place in the document. `${{ … }}` and `{{ … }}` are unknown words. */
export function scriptCommands(node: ScalarNode, text: string): readonly MapNode[] {
  if (typeof node.value !== 'string' || node.value === '') return [];
  const { start, end } = node.span;
  const at = node.origin ? '' : text[start];
  if (at === '|' || at === '>') return blockCommands(text, start, end, at === '>');
  const { value } = node;
  const lead = at === '"' || at === "'" ? 1 : 0;
  // With escapes or folded lines the places are lost; the whole scalar is underlined then.
  const exact = text.slice(start + lead, end - lead) === value;
  return shellCommands(masked(value), (i) => (exact ? start + lead + i : start));
}

/** The lines of a block scalar, their indentation taken off, as heredocs in them need. */
function blockCommands(text: string, start: number, end: number, folded: boolean): readonly MapNode[] {
  let from = text.indexOf('\n', start) + 1;
  if (from === 0 || from > end) return [];
  let indent = -1;
  let script = '';
  /** Where each line starts in the script, and in the document. */
  const starts: number[] = [];
  const places: number[] = [];
  while (from < end) {
    const newline = text.indexOf('\n', from);
    const to = newline < 0 || newline > end ? end : newline;
    const line = text.slice(from, to);
    const blank = line.trim() === '';
    if (indent < 0 && !blank) indent = /^ */.exec(line)![0].length;
    const cut = Math.min(Math.max(indent, 0), line.length);
    starts.push(script.length);
    places.push(from + cut);
    // In a folded scalar a line end is a blank, but for an empty line.
    script += line.slice(cut).replace(/\r$/, ' ') + (to === end ? '' : folded && !blank ? ' ' : '\n');
    from = to + 1;
  }
  return shellCommands(masked(script), (i) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= i) low = middle;
      else high = middle - 1;
    }
    return (places[low] ?? start) + i - (starts[low] ?? 0);
  });
}

/** Template expressions as shell variables of the same length. */
function masked(script: string): string {
  let result = '';
  let from = 0;
  for (let open = script.indexOf('{{'); open >= 0;) {
    const close = script.indexOf('}}', open + 2);
    if (close < 0) break;
    const start = script[open - 1] === '$' ? open - 1 : open;
    result += `${script.slice(from, start)}\${${'_'.repeat(close + 2 - start - 3)}}`;
    from = close + 2;
    open = script.indexOf('{{', from);
  }
  return result + script.slice(from);
}
