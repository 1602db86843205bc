import { at, text } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

/** A memory request that differs from the limit; without a request the limit is the request. */
const check: Check = ({ node }) => {
  const request = at(node, 'resources.requests.memory').found[0]?.node;
  const [asked, allowed] = [bytes(text(request)), bytes(text(node, 'resources.limits.memory'))];
  return request && asked !== undefined && allowed !== undefined && asked < allowed ? [{ span: request.span }] : [];
};

const factors: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** A quantity of memory in bytes; undefined for what is none. */
export function bytes(quantity: string | undefined): number | undefined {
  const parts = /^(\d{1,15}(?:\.\d{1,6})?)(k|[MGT]|[KMGT]i)?$/.exec(quantity ?? '');
  return parts ? Number(parts[1]) * factors[parts[2] ?? '']! : undefined;
}

export default check;
