import { entryOf, text } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';
import { stepsAround } from '../../server/engine/workflow.ts';

/** A result that goes on to code scanning isn't ignored. */
const check: Check = (fact) => {
  const at = entryOf(fact.node, 'continue-on-error');
  const uploaded = stepsAround(fact).some(
    (step) => (text(step, 'uses') ?? '').includes('upload-sarif') && step.span.start > fact.node.span.start,
  );
  return at && !uploaded ? [{ span: at.span }] : [];
};

export default check;
