import { get, text } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

const most = 256;

/** Rules from one address to another with more than 256 between them. */
const check: Check = ({ node }) => {
  const start = get(node, 'start_ip_address') ?? get(node, 'start_ip');
  const end = get(node, 'end_ip_address') ?? get(node, 'end_ip');
  const [from, to] = [start, end].map((address) => numberOf(text(address)));
  if (!start || from === undefined || to === undefined) return [];
  const count = to - from + 1;
  return count > most ? [{ span: start.span, values: { count: String(count) } }] : [];
};

function numberOf(address: string | undefined): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address ?? '')?.slice(1);
  return parts?.reduce((sum, part) => sum * 256 + Number(part), 0);
}

export default check;
