import { entryOf, get, items, text as textOf } from '../engine/tree.ts';
import type { Entry, MapNode, Node } from '../engine/tree.ts';
import type { Fact } from '../engine/types.ts';
import type { Parsed } from '../parse/parsed.ts';
import { scopeOf, type Extractor } from './extractor.ts';
import { commandsEntry } from './script.ts';
import { endOfLine, headOf } from './yaml-facts.ts';

/**
 * `pipeline` (the file), `job` (with what it gets from `extends` and `default`, and the `commands` of its scripts) and `include`.
 * A hidden job that others extend is no job of its own: what it says is found in those, at its own place.
 */
export const gitlabCi: Extractor = {
  platform: 'gitlab-ci',
  recognises: ({ document, trees }) => {
    const root = main(trees);
    if (document.syntax !== 'yaml' || root?.kind !== 'map') return false;
    if (/(?:^|[/.])gitlab-ci\.ya?ml$|(?:^|\/)\.gitlab(?:-ci)?\/.*\.ya?ml$/i.test(document.path)) return !entryOf(root, 'apiVersion');
    return entryOf(root, 'stages')?.value.kind === 'list' && root.entries.some((e) => isJob(e) && entryOf(e.value, 'script'));
  },
  facts: (parsed) => {
    const root = main(parsed.trees);
    return root?.kind === 'map' ? read(parsed, root) : [];
  },
};

/** A component's file has its `spec` in a document before the pipeline. */
function main(trees: readonly Node[]): Node | undefined {
  return trees[0] && trees.length > 1 && entryOf(trees[0], 'spec') ? trees[1] : trees[0];
}

const keywords: ReadonlySet<string> = new Set(
  'default include stages variables workflow image services cache before_script after_script spec types'.split(' '),
);
/** What `default:` (or, in old files, the top level) gives to jobs. */
const inheritable: ReadonlySet<string> = new Set(
  'after_script artifacts before_script cache hooks id_tokens image interruptible retry services tags timeout'.split(' '),
);
const deepest = 11; // levels of `extends` that GitLab allows

function isJob(entry: Entry): boolean {
  return entry.value.kind === 'map' && !keywords.has(entry.key);
}

function read({ document }: Parsed, root: MapNode): readonly Fact[] {
  const found: Fact[] = [];
  const common = { platform: 'gitlab-ci', document, scope: scopeOf(() => found) } as const;
  const { text } = document;
  const includes = entryOf(root, 'include');
  const pipeline: Fact = {
    ...common,
    types: ['pipeline'],
    name: `pipeline ${document.path.slice(document.path.lastIndexOf('/') + 1)}`,
    node: includes ? { ...root, open: true } : root,
    head: headOf(root, text),
    span: root.span,
  };
  found.push(pipeline);

  for (const item of items(includes?.value)) {
    const node = item.kind === 'map' ? item : includeOf(item);
    const name = `include ${textOf(node, 'remote') ?? textOf(node, 'project') ?? textOf(node, 'local') ?? textOf(node, 'template') ?? ''}`;
    const head = { start: item.span.start, end: endOfLine(text, item.span.start, item.span.end) };
    found.push({ ...common, types: ['include'], name: name.trim(), node, head, span: item.span, parent: pipeline });
  }

  const jobs = root.entries.filter(isJob);
  const byName = new Map(jobs.map((job) => [job.key, job.value as MapNode]));
  const extended = new Set(jobs.flatMap((job) => basesOf(job.value)));
  const defaults = [...(mapAt(root, 'default')?.entries ?? []), ...root.entries].filter((e) => inheritable.has(e.key));
  for (const job of jobs) {
    const hidden = job.key.startsWith('.');
    if (hidden && extended.has(job.key)) continue;
    const own = resolve(job.value as MapNode, byName, deepest);
    const entries = [...own.entries];
    const inherits = get(own, 'inherit.default');
    if (!hidden && !(inherits?.kind === 'scalar' && inherits.value === false)) {
      for (const e of defaults) {
        const listed = inherits?.kind !== 'list' || inherits.items.some((item) => textOf(item) === e.key);
        if (listed && !entries.some((other) => other.key === e.key)) entries.push(e);
      }
    }
    const scripts = ['before_script', 'script', 'after_script'].flatMap((key) => entries.filter((e) => e.key === key));
    const script = entries.find((e) => e.key === 'script') ?? scripts[0];
    if (script) {
      const lines = scripts.flatMap((e) => flat(e.value));
      entries.splice(entries.indexOf(script) + 1, 0, commandsEntry(lines, text, script));
    }
    const open = hidden || own.open === true || (includes !== undefined && entries.length === 0);
    found.push({
      ...common,
      types: ['job'],
      name: `job ${job.key}`,
      node: { ...own, entries, ...(open && { open }) },
      head: job.keySpan,
      span: job.span,
      parent: pipeline,
      address: job.key,
    });
  }
  return found;
}

/** `include: https://…` and `include: /path.yml` as the maps that they stand for. */
function includeOf(item: Node): Node {
  if (item.kind !== 'scalar') return item;
  const key = /^https?:/i.test(String(item.value)) ? 'remote' : 'local';
  return { kind: 'map', span: item.span, entries: [{ key, keySpan: item.span, span: item.span, value: item }] };
}

function basesOf(job: Node): string[] {
  return items(entryOf(job, 'extends')?.value).flatMap((base) => textOf(base) ?? []);
}

/** The job with what its bases add; a base from another file leaves it open. */
function resolve(job: MapNode, byName: ReadonlyMap<string, MapNode>, depth: number): MapNode {
  let merged = job;
  // The last base wins over those before it.
  for (const name of basesOf(job).reverse()) {
    const base = byName.get(name);
    merged = base && depth > 0 ? inherit(merged, resolve(base, byName, depth - 1), true) : { ...merged, open: true };
  }
  return merged;
}

function inherit(own: MapNode, base: MapNode, deep: boolean): MapNode {
  const entries = own.entries.map((entry) => {
    const other = deep && entry.value.kind === 'map' ? entryOf(base, entry.key)?.value : undefined;
    return other?.kind === 'map' ? { ...entry, value: inherit(entry.value as MapNode, other, deep) } : entry;
  });
  const known = new Set(own.entries.map((e) => e.key));
  for (const entry of base.entries) if (!known.has(entry.key)) entries.push(entry);
  return { ...own, entries, ...((own.open ?? base.open) && { open: true }) };
}

function mapAt(root: Node, path: string): MapNode | undefined {
  const node = get(root, path);
  return node?.kind === 'map' ? node : undefined;
}

/** Scripts may be lists in lists (through anchors). */
function flat(node: Node): readonly Node[] {
  return node.kind === 'list' ? node.items.flatMap(flat) : [node];
}
