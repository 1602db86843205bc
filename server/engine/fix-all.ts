import { applyEdits, compatible } from './fix.ts';
import type { Analysis } from './analyze.ts';
import type { TextEdit } from './types.ts';

/** How often fixes may uncover each other's findings; from then on each round has to leave less to do, or they undo each other. */
const rounds = 10;

/**
 * The edit that applies every safe fix, each round on the text that the round before left, until nothing is left to do: fixes that add to the same place wait
 * for each other. Undefined when there is nothing to fix. `analyse` answers for a text of the document.
 */
export function fixAll(text: string, analyse: (text: string) => Analysis): TextEdit | undefined {
  let fixed = text;
  for (let round = 0, left = Infinity; ; round++) {
    const fixes = safeFixes(analyse(fixed));
    if (round >= rounds && fixes.length >= left) break;
    left = fixes.length;
    const next = applyEdits(fixed, compatible(fixes).edits);
    if (next === fixed) break;
    fixed = next;
  }
  return fixed === text ? undefined : difference(text, fixed);
}

/** The first safe fix of each finding. */
export function safeFixes(analysis: Analysis) {
  return analysis.findings.flatMap((finding) => analysis.fixesOf(finding).find((fix) => fix.safe) ?? []);
}

/** The one edit between what two texts have in common at their ends; it never cuts a surrogate pair or a line end in two. */
function difference(before: string, after: string): TextEdit {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  while (start > 0 && before[start - 1] !== '\n') start--;
  let end = 0;
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  while (end > 0 && before[before.length - end - 1] !== '\n') end--;
  return { span: { start, end: before.length - end }, text: after.slice(start, after.length - end) };
}
