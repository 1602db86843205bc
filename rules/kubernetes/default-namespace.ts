import { at, entryOf, text } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

/** An object without a namespace, or in `default`. Helm and Kustomize put one in later. */
const check: Check = (fact) => {
  const { found, uncertain } = at(fact.node, 'metadata.namespace');
  if (uncertain || (found[0] && text(found[0].node) !== 'default')) return [];
  if (!found[0]) {
    const later = fact.scope.ofType('Kustomization').some(({ node }) => at(node, 'namespace').found.length > 0);
    if (later || fact.document.text.includes('{{')) return [];
  }
  return [{ span: found[0]?.node.span ?? entryOf(fact.node, 'metadata')?.keySpan ?? fact.head }];
};

export default check;
