import { at, text } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';
import { bytes } from './memory-request-below-limit.ts';

/** A memory limit of more than two and a half times the request. */
const check: Check = ({ node }) => {
  const limit = at(node, 'resources.limits.memory').found[0]?.node;
  const [asked, allowed] = [bytes(text(node, 'resources.requests.memory')), bytes(text(limit))];
  return limit && asked !== undefined && allowed !== undefined && allowed > 2.5 * asked ? [{ span: limit.span }] : [];
};

export default check;
