import { commandsOf } from '../../server/engine/packages.ts';
import { get, items, text, type Node } from '../../server/engine/tree.ts';
import type { Check, Hit } from '../../server/engine/types.ts';

const check: Check = (fact) => {
  const hits: Hit[] = [];
  let first: Node | undefined;
  for (const instruction of items(get(fact.node, 'instructions'))) {
    const keyword = text(instruction, 'keyword');
    if (keyword === 'SHELL') {
      // A shell with the option, or one that has no such thing.
      const words = items(get(instruction, 'json')).map((word) => text(word) ?? '');
      if (words.includes('pipefail') || !/(?:ba|z|k|a)?sh$/.test(words[0] ?? '')) return hits;
    }
    if (keyword !== 'RUN') continue;
    const commands = commandsOf(instruction);
    const piped = commands.find((command) => get(command, 'pipe-to'));
    if (!piped || commands.some((command) => items(get(command, 'words')).some((word) => text(word) === 'pipefail'))) continue;
    first ??= instruction;
    const edits = [{ op: 'insert' as const, before: true, span: first.span, text: 'SHELL ["/bin/bash", "-o", "pipefail", "-c"]' }];
    hits.push({ span: piped.span, fix: { title: 'Let the pipe fail', safe: false, edits } });
  }
  return hits;
};

export default check;
