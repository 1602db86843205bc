import { get, text } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

/** Words that no shell has to look at can be a list as they are. */
const check: Check = (fact) => {
  const shell = get(fact.node, 'shell');
  const line = text(shell);
  if (!shell || line === undefined) return [];
  const plain =
    /^[\w@%+=:,./ -]+$/.test(line) &&
    !/^\s*(exec|cd|\w+=|\.)/.test(line) &&
    !fact.document.text.slice(fact.span.start, fact.span.end).includes('\n');
  const list = `[${line
    .trim()
    .split(/ +/)
    .map((word) => JSON.stringify(word))
    .join(', ')}]`;
  const edits = [{ op: 'replace' as const, span: shell.span, text: list }];
  return [{ span: fact.span, ...(plain && { fix: { title: 'Write it as a list', safe: false, edits } }) }];
};

export default check;
