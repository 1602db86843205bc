import { entryOf, get, items, text, type Node } from '../../server/engine/tree.ts';
import type { Check, Fact } from '../../server/engine/types.ts';

/** Runs that were started by a stranger and yet have the repository's secrets. */
const PRIVILEGED = ['pull_request_target', 'workflow_run', 'issue_comment'];
/** What names the stranger's commit. */
const HEAD =
  /github\.(head_ref|event\.(pull_request\.(head\.(sha|ref)|merge_commit_sha)|workflow_run\.(head_sha|head_branch|head_commit\.id)))|refs\/pull\/\$\{\{|github\.event\.(number|pull_request\.number|issue\.number)\s*\}\}\/(merge|head)/;
/** `repository:` of a fork. */
const FORK = /github\.event\.(pull_request\.head\.repo|workflow_run\.head_repository)\.full_name/;

const check: Check = (fact) => {
  if (!/^actions\/checkout$/i.test(text(fact.node, 'action') ?? '')) return [];
  const workflow = enclosing(fact, 'workflow');
  if (!workflow || !events(get(workflow.node, 'on')).some((event) => PRIVILEGED.includes(event))) return [];
  const ref = raw(fact, 'ref');
  const repository = raw(fact, 'repository');
  if (!HEAD.test(ref) && !FORK.test(repository)) return [];
  return [{ span: entryOf(fact.node, 'uses')?.value.span ?? fact.head }];
};

/** `on: push`, `on: [push]` and `on: { push: … }`. */
function events(on: Node | undefined): readonly string[] {
  return on?.kind === 'map' ? on.entries.map((entry) => entry.key) : items(on).flatMap((event) => text(event) ?? []);
}

function raw(fact: Fact, input: string): string {
  const node = get(fact.node, `with.${input}`);
  return node ? fact.document.text.slice(node.span.start, node.span.end) : '';
}

function enclosing(fact: Fact, type: string): Fact | undefined {
  let outer = fact.parent;
  while (outer && !outer.types.includes(type)) outer = outer.parent;
  return outer;
}

export default check;
