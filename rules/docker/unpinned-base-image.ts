import { get, items, text } from '../../server/engine/tree.ts';
import { enclosing } from '../../server/engine/workflow.ts';
import type { Check } from '../../server/engine/types.ts';

/** `COPY --from=` an image. A bare name may be a stage or a build context, so it takes a registry or a tag. */
const check: Check = (fact) => {
  const from = get(fact.node, 'from');
  const name = text(from);
  if (!from || name === undefined || !/[/:]/.test(name)) return [];
  const stages = items(get(enclosing(fact, 'file')?.node, 'stages')).map((stage) => text(stage, 'name'));
  return stages.includes(name) ? [] : [{ span: from.span, values: { value: name } }];
};

export default check;
