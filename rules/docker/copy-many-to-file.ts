import { get, text } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

const check: Check = (fact) => {
  const to = get(fact.node, 'destination');
  const value = text(to);
  if (!to || value === undefined) return [];
  const plain = fact.document.text.slice(to.span.start, to.span.end) === value;
  const edits = [{ op: 'replace' as const, span: to.span, text: `${value}/` }];
  return [{ span: to.span, values: { value }, ...(plain && { fix: { title: 'Make it a folder', safe: true, edits } }) }];
};

export default check;
