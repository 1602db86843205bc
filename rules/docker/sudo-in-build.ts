import { commandsOf } from '../../server/engine/packages.ts';
import { get, items, text } from '../../server/engine/tree.ts';
import type { Check, Hit } from '../../server/engine/types.ts';

/** Where no USER came before, the steps run as root and `sudo` (without another user) can go. */
const check: Check = (fact) => {
  const commands = commandsOf(fact.node).filter((command) => items(get(command, 'via')).some((one) => text(one) === 'sudo'));
  const instructions = items(get(fact.parent?.node, 'instructions'));
  const own = instructions.findIndex((one) => one.span.start === fact.span.start);
  const root = !get(fact.parent?.node, 'stage') && !instructions.slice(0, own).some((one) => text(one, 'keyword') === 'USER');
  const edits = commands.flatMap((command) => {
    const sudo = items(get(command, 'via')).find((one) => text(one) === 'sudo');
    const path = get(command, 'path');
    if (!sudo || !path || !/^sudo( -[EHn]+)* +$/.test(fact.document.text.slice(sudo.span.start, path.span.start))) return [];
    return [{ op: 'replace' as const, span: { start: sudo.span.start, end: path.span.start }, text: '' }];
  });
  const fix: Hit['fix'] = root && edits.length === commands.length ? { title: 'Leave sudo out', safe: false, edits } : undefined;
  return commands[0] ? [{ span: commands[0].span, ...(fix && { fix }) }] : [];
};

export default check;
