import { at, get, items, text, type Node } from '../../server/engine/tree.ts';
import type { Check, Fact } from '../../server/engine/types.ts';
import { picks } from './mismatching-selector.ts';

/** A ServiceMonitor whose selectors pick none of the Services of the folder. */
const check: Check = (fact) => {
  const selector = at(fact.node, 'spec.selector').found[0];
  const elsewhere = at(fact.node, 'spec.namespaceSelector').found[0];
  const services = fact.scope.ofType('Service');
  // A team that watches another's namespace seldom keeps that one's Services beside the monitor.
  if (elsewhere ? services.length === 0 : !selector) return [];
  const namespaces = watched(fact, elsewhere?.node);
  if (!namespaces || services.some((service) => mayWatch(service, namespaces, selector?.node))) return [];
  const labelled = selector && at(selector.node, 'matchLabels').found[0];
  const span = (elsewhere ?? labelled ?? selector)?.entry?.keySpan;
  return span ? [{ span }] : [];
};

/** The names of the namespaces that are looked at; an empty list stands for all, undefined for what isn't known. */
function watched(fact: Fact, elsewhere: Node | undefined): readonly string[] | undefined {
  const names = get(elsewhere, 'matchNames');
  if (text(elsewhere, 'any') === 'true') return [];
  if (elsewhere?.kind === 'unknown' || names?.kind === 'unknown') return undefined;
  const own = at(fact.node, 'metadata.namespace').found.map(({ node }) => node);
  const wanted = names ? items(names) : own;
  const known = wanted.flatMap((name) => text(name) ?? []);
  return known.length < wanted.length ? undefined : known;
}

/** Whether a Service fits, or may: one without a namespace goes where it is applied. */
function mayWatch(service: Fact, namespaces: readonly string[], selector: Node | undefined): boolean {
  const namespace = at(service.node, 'metadata.namespace');
  const own = text(namespace.found[0]?.node);
  const near = namespaces.length === 0 || namespace.uncertain || own === undefined || namespaces.includes(own);
  const labels = at(service.node, 'metadata.labels');
  return near && (labels.uncertain || !selector || picks(selector, get(service.node, 'metadata.labels')) !== false);
}

export default check;
