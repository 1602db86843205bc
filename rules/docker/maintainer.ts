import { text } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

const check: Check = (fact) => {
  const name = text(fact.node, 'name')?.replace(/^(["'])(.*)\1$/, '$2');
  const label = name === undefined ? undefined : `LABEL org.opencontainers.image.authors=${JSON.stringify(name)}`;
  const fix =
    label && !label.includes('\\')
      ? { title: 'Make it a label', safe: true, edits: [{ op: 'replace' as const, span: fact.span, text: label }] }
      : undefined;
  return [{ span: fact.span, ...(fix && { fix }) }];
};

export default check;
