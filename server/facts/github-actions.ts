import { entryOf, get, items, text as textOf } from '../engine/tree.ts';
import type { Entry, MapNode, Node } from '../engine/tree.ts';
import type { Fact } from '../engine/types.ts';
import type { Parsed } from '../parse/parsed.ts';
import { scopeOf, type Extractor } from './extractor.ts';
import { commandsEntry } from './script.ts';
import { beside, headOf } from './yaml-facts.ts';

const workflowPath = /(?:^|\/)\.(?:github|gitea|forgejo)\/workflows\/[^/]+\.ya?ml$/i;
const actionPath = /(?:^|\/)action\.ya?ml$/i;

/**
 * `workflow`, `job`, `step` (+ `uses` or `run`), and for an action's own file `action` and `composite-step`. Where an action is
 * used the node has `action` (`owner/name/path`), `owner`, `ref` and `pinned` beside `uses`; a script has its `commands`.
 */
export const githubActions: Extractor = {
  platform: 'github-actions',
  recognises: ({ document, trees: [root] }) => {
    if (document.syntax !== 'yaml' || root?.kind !== 'map') return false;
    if (workflowPath.test(document.path)) return entryOf(root, 'jobs') !== undefined || entryOf(root, 'on') !== undefined;
    return (actionPath.test(document.path) && get(root, 'runs.using') !== undefined) || isWorkflow(root);
  },
  facts(parsed) {
    const root = parsed.trees[0];
    return root?.kind === 'map' ? read(parsed, root) : [];
  },
};

/** A workflow that lies elsewhere (a template, a fence in documentation). */
function isWorkflow(root: MapNode): boolean {
  const jobs = entryOf(root, 'jobs')?.value;
  if (!entryOf(root, 'on') || jobs?.kind !== 'map') return false;
  return jobs.entries.some((job) => entryOf(job.value, 'runs-on') ?? entryOf(job.value, 'uses'));
}

function read(parsed: Parsed, root: MapNode): readonly Fact[] {
  const { document } = parsed;
  const found: Fact[] = [];
  const scope = scopeOf(() => found);
  const add = (fact: Omit<Fact, 'platform' | 'document' | 'scope'>): Fact => {
    const complete: Fact = { ...fact, platform: 'github-actions', document, scope };
    found.push(complete);
    return complete;
  };
  const steps = (list: Node | undefined, parent: Fact, composite: boolean, shell: string | undefined): void => {
    items(list).forEach((step, i) => {
      if (step.kind !== 'map') return;
      const kind = entryOf(step, 'uses') ? ['uses'] : entryOf(step, 'run') ? ['run'] : [];
      const id = textOf(step, 'name') ?? textOf(step, 'id') ?? textOf(step, 'uses') ?? String(i + 1);
      const own = textOf(step, 'id');
      add({
        types: composite ? ['composite-step', 'step', ...kind] : [...kind, 'step'],
        name: `step ${id}`,
        node: enriched(step, document.text, shell),
        head: headOf(step, document.text),
        span: step.span,
        parent,
        ...(own !== undefined && parent.address !== undefined && { address: `${parent.address}.${own}` }),
      });
    });
  };

  const runs = entryOf(root, 'runs');
  if (runs && !entryOf(root, 'jobs')) {
    const name = textOf(root, 'name') ?? document.path;
    const action = add({ types: ['action'], name: `action ${name}`, node: root, head: headOf(root, document.text), span: root.span });
    steps(get(runs.value, 'steps'), action, true, undefined);
    return found;
  }
  const name = textOf(root, 'name') ?? document.path.slice(document.path.lastIndexOf('/') + 1);
  const workflow = add({ types: ['workflow'], name: `workflow ${name}`, node: root, head: headOf(root, document.text), span: root.span });
  const jobs = entryOf(root, 'jobs')?.value;
  if (jobs?.kind !== 'map') return found;
  const shell = textOf(root, 'defaults.run.shell');
  for (const job of jobs.entries) {
    if (job.value.kind !== 'map') continue;
    const fact = add({
      types: entryOf(job.value, 'uses') ? ['uses', 'job'] : ['job'],
      name: `job ${job.key}`,
      node: enriched(job.value, document.text, undefined),
      head: job.keySpan,
      span: job.span,
      parent: workflow,
      address: job.key,
    });
    const windows = items(get(job.value, 'runs-on')).some((label) => /windows/i.test(textOf(label) ?? ''));
    steps(get(job.value, 'steps'), fact, false, textOf(job.value, 'defaults.run.shell') ?? shell ?? (windows ? 'pwsh' : undefined));
  }
  return found;
}

function enriched(node: MapNode, text: string, shell: string | undefined): MapNode {
  const entries = node.entries.flatMap((entry): Entry[] => {
    if (entry.key === 'uses' && entry.value.kind === 'scalar') return [entry, ...beside(entry, used(String(entry.value.value)))];
    if (entry.key !== 'run') return [entry];
    // Only what a POSIX shell reads can be split into commands.
    const posix = /^(?:(?:ba|da|z)?sh\b|$)/.test(textOf(node, 'shell') ?? shell ?? '');
    const script: Node = posix ? entry.value : { kind: 'unknown', refs: [], span: entry.value.span };
    return [entry, commandsEntry([script], text, entry)];
  });
  return { ...node, entries };
}

/** The parts of `owner/name/path@ref`, `docker://image:tag` and `./local`. */
function used(uses: string): Readonly<Record<string, string | boolean | undefined>> {
  if (uses.startsWith('docker://')) {
    const image = uses.slice('docker://'.length);
    const digest = image.indexOf('@');
    const colon = image.lastIndexOf(':');
    const cut = digest >= 0 ? digest : colon > image.lastIndexOf('/') ? colon : image.length;
    return {
      action: `docker://${image.slice(0, cut)}`,
      ref: image.slice(cut + 1) || undefined,
      pinned: /@sha256:[\da-f]{64}$/i.test(image),
    };
  }
  if (/^\.{0,2}\//.test(uses)) return { action: uses, local: true, pinned: true };
  const at = uses.lastIndexOf('@');
  const action = at < 0 ? uses : uses.slice(0, at);
  const ref = at < 0 ? undefined : uses.slice(at + 1);
  const owner = action.includes('/') ? action.slice(0, action.indexOf('/')) : undefined;
  return { action, owner, ref, pinned: ref !== undefined && /^(?:[\da-f]{40}|[\da-f]{64})$/i.test(ref) };
}
