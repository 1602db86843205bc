import { get, text } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

/** The log bucket is the bucket itself, by its name or by a reference. */
const check: Check = ({ node, scope, address }) => {
  const target = get(node, 'logging.log_bucket');
  if (!target) return [];
  const name = text(get(node, 'name'));
  const same =
    target.kind === 'unknown'
      ? target.refs.length === 1 && address !== undefined && scope.resolve(target.refs[0]!)?.address === address
      : name !== undefined && text(target) === name;
  return same ? [{ span: target.span }] : [];
};

export default check;
