import { commandsOf } from '../../server/engine/packages.ts';
import { get, items, text } from '../../server/engine/tree.ts';
import type { Check, Hit } from '../../server/engine/types.ts';

const PROGRAMS = /^apt(-get)?$/;
const INSTALLS = /^(install|upgrade|dist-upgrade|full-upgrade|build-dep)$/;
const ANSWERS = /^(-y|--yes|--assume-yes|-q=2|--force-yes|-s|--simulate|--download-only|-d)$/;

/** Commands of apt that ask. A level of quiet of two implies `-y`, written `-qq`, `-q -q` or `-q=2`. */
const check: Check = (fact) =>
  commandsOf(fact.node).flatMap((command): Hit[] => {
    const program = get(command, 'program');
    if (!program || !PROGRAMS.test(text(program) ?? '') || get(command, 'pipe-to')) return [];
    if (!INSTALLS.test(text(command, 'subcommand') ?? '')) return [];
    const flags = items(get(command, 'flags')).map((flag) => text(flag));
    if (flags.includes(undefined) || flags.some((flag) => ANSWERS.test(flag!) || /^-[a-z]*y/.test(flag!))) return [];
    const quiet = flags.reduce((sum, flag) => sum + (flag === '--quiet' ? 1 : /^-q+$/.test(flag!) ? flag!.length - 1 : 0), 0);
    if (quiet >= 2) return [];
    const edits = [{ op: 'set' as const, path: 'commands.flags', value: '-y' }];
    return [{ span: program.span, values: { value: text(program)! }, fix: { title: 'Add -y', safe: true, edits } }];
  });

export default check;
