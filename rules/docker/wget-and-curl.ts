import { commandsOf } from '../../server/engine/packages.ts';
import { get, items, text } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

const check: Check = (fact) => {
  const programs = items(get(fact.node, 'RUN') ? get(fact.node, 'instructions') : undefined)
    .filter((instruction) => text(instruction, 'keyword') === 'RUN')
    .flatMap((run) => commandsOf(run))
    .flatMap((command) => get(command, 'program') ?? []);
  const first = programs.find((program) => /^(curl|wget)$/.test(text(program) ?? ''));
  const other = text(first) === 'curl' ? 'wget' : 'curl';
  const second = programs.filter((program) => first && text(program) === other);
  return second.map(({ span }) => ({ span, values: { value: other } }));
};

export default check;
