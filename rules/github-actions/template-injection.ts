import type { Expression } from '../../server/engine/expressions.ts';
import { entryOf, get, text, type Entry, type Node } from '../../server/engine/tree.ts';
import type { Check, Fact, Hit } from '../../server/engine/types.ts';
import { expressionsIn, outside, written } from '../../server/engine/workflow.ts';

/** Inputs of well-known actions that are run as code. */
const CODE_INPUTS: Readonly<Record<string, string>> = {
  'actions/github-script': 'script',
  'appleboy/ssh-action': 'script',
  'azure/cli': 'inlineScript',
  'azure/powershell': 'inlineScript',
  'cardinalby/js-eval-action': 'expression',
  'jannekem/run-python-script-action': 'script',
  'mikefarah/yq': 'cmd',
  'nick-fields/retry': 'command',
  'nick-invision/retry': 'command',
  'addnab/docker-run-action': 'run',
};

/** Expressions with a context that an outsider chooses, in the script of a step. */
const check: Check = (fact) => {
  const script = scriptOf(fact);
  if (!script) return [];
  return expressionsIn(fact, script.value).flatMap((expression): Hit[] => {
    for (const use of expression.contexts) {
      const found = use.reaches ? outside(fact, use.path) : undefined;
      if (!found) continue;
      const fix = throughEnvironment(fact, script, expression, use.path);
      const related = found.via ? [{ path: fact.document.path, span: found.via, message: 'it comes in here' }] : [];
      return [{ span: expression.span, values: { value: found.context }, related, ...(fix && { fix }) }];
    }
    return [];
  });
};

/** What a step runs as code. */
export function scriptOf(fact: Fact): Entry | undefined {
  if (fact.types.includes('run')) return entryOf(fact.node, 'run');
  const input = CODE_INPUTS[text(fact.node, 'action')?.toLowerCase() ?? ''];
  return input === undefined ? undefined : entryOf(get(fact.node, 'with'), input);
}

/** `${{ x }}` → `${X}` with `env: { X: ${{ x }} }`; not inside single quotes, where a shell variable stays text. */
export function throughEnvironment(fact: Fact, script: Entry, expression: Expression, path: string): Hit['fix'] {
  const document = fact.document.text;
  const step = fact.node;
  const shell = script.key === 'run' && /^((ba|da|z)?sh\b|$)/.test(text(step, 'shell') ?? '') && get(step, 'commands')?.kind === 'list';
  const env: Node | undefined = entryOf(step, 'env')?.value;
  if (!shell || (env && env.kind !== 'map')) return undefined;
  const { start, end } = expression.span;
  const line = document.slice(document.lastIndexOf('\n', start) + 1, start);
  if ((line.match(/'/g)?.length ?? 0) % 2 === 1) return undefined;
  const value = document.slice(start, end);
  const known = env?.entries.find((entry) => written(fact, entry.value) === value)?.key;
  const words = path.replace(/^github\.(event\.)?/, '').split('.');
  const name =
    known ??
    (words
      .slice(-2)
      .join('_')
      .toUpperCase()
      .replace(/\W+/g, '_')
      .replace(/^_+|_+$/g, '') ||
      'VALUE');
  if (known === undefined && entryOf(env, name)) return undefined;
  const edits = [{ op: 'replace' as const, span: expression.span, text: `\${${name}}` }];
  if (known === undefined)
    return { title: 'Pass it through an environment variable', safe: false, edits: [...edits, { op: 'set', path: `env.${name}`, value }] };
  return { title: 'Use the environment variable', safe: false, edits };
}

export default check;
