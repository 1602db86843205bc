import { get, type Entry, type Node } from '../../server/engine/tree.ts';
import type { Check, Hit } from '../../server/engine/types.ts';

/** Values of an ENV that refer to another variable of the same ENV. */
const check: Check = (fact) => {
  const own = variablesOf(fact.node);
  if (own.length < 2) return [];
  return own.flatMap((entry): Hit[] => {
    const written = fact.document.text.slice(entry.span.start, entry.span.end);
    const used = [...written.matchAll(/\$\{?(\w+)/g)].map((found) => found[1]!);
    const name = used.find((one) => one !== entry.key && own.some(({ key }) => key === one));
    return name === undefined ? [] : [{ span: entry.span, values: { value: name } }];
  });
};

function variablesOf(instruction: Node): readonly Entry[] {
  const variables = get(instruction, 'variables');
  return variables?.kind === 'map' ? variables.entries : [];
}

export default check;
