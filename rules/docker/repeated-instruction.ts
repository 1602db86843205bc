import { get, items, text } from '../../server/engine/tree.ts';
import type { Check, Hit } from '../../server/engine/types.ts';
import { wholeLines } from '../../server/engine/write/text.ts';

/** Each CMD, ENTRYPOINT and HEALTHCHECK of a stage but the last. */
const check: Check = (fact) => {
  const own = items(get(fact.node, 'instructions'));
  return ['CMD', 'ENTRYPOINT', 'HEALTHCHECK'].flatMap((keyword) =>
    own
      .filter((instruction) => text(instruction, 'keyword') === keyword)
      .slice(0, -1)
      .map((instruction): Hit => {
        const span = wholeLines(fact.document.text, instruction.span);
        const edits = [{ op: 'replace' as const, span, text: '' }];
        return { span: instruction.span, values: { value: keyword }, fix: { title: 'Remove it', safe: true, edits } };
      }),
  );
};

export default check;
