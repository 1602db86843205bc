import { entryOf, steps, type Entry, type MapNode, type Node } from '../engine/tree.ts';
import type { Fact, Json, Notation, TreeEdit } from '../engine/types.ts';
import { scopeOf } from './extractor.ts';
import { kindOf, objectFacts } from './kubernetes.ts';

/** What a resource of Terraform's kubernetes provider makes, without the version that may end its type. */
const objects: ReadonlyMap<string, readonly [kind: string, apiVersion: string]> = new Map([
  ['api_service', ['APIService', 'apiregistration.k8s.io/v1']],
  ['cluster_role', ['ClusterRole', 'rbac.authorization.k8s.io/v1']],
  ['cluster_role_binding', ['ClusterRoleBinding', 'rbac.authorization.k8s.io/v1']],
  ['config_map', ['ConfigMap', 'v1']],
  ['cron_job', ['CronJob', 'batch/v1']],
  ['daemon_set', ['DaemonSet', 'apps/v1']],
  ['daemonset', ['DaemonSet', 'apps/v1']],
  ['default_service_account', ['ServiceAccount', 'v1']],
  ['deployment', ['Deployment', 'apps/v1']],
  ['endpoints', ['Endpoints', 'v1']],
  ['horizontal_pod_autoscaler', ['HorizontalPodAutoscaler', 'autoscaling/v2']],
  ['ingress', ['Ingress', 'networking.k8s.io/v1']],
  ['ingress_class', ['IngressClass', 'networking.k8s.io/v1']],
  ['job', ['Job', 'batch/v1']],
  ['limit_range', ['LimitRange', 'v1']],
  ['mutating_webhook_configuration', ['MutatingWebhookConfiguration', 'admissionregistration.k8s.io/v1']],
  ['namespace', ['Namespace', 'v1']],
  ['network_policy', ['NetworkPolicy', 'networking.k8s.io/v1']],
  ['persistent_volume', ['PersistentVolume', 'v1']],
  ['persistent_volume_claim', ['PersistentVolumeClaim', 'v1']],
  ['pod', ['Pod', 'v1']],
  ['pod_disruption_budget', ['PodDisruptionBudget', 'policy/v1']],
  ['pod_security_policy', ['PodSecurityPolicy', 'policy/v1beta1']],
  ['priority_class', ['PriorityClass', 'scheduling.k8s.io/v1']],
  ['replication_controller', ['ReplicationController', 'v1']],
  ['resource_quota', ['ResourceQuota', 'v1']],
  ['role', ['Role', 'rbac.authorization.k8s.io/v1']],
  ['role_binding', ['RoleBinding', 'rbac.authorization.k8s.io/v1']],
  ['runtime_class', ['RuntimeClass', 'node.k8s.io/v1']],
  ['secret', ['Secret', 'v1']],
  ['service', ['Service', 'v1']],
  ['service_account', ['ServiceAccount', 'v1']],
  ['stateful_set', ['StatefulSet', 'apps/v1']],
  ['storage_class', ['StorageClass', 'storage.k8s.io/v1']],
  ['validating_webhook_configuration', ['ValidatingWebhookConfiguration', 'admissionregistration.k8s.io/v1']],
]);

/** Blocks that repeat, and the list that Kubernetes has for them. */
const lists: ReadonlyMap<string, string> = new Map(
  Object.entries({
    container: 'containers',
    egress: 'egress',
    env: 'env',
    env_from: 'envFrom',
    from: 'from',
    allowed_flex_volumes: 'allowedFlexVolumes',
    allowed_host_paths: 'allowedHostPaths',
    host_aliases: 'hostAliases',
    host_ports: 'hostPorts',
    image_pull_secret: 'imagePullSecrets',
    image_pull_secrets: 'imagePullSecrets',
    ingress: 'ingress',
    init_container: 'initContainers',
    limit: 'limits',
    match_expressions: 'matchExpressions',
    path: 'paths',
    metric: 'metrics',
    port: 'ports',
    ports: 'ports',
    rule: 'rules',
    subject: 'subjects',
    sysctl: 'sysctls',
    tls: 'tls',
    range: 'ranges',
    to: 'to',
    toleration: 'tolerations',
    topology_spread_constraint: 'topologySpreadConstraints',
    volume: 'volumes',
    volume_claim_template: 'volumeClaimTemplates',
    volume_device: 'volumeDevices',
    volume_mount: 'volumeMounts',
    webhook: 'webhooks',
  }),
);

