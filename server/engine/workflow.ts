import { attackerControlled, expression, expressions, type Expression } from './expressions.ts';
import { get, items, text, type Node, type Span } from './tree.ts';
import type { Fact } from './types.ts';

/** The nearest fact of a type around this one, or itself. */
export function enclosing(fact: Fact, type: string): Fact | undefined {
  let outer: Fact | undefined = fact;
  while (outer && !outer.types.includes(type)) outer = outer.parent;
  return outer;
}

/** The events of a workflow: `on: push`, `on: [push]` and `on: { push: … }`. */
export function eventsOf(fact: Fact): readonly string[] {
  const on = get(enclosing(fact, 'workflow')?.node, 'on');
  return on?.kind === 'map' ? on.entries.map((entry) => entry.key) : items(on).flatMap((event) => text(event) ?? []);
}

/** Whether a stranger can start the run, which has the repository's secrets all the same. */
export function isPrivileged(fact: Fact): boolean {
  return eventsOf(fact).some((event) => event === 'pull_request_target' || event === 'workflow_run' || event === 'issue_comment');
}

/** The characters of a node as they are written. */
export function written(fact: Fact, node: Node | undefined): string {
  return node ? fact.document.text.slice(node.span.start, node.span.end) : '';
}

/** The `${{ … }}` in a scalar. */
export function expressionsIn(fact: Fact, node: Node | undefined): readonly Expression[] {
  return node && (node.kind === 'scalar' || node.kind === 'unknown') ? expressions(written(fact, node), node.span.start) : [];
}

/** The expressions of an `if:`, which needs no `${{ }}`. */
export function conditionOf(fact: Fact): readonly Expression[] {
  const node = get(fact.node, 'if');
  if (node?.kind !== 'scalar' || typeof node.value !== 'string') return [];
  const raw = written(fact, node);
  if (raw.includes('${{')) return expressions(raw, node.span.start);
  const lead = /^(?:[|>][+-]?\d*[ \t]*\r?\n|["'])/.exec(raw)?.[0].length ?? 0;
  return [expression(raw.slice(lead, /["']$/.test(raw) && lead === 1 ? -1 : undefined), node.span.start + lead)];
}

/** The steps of a fact's job (or composite action), in order. */
export function stepsAround(fact: Fact): readonly Node[] {
  const job = enclosing(fact, 'job');
  return job ? items(get(job.node, 'steps')) : items(get(enclosing(fact, 'action')?.node, 'runs.steps'));
}

/** Where an outsider's text comes in: the context, and the place that passes it on when it isn't used directly. */
export interface Outside {
  readonly context: string;
  readonly via?: Span;
}

/** Outputs of well-known actions that are names of files or branches of a pull request. */
const OUTSIDE_OUTPUTS: Readonly<Record<string, RegExp>> = {
  'tj-actions/changed-files': /files?$|_dirs?$|all_changed/,
  'tj-actions/branch-names': /branch/,
  'dorny/paths-filter': /_files$/,
  'xt0rted/pull-request-comment-branch': /^head_ref$/,
  'jitterbit/get-changed-files': /./,
  'trilom/file-changes-action': /^files/,
};

/** Follows a context to what an outsider chooses: through `env`, outputs of steps and jobs, and the matrix. */
export function outside(fact: Fact, context: string, depth = 0): Outside | undefined {
  if (attackerControlled(context)) return { context };
  if (depth > 5) return undefined;
  const [root, first = '', second = '', third = ''] = context.split('.');
  switch (root?.toLowerCase()) {
    case 'env':
      for (let at: Fact | undefined = fact; at; at = at.parent) {
        const value = get(at.node, `env."${first}"`);
        if (value) return through(at, value, depth);
      }
      return undefined;
    case 'steps':
      return second === 'outputs' ? fromStep(fact, first, third, depth) : undefined;
    case 'needs': {
      const job = fact.scope.ofType('job').find((other) => other.address === first);
      const value = job && second === 'outputs' ? get(job.node, `outputs."${third}"`) : undefined;
      return job && value ? through(job, value, depth) : undefined;
    }
    case 'matrix': {
      const job = enclosing(fact, 'job');
      const value = get(job?.node, `strategy.matrix."${first}"`) ?? get(job?.node, 'strategy.matrix');
      return job && value && value.kind !== 'map' ? through(job, value, depth) : undefined;
    }
    default:
      return undefined;
  }
}

function through(fact: Fact, value: Node, depth: number): Outside | undefined {
  for (const node of items(value)) {
    for (const one of expressionsIn(fact, node)) {
      for (const use of one.contexts) {
        const found = use.reaches ? outside(fact, use.path, depth + 1) : undefined;
        if (found) return { via: node.span, ...found };
      }
    }
  }
  return undefined;
}

function fromStep(fact: Fact, id: string, output: string, depth: number): Outside | undefined {
  const step = stepsAround(fact).find((one) => text(one, 'id') === id);
  if (!step) return undefined;
  const uses = text(step, 'uses')?.toLowerCase().replace(/@.*/, '');
  if (uses !== undefined) {
    const script = uses === 'actions/github-script' ? get(step, 'with.script') : undefined;
    if (script && /context\.payload\.(pull_request|issue|comment|review)\.(title|body|head\.ref)/.test(written(fact, script)))
      return { context: `steps.${id}.outputs.${output}`, via: script.span };
    return Object.hasOwn(OUTSIDE_OUTPUTS, uses) && OUTSIDE_OUTPUTS[uses]!.test(output)
      ? { context: `steps.${id}.outputs.${output}`, via: step.span }
      : undefined;
  }
  const run = get(step, 'run');
  if (run?.kind !== 'scalar') return undefined;
  let offset = run.span.start;
  for (const line of written(fact, run).split('\n')) {
    if (line.includes(`${output}=`) || line.includes(`name=${output}::`)) {
      for (const one of expressions(line, offset)) {
        for (const use of one.contexts) {
          const found = use.reaches ? outside(fact, use.path, depth + 1) : undefined;
          if (found) return { via: one.span, ...found };
        }
      }
      for (const [, name] of line.matchAll(/\$\{?([A-Za-z_]\w*)/g)) {
        const value = get(step, `env.${name}`);
        const found = value && through(fact, value, depth);
        if (found) return found;
      }
    }
    offset += line.length + 1;
  }
  return undefined;
}
