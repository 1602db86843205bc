import { at, text, type Node } from '../../server/engine/tree.ts';
import type { Check, Fact } from '../../server/engine/types.ts';

/** A namespace, or the first workload of one that is declared elsewhere, that no ResourceQuota of the folder belongs to. */
const check: Check = (fact) => lonely(fact, 'ResourceQuota');

/** Where `kind` is missing in the namespace of a fact: at its name. */
export function lonely(fact: Fact, kind: string): ReturnType<Check> {
  const name = namespaceOf(fact);
  const value = text(name);
  if (!name || value === undefined || /^(?:kube-|default$)/.test(value)) return [];
  if (fact.types[0] !== 'Namespace') {
    const first = fact.scope.ofType('workload').find((other) => text(namespaceOf(other)) === value);
    const declared = fact.scope.ofType('Namespace').some((other) => text(namespaceOf(other)) === value);
    if (declared || (first && (first.document.path !== fact.document.path || first.span.start !== fact.span.start))) return [];
  }
  for (const other of fact.scope.ofType(kind)) {
    const namespace = at(other.node, 'metadata.namespace');
    const found = namespace.found[0]?.node;
    if (namespace.uncertain || (found && (text(found) === undefined || text(found) === value))) return [];
  }
  return [{ span: name.span, values: { value } }];
}

function namespaceOf(fact: Fact): Node | undefined {
  return at(fact.node, fact.types[0] === 'Namespace' ? 'metadata.name' : 'metadata.namespace').found[0]?.node;
}

export default check;
