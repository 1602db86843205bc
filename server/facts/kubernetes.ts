import { entryOf, get, items, text, type Entry, type MapNode, type Node, type Span } from '../engine/tree.ts';
import type { Fact, SourceDocument } from '../engine/types.ts';
import type { Parsed } from '../parse/parsed.ts';
import { scopeOf, type Extractor } from './extractor.ts';
import { isChartValues, withValues } from './helm.ts';

const template = ['spec', 'template', 'spec'];
/** Where the pod spec of a kind lies. */
const podPaths: ReadonlyMap<string, readonly string[]> = new Map([
  ['Pod', ['spec']],
  ['PodTemplate', ['template', 'spec']],
  ['Deployment', template],
  ['StatefulSet', template],
  ['DaemonSet', template],
  ['ReplicaSet', template],
  ['ReplicationController', template],
  ['Job', template],
  ['DeploymentConfig', template],
  ['Rollout', template],
  ['CronJob', ['spec', 'jobTemplate', ...template]],
]);

const containerLists: readonly (readonly [key: string, types: readonly string[]])[] = [
  ['containers', ['container']],
  ['initContainers', ['init-container', 'container']],
  ['ephemeralContainers', ['ephemeral-container', 'container']],
];

/**
 * Kubernetes objects in YAML and JSON, by `apiVersion` and `kind`: manifest → pod (the pod spec) → container. The scope is the folder. Templates of a chart
 * are read with the defaults of its `values.yaml`.
 */
export const kubernetes: Extractor = {
  platform: 'kubernetes',
  recognises: ({ document, trees }) =>
    (document.syntax === 'yaml' || document.syntax === 'json') &&
    (isKustomization(document) || trees.some((tree) => kindOf(tree) !== undefined)),
  facts: (parsed, siblings) => manifests(parsed, siblings, (own) => [...own, ...siblings.flatMap(alone)]),
};

const known = new WeakMap<Parsed, readonly Fact[]>();

/** The facts of a sibling, which are asked about but not reported; kept as long as its text. */
function alone(parsed: Parsed): readonly Fact[] {
  let facts = known.get(parsed);
  if (!facts) known.set(parsed, (facts = manifests(parsed, [], (own) => own)));
  return facts;
}

function isKustomization({ path }: SourceDocument): boolean {
  return /(?:^|\/)kustomization\.ya?ml$/i.test(path);
}

/** Kinds with a `spec` that no other format has: an object is one while its `apiVersion` is still being typed. */
const unmistakable =
  /^(?:Pod|Deployment|StatefulSet|DaemonSet|ReplicaSet|ReplicationController|CronJob|Ingress|NetworkPolicy|PersistentVolume(?:Claim)?)$/;

/** The kind of an object; undefined for other maps. */
export function kindOf(tree: Node): string | undefined {
  const version = entryOf(tree, 'apiVersion')?.value;
  const kind = text(entryOf(tree, 'kind')?.value);
  // A chart may compute the version (`{{ include "deployment.apiVersion" . }}`).
  if (version?.kind === 'unknown' || text(version) !== undefined) return kind;
  return kind !== undefined && unmistakable.test(kind) && entryOf(tree, 'spec') ? kind : undefined;
}

function manifests(parsed: Parsed, siblings: readonly Parsed[], scoped: (own: readonly Fact[]) => readonly Fact[]): readonly Fact[] {
  const { document } = parsed;
  if (isChartValues(document)) return [];
  const facts: Fact[] = [];
  const base: Base = { platform: 'kubernetes', document, scope: scopeOf(() => scoped(facts)) };
  const add = (tree: Node): void => {
    if (tree.kind !== 'map') return;
    const kind = kindOf(tree) ?? (isKustomization(document) ? 'Kustomization' : undefined);
    if (kind === undefined) return;
    if (kind.endsWith('List')) {
      const list = items(entryOf(tree, 'items')?.value);
      if (list.length > 0) return list.forEach(add);
    }
    objectFacts(base, tree, kind, facts);
  };
  withValues(parsed, siblings).forEach(add);
  return facts;
}

type Base = Pick<Fact, 'platform' | 'document' | 'scope' | 'notation'>;

/** Adds the facts of one object: itself, its pods and their containers. `reference` is what others call it, where that isn't its kind and name. */
export function objectFacts(base: Base, object: MapNode, kind: string, facts: Fact[], reference?: string): void {
  const name = text(get(object, 'metadata.name'));
  const address = reference ?? (name === undefined ? undefined : `${kind}/${name}`);
  const pods = podsOf(object, kind);
  const head = entryOf(object, 'kind')?.span ?? object.entries[0]?.keySpan ?? object.span;
  const manifest: Fact = {
    ...base,
    types: pods.length > 0 ? [kind, 'workload', 'manifest'] : [kind, 'manifest'],
    name: name === undefined ? kind : `${kind} ${name}`,
    node: object,
    head: oneLine(base.document, head),
    span: object.span,
    ...(address !== undefined && { address }),
  };
  facts.push(manifest);
  for (const entry of pods) {
    const pod: Fact = {
      ...base,
      types: ['pod'],
      name: manifest.name,
      node: entry.value,
      head: entry.keySpan,
      span: entry.span,
      parent: manifest,
    };
    facts.push(pod);
    for (const [key, types] of containerLists) {
      for (const item of items(entryOf(entry.value, key)?.value)) {
        const first = item.kind === 'map' ? item.entries[0] : undefined;
        if (!first) continue;
        const called = text(entryOf(item, 'name')?.value);
        facts.push({
          ...base,
          types,
          name: called === undefined ? 'container' : `container ${called}`,
          node: item,
          head: oneLine(base.document, first.span),
          span: item.span,
          parent: pod,
        });
      }
    }
  }
}

/** The entries that hold a pod spec: one for the kinds of Kubernetes itself, any number for custom resources. */
function podsOf(object: MapNode, kind: string): readonly Entry[] {
  const path = podPaths.get(kind);
  if (!path) return kind === 'CustomResourceDefinition' || kind === 'Kustomization' ? [] : embedded(entryOf(object, 'spec'), 0);
  let entry: Entry | undefined;
  for (const key of path) entry = entryOf(entry ? entry.value : object, key);
  return entry && (entry.value.kind === 'map' || entry.value.kind === 'unknown') ? [entry] : [];
}

/** Maps with a list of containers, at most six levels below a custom resource's `spec`. */
function embedded(entry: Entry | undefined, depth: number): readonly Entry[] {
  if (!entry || depth > 6) return [];
  if (entry.value.kind === 'list')
    return entry.value.items.flatMap((item) => (item.kind === 'map' ? item.entries.flatMap((e) => embedded(e, depth + 1)) : []));
  if (entry.value.kind !== 'map') return [];
  const containers = items(entryOf(entry.value, 'containers')?.value);
  if (containers.some((item) => entryOf(item, 'image') ?? entryOf(item, 'name'))) return [entry];
  return entry.value.entries.flatMap((e) => embedded(e, depth + 1));
}

function oneLine({ text }: SourceDocument, { start, end }: Span): Span {
  const newline = text.slice(start, end).search(/[\r\n]/);
  return { start, end: newline < 0 ? end : start + newline };
}