/** Words that aren't joined by capitals alone. */
const spelled: ReadonlyMap<string, string> = new Map(
  Object.entries({
    cluster_ip: 'clusterIP',
    cluster_ips: 'clusterIPs',
    external_ips: 'externalIPs',
    host_ip: 'hostIP',
    host_ipc: 'hostIPC',
    host_pid: 'hostPID',
    load_balancer_ip: 'loadBalancerIP',
    non_resource_urls: 'nonResourceURLs',
    pod_ip: 'podIP',
    volume_id: 'volumeID',
  }),
);

/** Attributes whose keys are data. In HCL they are no blocks; in JSON only their name tells. */
const data: ReadonlySet<string> = new Set(
  'annotations binary_data data default default_request hard labels limits match_labels max min node_selector requests selector string_data volume_attributes'.split(
    ' ',
  ),
);

/** What a fix may write: these are spelled mechanically, and the provider knows them. */
const writable: ReadonlySet<string> = new Set(
  (
    'add allowPrivilegeEscalation allowedProcMountTypes automountServiceAccountToken capabilities cpu drop fsGroup hostIPC hostNetwork hostPID image imagePullPolicy limits memory privileged ' +
    'readOnlyRootFilesystem requests requiredDropCapabilities resources rule runAsGroup runAsNonRoot runAsUser seccompProfile securityContext serviceAccountName spec startingDeadlineSeconds type'
  ).split(' '),
);

/**
 * The Kubernetes objects that some resources of Terraform make, as facts of Kubernetes: `kubernetes_deployment`, `kubernetes_pod_v1`, `kubernetes_manifest` …
 * Names are put into those of Kubernetes; every span stays where it is.
 */
export function kubernetesFacts(resources: readonly Fact[], everything: () => readonly Fact[]): readonly Fact[] {
  const found: Fact[] = [];
  const scope = scopeOf(everything);
  for (const resource of resources) {
    const type = /^kubernetes_(\w+?)(?:_v\d[a-z\d]*)?$/.exec(resource.types[0] ?? '')?.[1];
    if (type === undefined || resource.node.kind !== 'map') continue;
    const { node, head, document } = resource;
    const base = { platform: 'kubernetes', document, scope } as const;
    if (type === 'manifest') {
      const manifest = entryOf(node, 'manifest')?.value;
      const kind = manifest && kindOf(manifest);
      // Written in the words of Kubernetes, but as HCL: blocks don't exist in it, so that no fix can be written.
      if (kind !== undefined && manifest?.kind === 'map')
        objectFacts({ ...base, notation: unwritable }, headed(manifest, head), kind, found);
      continue;
    }
    const [kind, apiVersion] = objects.get(type) ?? [];
    if (kind === undefined) continue;
    const sources = new Map<Node, Node>();
    const body = objectOf(node, document.syntax === 'json', sources);
    const named = (key: string, value = ''): Entry => ({ key, keySpan: head, span: head, value: { kind: 'scalar', span: head, value } });
    const own = type === 'default_service_account' ? body.entries.map((entry) => called(entry, named('name', 'default'))) : body.entries;
    const object: MapNode = { ...body, entries: [named('apiVersion', apiVersion), named('kind', kind), ...own] };
    sources.set(object, node);
    // Other resources refer to it by its address in Terraform (`kubernetes_service.web.metadata[0].name`).
    objectFacts({ ...base, notation: { node: (of) => sources.get(of), edit: inTerraform } }, object, kind, found, resource.address);
  }
  return found;
}

