import { commandsOf } from '../../server/engine/packages.ts';
import { get, items, text } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

/** A `cd` at the beginning of a RUN, or at its end, where nothing follows: those between mostly go into what the step itself has made. */
const check: Check = (fact) => {
  const last = commandsOf(fact.node).at(-1);
  if (last && text(last, 'program') === 'cd' && !get(last, 'inside')) return [{ span: last.span }];
  const first = commandsOf(fact.node).find((command) => text(command, 'program') !== 'set');
  const folder = text(items(get(first, 'words'))[0]);
  return first && text(first, 'program') === 'cd' && folder?.startsWith('/') ? [{ span: first.span }] : [];
};

export default check;
