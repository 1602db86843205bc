import { commandsOf } from '../../server/engine/packages.ts';
import { get, items, text } from '../../server/engine/tree.ts';
import type { Check, Hit } from '../../server/engine/types.ts';

/** `echo user:password | chpasswd`, `useradd -p …`, `usermod -p …` and accounts that need no password. */
const check: Check = (fact) =>
  commandsOf(fact.node).flatMap((command): Hit[] => {
    const program = text(command, 'program') ?? '';
    const words = items(get(command, 'words'));
    const flags = items(get(command, 'flags')).map((flag) => text(flag));
    const downstream = items(get(command, 'pipe-to')).map((one) => text(one));
    if (/^(echo|printf)$/.test(program) && downstream.includes('chpasswd') && words.some((word) => /^[\w-]+:[^$]/.test(text(word) ?? '')))
      return [{ span: command.span }];
    if (
      /^(echo|printf|yes)$/.test(program) &&
      downstream[0] === 'passwd' &&
      words.some((word) => text(word) !== undefined && !text(word)!.startsWith('-'))
    )
      return [{ span: command.span }];
    if (/^(useradd|usermod)$/.test(program)) {
      const at = words.findIndex((word) => /^(-p|--password)$/.test(text(word) ?? ''));
      const value = text(words[at + 1]);
      return at >= 0 && value !== undefined && !/^[!*]/.test(value) ? [{ span: command.span }] : [];
    }
    return program === 'passwd' && (flags.includes('-d') || flags.includes('--delete')) ? [{ span: command.span }] : [];
  });

export default check;
