import { get, items, text, type Node } from '../../server/engine/tree.ts';
import type { Check, Fact, Hit, TreeEdit } from '../../server/engine/types.ts';
import { enclosing, eventsOf, stepsAround, written } from '../../server/engine/workflow.ts';

interface Cache {
  /** The input that switches it on, or off where it is on by itself. */
  readonly input: string;
  readonly byDefault?: boolean;
  /** An input that takes a value rather than true or false: it is removed. */
  readonly named?: boolean;
}

const CACHES: Readonly<Record<string, Cache>> = {
  'actions/setup-node': { input: 'cache', named: true },
  'actions/setup-python': { input: 'cache', named: true },
  'actions/setup-java': { input: 'cache', named: true },
  'actions/setup-go': { input: 'cache', byDefault: true },
  'actions/setup-dotnet': { input: 'cache' },
  'ruby/setup-ruby': { input: 'bundler-cache' },
  'astral-sh/setup-uv': { input: 'enable-cache', byDefault: true },
  'pnpm/action-setup': { input: 'cache' },
  'jdx/mise-action': { input: 'cache', byDefault: true },
  'gradle/actions/setup-gradle': { input: 'cache-disabled' },
};
const ALWAYS = /^(actions\/cache(\/restore)?|swatinem\/rust-cache)$/;
/** Steps that hand the result to the public. */
const PUBLISHES =
  /^(pypa\/gh-action-pypi-publish|js-devtools\/npm-publish|softprops\/action-gh-release|ncipollo\/release-action|rubygems\/release-gem|goreleaser\/goreleaser-action|changesets\/action)$/i;
const COMMANDS =
  /^(npm|pnpm|yarn|cargo|poetry|uv|hatch|flit) publish\b|^twine upload\b|^gem push\b|^gh release (create|upload)\b|^vsce publish\b/m;

const check: Check = (fact) => {
  const action = text(fact.node, 'action')?.toLowerCase();
  if (action === undefined || !fact.types.includes('step') || !releases(fact)) return [];
  const at = get(fact.node, 'uses')!;
  const values = { value: action };
  if (ALWAYS.test(action)) return text(fact.node, 'with.lookup-only') === 'true' ? [] : [{ span: at.span, values }];
  const cache = CACHES[action];
  if (!cache) return [];
  if (cache.input === 'cache-disabled')
    return get(fact.node, 'with.cache-disabled') ? [] : [{ span: at.span, values, fix: off('cache-disabled', true) }];
  const value = get(fact.node, `with.${cache.input}`);
  if (value ? value.kind !== 'scalar' || /^(false|)$/i.test(String(value.value)) || String(value.value).includes('${{') : !cache.byDefault)
    return [];
  if (!cache.named) return [{ span: at.span, values, fix: off(cache.input, false) }];
  return [
    { span: at.span, values, fix: { title: 'Build without a cache', safe: false, edits: [{ op: 'remove', path: `with.${cache.input}` }] } },
  ];
};

function off(input: string, value: boolean): NonNullable<Hit['fix']> {
  const edit: TreeEdit = { op: 'set', path: `with.${input}`, value };
  return { title: 'Build without a cache', safe: false, edits: [edit] };
}

/** A job that publishes, or any job of a workflow that only a release or a tag starts. */
function releases(fact: Fact): boolean {
  const workflow = enclosing(fact, 'workflow');
  const events = eventsOf(fact);
  const push = get(workflow?.node, 'on.push');
  const tags = push !== undefined && get(push, 'tags') !== undefined && get(push, 'branches') === undefined;
  if (events.length > 0 && events.every((event) => event === 'release' || (event === 'push' && tags))) return true;
  return !events.some((event) => event.startsWith('pull_request')) && stepsAround(fact).some((step) => publishes(fact, step));
}

function publishes(fact: Fact, step: Node): boolean {
  const uses = text(step, 'uses')?.replace(/@.*/, '') ?? '';
  if (PUBLISHES.test(uses)) return true;
  return items(get(step, 'run')).some((run) => COMMANDS.test(written(fact, run).replace(/^[ \t]+/gm, '')));
}

export default check;
