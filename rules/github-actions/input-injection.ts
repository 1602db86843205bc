import { get, text } from '../../server/engine/tree.ts';
import type { Check, Fact, Hit } from '../../server/engine/types.ts';
import { enclosing, expressionsIn } from '../../server/engine/workflow.ts';
import { scriptOf, throughEnvironment } from './template-injection.ts';

const check: Check = (fact) => {
  const script = scriptOf(fact);
  if (!script) return [];
  return expressionsIn(fact, script.value).flatMap((expression): Hit[] => {
    const use = expression.contexts.find(({ path, reaches }) => reaches && isText(fact, path));
    if (!use) return [];
    const fix = throughEnvironment(fact, script, expression, use.path);
    return [{ span: expression.span, values: { value: use.path }, ...(fix && { fix }) }];
  });
};

/** An input that takes any text: of an action, or of the type `string` of a workflow. */
function isText(fact: Fact, path: string): boolean {
  const name = /^(?:inputs|github\.event\.inputs)\.([\w-]+)$/i.exec(path)?.[1];
  if (name === undefined) return /^github\.event\.client_payload(\.|$)/i.test(path);
  const on = get(enclosing(fact, 'workflow')?.node, 'on');
  const types = ['workflow_dispatch', 'workflow_call'].flatMap((event) => {
    const input = get(on, `${event}.inputs."${name}"`);
    return input ? [text(input, 'type') ?? 'string'] : [];
  });
  return types.length === 0 || types.includes('string');
}

export default check;
