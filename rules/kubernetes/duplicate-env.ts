import { at, entryOf, items, text } from '../../server/engine/tree.ts';
import type { Check, Hit } from '../../server/engine/types.ts';

/** The second and later variables of one name. */
const check: Check = ({ node, document }) => {
  // A template of Helm often has two branches, of which one is rendered.
  if (document.text.includes('{{')) return [];
  const seen = new Set<string>();
  return items(entryOf(node, 'env')?.value).flatMap((variable): Hit[] => {
    const name = at(variable, 'name').found[0]?.node;
    const value = text(name);
    if (!name || value === undefined) return [];
    if (seen.has(value)) return [{ span: name.span, values: { value } }];
    seen.add(value);
    return [];
  });
};

export default check;
