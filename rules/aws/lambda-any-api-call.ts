import { get, text, type Node } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

/** A permission of API Gateway that holds for every stage, method and path of the API. */
const check: Check = ({ node }) => {
  const principal = text(get(node, 'principal') ?? get(node, 'Principal'));
  const source = get(node, 'source_arn') ?? get(node, 'SourceArn');
  if (principal !== 'apigateway.amazonaws.com' || !source) return [];
  return end(source)?.endsWith('/*/*') === true ? [{ span: source.span }] : [];
};

const end = (node: Node): string | undefined => (node.kind === 'unknown' ? node.parts?.at(-1) : text(node));

export default check;
