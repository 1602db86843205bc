import { commandsOf } from '../../server/engine/packages.ts';
import { get, items, text } from '../../server/engine/tree.ts';
import type { Check, Hit } from '../../server/engine/types.ts';

/** `useradd -u 100000` and above, without `-l`. */
const check: Check = (fact) =>
  commandsOf(fact.node).flatMap((command): Hit[] => {
    if (text(command, 'program') !== 'useradd') return [];
    const words = items(get(command, 'words')).map((word) => text(word) ?? '');
    if (words.some((word) => word === '--no-log-init' || /^-[a-zA-Z]*l/.test(word))) return [];
    const place = words.findIndex((word) => word === '--uid' || /^-[a-zA-Z]*u$/.test(word));
    const id = words.find((word) => word.startsWith('--uid='))?.slice(6) ?? (place < 0 ? undefined : words[place + 1]);
    if (id === undefined || !/^\d{6,}$/.test(id)) return [];
    const edits = [{ op: 'set' as const, path: 'commands.flags', value: '--no-log-init' }];
    return [{ span: command.span, values: { value: id }, fix: { title: 'Add --no-log-init', safe: true, edits } }];
  });

export default check;
