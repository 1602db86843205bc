import { expressions } from '../../server/engine/expressions.ts';
import { get } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';
import { written } from '../../server/engine/workflow.ts';

const check: Check = (fact) => {
  const node = get(fact.node, 'if');
  if (node?.kind !== 'scalar' || typeof node.value !== 'string') return [];
  const { value, span } = node;
  const found = expressions(value, 0);
  if (found.length === 0) return [];
  const whole = found.length === 1 && found[0]!.span.start === 0 && found[0]!.span.end === value.length;
  if (whole) return [];
  const raw = written(fact, node);
  const alone = found.length === 1 && value.trim().length === found[0]!.span.end - found[0]!.span.start;
  if (alone) {
    // Only the line end of the block scalar is too much.
    const header = /^[|>]/.test(raw) && !/^[|>][+-]/.test(raw);
    const strip = { op: 'replace' as const, span: { start: span.start + 1, end: span.start + 1 }, text: '-' };
    return [
      {
        span,
        values: { advice: 'End the block with `|-` or `>-`.' },
        ...(header && { fix: { title: 'Strip the line end', safe: false, edits: [strip] } }),
      },
    ];
  }
  const inner = value.replace(/\$\{\{\s*([\s\S]*?)\s*\}\}/g, '$1');
  const plain = raw === value && !/[|>:#{}]/.test(inner.replaceAll('||', '')) && !/^[!&*"']/.test(inner);
  const edits = [{ op: 'replace' as const, span, text: inner }];
  return [
    {
      span,
      values: { advice: 'Write it as one expression, without `${{ }}`.' },
      ...(plain && { fix: { title: 'Make it one expression', safe: false, edits } }),
    },
  ];
};

export default check;
