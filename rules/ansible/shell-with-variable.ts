import { get } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';
import { written } from '../../server/engine/workflow.ts';

const check: Check = (fact) => {
  const command = get(fact.node, 'shell.cmd');
  if (command?.kind !== 'unknown') return [];
  const template = [...written(fact, command).matchAll(/\{\{\s*([^{}]{1,200}?)\s*\}\}/g)].find(
    ([, inner]) => !/\|\s*(quote|int|bool)\b/.test(inner!),
  );
  return template ? [{ span: command.span, values: { value: template[1]! } }] : [];
};

export default check;
