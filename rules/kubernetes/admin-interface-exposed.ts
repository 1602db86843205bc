import { at, items, text, type Node } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

/** Images of tools that run what one asks them to, or show everything. */
const tools =
  /(?:^|\/)(?:argocli|argoexec|kubernetes-dashboard(?:-[a-z\d]+)?|dashboard(?=:v?[27])|jenkins|jupyter(?:hub)?|[a-z]+-notebook|centraldashboard|scope|weave-scope|portainer(?:-ce|-ee)?|rancher|airflow|octant|kubeview|phpmyadmin|pgadmin4|adminer|mongo-express|redis-commander|cerebro|kafka-ui|k8s-dashboard|headlamp|prometheus|alertmanager)(?=[:@]|$)/;

/** A Service that opens ports to the outside and picks the pods of such a tool. */
const check: Check = ({ node, scope }) => {
  const type = at(node, 'spec.type').found[0]?.node;
  const value = text(type);
  const selector = at(node, 'spec.selector').found[0]?.node;
  const inside = at(node, 'metadata.annotations').found.some(({ node: notes }) => /internal/i.test(keys(notes)));
  if (!type || (value !== 'LoadBalancer' && value !== 'NodePort') || selector?.kind !== 'map' || selector.entries.length === 0 || inside)
    return [];
  if (at(node, 'spec.loadBalancerSourceRanges').found.length > 0 && !/^(?:0\.0\.0\.0|::)\/0$/m.test(ranges(node))) return [];
  for (const workload of scope.ofType('workload')) {
    const labels = at(workload.node, 'spec.template.metadata.labels').found[0] ?? at(workload.node, 'metadata.labels').found[0];
    const picked = selector.entries.every(({ key, value: wanted }) => {
      const own = labels && text(at(labels.node, [key]).found[0]?.node);
      return own !== undefined && own === text(wanted);
    });
    const images = picked
      ? [...at(workload.node, 'spec.template.spec.containers.image').found, ...at(workload.node, 'spec.containers.image').found]
      : [];
    if (images.some((image) => tools.test(text(image.node) ?? ''))) return [{ span: type.span, values: { value, other: workload.name } }];
  }
  return [];
};

const keys = (map: Node): string =>
  map.kind === 'map' ? map.entries.map(({ key, value }) => `${key}=${text(value) ?? ''}`).join('\n') : '';
const ranges = (service: Node): string =>
  items(at(service, 'spec.loadBalancerSourceRanges').found[0]?.node)
    .map((range) => text(range) ?? '')
    .join('\n');

export default check;
