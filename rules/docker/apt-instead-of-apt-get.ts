import { get, items, text } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

/** One finding for a RUN: all its `apt` become `apt-get`. */
const check: Check = (fact) => {
  const programs = items(get(fact.node, 'commands')).flatMap((command) => {
    const path = get(command, 'path');
    return path && text(command, 'program') === 'apt' ? [path] : [];
  });
  if (!programs[0]) return [];
  const edits = programs.map(({ span }) => ({ op: 'replace' as const, span: { start: span.end - 3, end: span.end }, text: 'apt-get' }));
  const written = programs.every(({ span }) => fact.document.text.slice(span.start, span.end).endsWith('apt'));
  return [{ span: programs[0].span, ...(written && { fix: { title: 'Use apt-get', safe: true, edits } }) }];
};

export default check;
