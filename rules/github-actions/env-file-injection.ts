import { expressions } from '../../server/engine/expressions.ts';
import { get, items, text, type Node } from '../../server/engine/tree.ts';
import type { Check, Fact, Hit } from '../../server/engine/types.ts';
import { isPrivileged, outside, written } from '../../server/engine/workflow.ts';

const FILES = /^GITHUB_(ENV|PATH)$/;
/** Programs that print what is in files. */
const READS = /^(cat|grep|sed|awk|jq|yq|head|tail|cut|tr|xargs)$/;

const check: Check = (fact) =>
  items(get(fact.node, 'commands')).flatMap((command): Hit[] => {
    if (!items(get(command, 'writes')).some(isFile) && !pipedTo(fact, command)) return [];
    const line = written(fact, command);
    for (const one of expressions(line, command.span.start)) {
      const use = one.contexts.find(({ path, reaches }) => reaches && outside(fact, path));
      if (use) return [{ span: command.span, values: { value: use.path } }];
    }
    const names = items(get(command, 'words')).flatMap((word) => (word.kind === 'unknown' ? word.refs : []));
    const name = names.find((ref) => outside(fact, `env.${ref}`));
    if (name !== undefined) return [{ span: command.span, values: { value: `$${name}` } }];
    const program = text(command, 'program') ?? '';
    return READS.test(program) && isPrivileged(fact) && items(get(command, 'operands')).length > 0
      ? [{ span: command.span, values: { value: text(items(get(command, 'operands')).at(-1)) ?? program } }]
      : [];
  });

function isFile(node: Node): boolean {
  return node.kind === 'unknown' && node.refs.some((ref) => FILES.test(ref));
}

/** `… | tee -a "$GITHUB_ENV"` on the same line. */
function pipedTo(fact: Fact, command: Node): boolean {
  if (!items(get(command, 'pipe-to')).some((one) => text(one) === 'tee')) return false;
  const { end } = command.span;
  return /^[^\n]*\|\s*tee\b[^\n|]*\$\{?GITHUB_(ENV|PATH)\b/.test(fact.document.text.slice(end, end + 300));
}

export default check;
