import { commandsOf } from '../../server/engine/packages.ts';
import { get, items, text, type Node } from '../../server/engine/tree.ts';
import type { Check, Hit } from '../../server/engine/types.ts';

/** Names of variables that hold a credential itself. */
const SECRET = /(^|_)(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_KEY|ACCESS_KEY|CREDENTIALS?)$/;
/** Programs that show what they read. */
const SHOWS = /^(cat|tee|sort|head|tail|less|more|nl)$/;

const check: Check = (fact) =>
  commandsOf(fact.node).flatMap((command): Hit[] => {
    const program = text(command, 'program') ?? '';
    const words = items(get(command, 'words'));
    const pipe = items(get(command, 'pipe-to'));
    if (get(command, 'writes') || get(command, 'inside') || !pipe.every((one) => SHOWS.test(text(one) ?? ''))) return [];
    // GitHub masks its secrets, so the whole environment is of interest elsewhere.
    if (/^(env|printenv|export|set)$/.test(program))
      return fact.platform === 'gitlab-ci' && isWhole(program, words) ? [{ span: command.span, values: { value: program } }] : [];
    if (!/^(echo|printf|printenv)$/.test(program)) return [];
    const name = words.flatMap((word) => (word.kind === 'unknown' ? word.refs : [])).find((ref) => SECRET.test(ref));
    return name === undefined ? [] : [{ span: command.span, values: { value: `${program} $${name}` } }];
  });

function isWhole(program: string, words: readonly Node[]): boolean {
  return words.length === 0 || (program === 'export' && words.length === 1 && text(words[0]) === '-p');
}

export default check;
