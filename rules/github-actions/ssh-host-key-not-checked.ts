import { commandsOf } from '../../server/engine/packages.ts';
import { get, items, text } from '../../server/engine/tree.ts';
import type { Check, Hit } from '../../server/engine/types.ts';

const check: Check = (fact) =>
  commandsOf(fact.node).flatMap((command): Hit[] => {
    const word = items(get(command, 'words')).find((one) => /StrictHostKeyChecking[= ]*no\b/i.test(text(one) ?? ''));
    return word ? [{ span: word.span, values: { value: 'StrictHostKeyChecking=no' } }] : [];
  });

export default check;
