import type { ExpressionNode } from '../../server/engine/expressions.ts';
import type { Check, Hit } from '../../server/engine/types.ts';
import { conditionOf } from '../../server/engine/workflow.ts';

/** Contexts that decide who or what is trusted. */
const DECIDES =
  /^(github\.(ref|ref_name|head_ref|base_ref|actor|triggering_actor|repository|repository_owner|event\..*)|env\..*|inputs\..*)$/i;

const check: Check = (fact) =>
  conditionOf(fact).flatMap(({ ast }) =>
    calls(ast).flatMap((call): Hit[] => {
      const [list, part] = call.args;
      if (call.name !== 'contains' || list?.kind !== 'literal' || typeof list.value !== 'string' || part?.kind !== 'context') return [];
      if (!DECIDES.test(part.path)) return [];
      const entries = list.value.split(/[\s,;|]+/).filter((entry) => entry !== '');
      const quoted = fact.document.text[list.span.start] === "'" && entries.every((entry) => /^[\w./@[\]-]+$/.test(entry));
      const edits = [{ op: 'replace' as const, span: list.span, text: `fromJSON('${JSON.stringify(entries)}')` }];
      return [
        { span: call.span, values: { value: part.path }, ...(quoted && { fix: { title: 'Compare whole entries', safe: false, edits } }) },
      ];
    }),
  );

function calls(node: ExpressionNode | undefined): readonly Extract<ExpressionNode, { kind: 'call' }>[] {
  if (!node) return [];
  if (node.kind === 'call') return [node, ...node.args.flatMap(calls)];
  if (node.kind === 'not') return calls(node.operand);
  return node.kind === 'binary' ? [...calls(node.left), ...calls(node.right)] : [];
}

export default check;
