import { get, text } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';
import { stepsAround, written } from '../../server/engine/workflow.ts';

const check: Check = (fact) => {
  if (!/^actions\/upload-artifact$/i.test(text(fact.node, 'action') ?? '')) return [];
  const path = written(fact, get(fact.node, 'with.path')).replace(/["'\s]/g, '');
  if (!/^(\.\/?|\.\/\*\*?|\$\{\{github\.workspace\}\}\/?|\*\*?)$/.test(path)) return [];
  // Since 4.4 (September 2024) hidden files are left out unless asked for.
  const hidden =
    text(fact.node, 'with.include-hidden-files') === 'true' || /^v[123](\.|$)|^v4\.[0-3](\.|$)/.test(text(fact.node, 'ref') ?? '');
  if (!hidden) return [];
  const keeps = stepsAround(fact).some(
    (step) =>
      /^actions\/checkout@/i.test(text(step, 'uses') ?? '') &&
      text(step, 'with.persist-credentials') !== 'false' &&
      step.span.start < fact.node.span.start,
  );
  return keeps ? [{ span: get(fact.node, 'uses')?.span ?? fact.head }] : [];
};

export default check;
