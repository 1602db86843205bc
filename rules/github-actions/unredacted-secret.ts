import type { ExpressionNode } from '../../server/engine/expressions.ts';
import { walk } from '../../server/engine/tree.ts';
import type { Check, Hit } from '../../server/engine/types.ts';
import { expressionsIn } from '../../server/engine/workflow.ts';

const check: Check = (fact) => {
  const hits: Hit[] = [];
  walk(fact.node, (node) => {
    for (const { ast, span, text } of expressionsIn(fact, node)) if (ast && takesApart(ast)) hits.push({ span, values: { value: text } });
  });
  return hits;
};

function takesApart(node: ExpressionNode): boolean {
  switch (node.kind) {
    case 'property': {
      let inner: ExpressionNode = node;
      while (inner.kind === 'property') inner = inner.of;
      return (
        inner.kind === 'call' &&
        inner.name === 'fromjson' &&
        inner.args.some((arg) => arg.kind === 'context' && /^secrets\./i.test(arg.path))
      );
    }
    case 'call':
      return node.args.some(takesApart);
    case 'binary':
      return takesApart(node.left) || takesApart(node.right);
    default:
      return false;
  }
}

export default check;
