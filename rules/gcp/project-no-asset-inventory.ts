import { get, text } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

const wanted = 'cloudasset.googleapis.com';

/** Said once, at the first service that is switched on; services that aren't known may be the one. */
const check: Check = ({ node, scope, address }) => {
  const services = scope.ofType('google_project_service');
  if (services[0]?.address !== address) return [];
  const names = services.map((one) => text(get(one.node, 'service')));
  const service = get(node, 'service');
  return service && names.every((name) => name !== undefined && name !== wanted) ? [{ span: service.span }] : [];
};

export default check;
