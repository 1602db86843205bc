import { attackerControlled, expressions } from '../../server/engine/expressions.ts';
import { entryOf, get, text, type Entry, type Node } from '../../server/engine/tree.ts';
import type { Check, Hit } from '../../server/engine/types.ts';

/** Inputs of well-known actions that are run as code. */
const CODE_INPUTS: Readonly<Record<string, string>> = {
  'actions/github-script': 'script',
  'azure/cli': 'inlineScript',
  'azure/powershell': 'inlineScript',
  'jannekem/run-python-script-action': 'script',
  'nick-fields/retry': 'command',
  'appleboy/ssh-action': 'script',
};

/** Expressions with a context that an outsider chooses, in the script of a step. */
const check: Check = (fact) => {
  const script = fact.types.includes('run') ? entryOf(fact.node, 'run') : codeInput(fact.node);
  if (!script || script.value.kind === 'map' || script.value.kind === 'list') return [];
  const { span } = script.value;
  const raw = fact.document.text.slice(span.start, span.end);
  return expressions(raw, span.start).flatMap((expression): Hit[] => {
    const context = expression.contexts.find((use) => use.reaches && attackerControlled(use.path));
    if (!context) return [];
    const fix = throughEnvironment(fact.node, script, expression, context.path, fact.document.text);
    return [{ span: expression.span, values: { value: context.path }, ...(fix && { fix }) }];
  });
};

function codeInput(step: Node): Entry | undefined {
  const input = CODE_INPUTS[text(step, 'action')?.toLowerCase() ?? ''];
  return input === undefined ? undefined : entryOf(get(step, 'with'), input);
}

/** `${{ x }}` → `${X}` with `env: { X: ${{ x }} }`; not inside single quotes, where a shell variable stays text. */
function throughEnvironment(
  step: Node,
  script: Entry,
  expression: { span: Hit['span']; text: string },
  path: string,
  document: string,
): Hit['fix'] {
  const shell = script.key === 'run' && /^((ba|da|z)?sh\b|$)/.test(text(step, 'shell') ?? '');
  if (!shell || entryOf(step, 'env')?.value.kind === 'scalar') return undefined;
  const line = document.slice(document.lastIndexOf('\n', expression.span.start) + 1, expression.span.start);
  if ((line.match(/'/g)?.length ?? 0) % 2 === 1) return undefined;
  const words = path.replace(/^github\.(event\.)?/, '').split('.');
  const name =
    words
      .slice(-2)
      .join('_')
      .toUpperCase()
      .replace(/\W+/g, '_')
      .replace(/^_+|_+$/g, '') || 'VALUE';
  if (get(step, `env.${name}`)) return undefined;
  return {
    title: 'Pass it through an environment variable',
    safe: false,
    edits: [
      { op: 'replace', span: expression.span, text: `\${${name}}` },
      { op: 'set', path: `env.${name}`, value: document.slice(expression.span.start, expression.span.end) },
    ],
  };
}

export default check;
