import { entryOf } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

/** A workflow that says nothing about its token, nor does any of its jobs; new lines go before `jobs`, where readers look. */
const check: Check = (fact) => {
  const jobs = entryOf(fact.node, 'jobs');
  if (!jobs || entryOf(fact.node, 'permissions') || jobs.value.kind !== 'map') return [];
  if (jobs.value.entries.some(({ value }) => entryOf(value, 'permissions'))) return [];
  const { start } = jobs.keySpan;
  const newline = fact.document.text.includes('\r\n') ? '\r\n' : '\n';
  const lead = start === 0 || fact.document.text[start - 1] === '\n';
  const text = `permissions:${newline}  contents: read${newline}`;
  const edits = [{ op: 'replace' as const, span: { start, end: start }, text }];
  return [{ span: fact.head, ...(lead && { fix: { title: 'Let the token read the code only', safe: false, edits } }) }];
};

export default check;