/** `metadata` with the name that the resource has without saying so. */
function called(entry: Entry, name: Entry): Entry {
  const { key, value } = entry;
  return key === 'metadata' && value.kind === 'map' ? { ...entry, value: { ...value, entries: [...value.entries, name] } } : entry;
}

const unwritable: Notation = { node: () => undefined, edit: () => undefined };

/** The object with the head of its block, where missing things are reported. */
function headed(object: MapNode, head: Fact['head']): MapNode {
  return { ...object, entries: object.entries.map((e) => (e.key === 'kind' ? { ...e, span: head } : e)) };
}

/** A block's body in the words of Kubernetes; `sources` leads from each map back to its body, where a fix may write blocks into it. */
function objectOf(body: MapNode, json: boolean, sources: Map<Node, Node> | undefined): MapNode {
  const entries: Entry[] = [];
  const repeated = new Map<string, { readonly at: number; readonly items: Node[] }>();
  for (const entry of body.entries) {
    const { key, value } = entry;
    // `security_context = {` and `container = [{` are no blocks, but they are what many write and mean.
    const isBlock = entry.block === true || (!data.has(key) && blocksIn(value));
    if (isBlock && key === 'persistent_volume_source' && value.kind === 'map') {
      entries.push(...objectOf(value, json, sources).entries);
      continue;
    }
    if (!isBlock) {
      entries.push({ ...entry, key: spelled.get(key) ?? camelCase(key) });
      continue;
    }
    // In a list of objects there are no blocks.
    const inner = entry.block === true || json || value.kind === 'map' ? sources : undefined;
    const bodies = (value.kind === 'list' ? value.items : [value]).map((item) =>
      item.kind === 'map' ? objectOf(item, json, inner) : item,
    );
    const list = lists.get(key);
    if (list === undefined) {
      for (const one of bodies) entries.push({ ...entry, key: spelled.get(key) ?? camelCase(key), value: one });
      continue;
    }
    const before = repeated.get(list);
    if (before) before.items.push(...bodies);
    else {
      repeated.set(list, { at: entries.length, items: bodies });
      entries.push({ ...entry, key: list });
    }
  }
  for (const { at, items } of repeated.values()) {
    const entry = entries[at]!;
    entries[at] = { ...entry, value: { kind: 'list', span: entry.value.span, items, ...(body.open && { open: true }) } };
  }
  const object: MapNode = { ...body, entries };
  sources?.set(object, body);
  return object;
}

function blocksIn(value: Node): boolean {
  return value.kind === 'map' || (value.kind === 'list' && value.items.length > 0 && value.items.every((item) => item.kind === 'map'));
}

function camelCase(key: string): string {
  return key.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
}

/** The provider's word for a key of Kubernetes, with the `=` that makes a map an attribute; undefined when it isn't sure. */
function snakeCase(key: string): string | undefined {
  if (!writable.has(key)) return undefined;
  const snake = key.replace(/[A-Z]+/g, (letters) => `_${letters.toLowerCase()}`);
  return data.has(snake) ? `${snake}=` : snake;
}

/** An edit in the words of Kubernetes as the provider spells it; undefined for what could come out wrong. */
function inTerraform(edit: TreeEdit): TreeEdit | undefined {
  if (edit.op !== 'set' && edit.op !== 'remove') return undefined;
  const keys = steps(edit.path).map(snakeCase);
  if (!keys.every((key) => key !== undefined)) return undefined;
  const path = keys.join('.');
  if (edit.op === 'remove') return { ...edit, path: path.replaceAll('=', '') };
  const value = valueOf(edit.value);
  return value === undefined ? undefined : { ...edit, path, value };
}

function valueOf(value: Json): Json | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return Array.isArray(value) && value.some((item) => typeof item === 'object') ? undefined : value;
  }
  const members: Record<string, Json> = {};
  for (const [key, inner] of Object.entries(value)) {
    const [name, made] = [snakeCase(key), valueOf(inner)];
    if (name === undefined || made === undefined) return undefined;
    members[name] = made;
  }
  return members;
}
