import { entryOf, text } from '../../server/engine/tree.ts';
import type { Check, Hit } from '../../server/engine/types.ts';

/** Octal with a 2 for others and no sticky bit, or letters that give others `w`. */
const OPEN = /^(?:0{0,2}|0?[246])[0-7][0-7][2367]$|(?:^|,)[ug]*[oa][ugoa]*[+=][rwxXst]*w/;

const check: Check = (fact) => {
  if (fact.node.kind !== 'map') return [];
  const seen = new Set<number>();
  return fact.node.entries.flatMap((module): Hit[] => {
    const mode = entryOf(module.value, 'mode');
    const value = text(mode?.value);
    if (!mode || value === undefined || !OPEN.test(value) || seen.has(mode.span.start)) return [];
    seen.add(mode.span.start);
    // The mode of a link is not its target's.
    return text(module.value, 'state') === 'link' ? [] : [{ span: mode.value.span, values: { value } }];
  });
};

export default check;
