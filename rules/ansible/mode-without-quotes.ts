import { entryOf } from '../../server/engine/tree.ts';
import type { Check, Hit } from '../../server/engine/types.ts';
import { written } from '../../server/engine/workflow.ts';

const check: Check = (fact) => {
  if (fact.node.kind !== 'map') return [];
  const seen = new Set<number>();
  return fact.node.entries.flatMap((module): Hit[] => {
    const mode = module.value.kind === 'map' && !module.value.origin ? entryOf(module.value, 'mode') : undefined;
    if (mode?.value.kind !== 'scalar' || seen.has(mode.span.start)) return [];
    seen.add(mode.span.start);
    const raw = written(fact, mode.value);
    if (!/^[1-7][0-7]{2,3}$/.test(raw)) return [];
    const edits = [{ op: 'replace' as const, span: mode.value.span, text: `"${raw.padStart(4, '0')}"` }];
    return [{ span: mode.value.span, values: { value: raw }, fix: { title: 'Write it in quotes', safe: false, edits } }];
  });
};

export default check;
