import { at, get, items, text, type Node } from '../../server/engine/tree.ts';
import type { Check, Hit } from '../../server/engine/types.ts';

/** More ports than one service with a few listeners needs. */
const many = 100;
const directions = ['ingress', 'egress', 'SecurityGroupIngress', 'SecurityGroupEgress'];

/** Rules for ranges of addresses that open all protocols or many ports. What is open to the whole internet is for other rules. */
const check: Check = ({ node }) => {
  const blocks = directions.flatMap((key) => at(node, key).found.flatMap((found) => items(found.node)));
  return (blocks.length > 0 ? blocks : [node]).flatMap(judge);
};

function judge(rule: Node): readonly Hit[] {
  const ranges = ['cidr_blocks', 'cidr_ipv4', 'CidrIp'].flatMap((key) => at(rule, key).found.flatMap((found) => items(found.node)));
  if (ranges.length === 0 || !ranges.every(limited)) return [];
  const protocol = get(rule, 'protocol') ?? get(rule, 'ip_protocol') ?? get(rule, 'IpProtocol');
  const name = text(protocol)?.toLowerCase();
  if (protocol && (name === '-1' || name === 'all')) return [{ span: protocol.span, values: { value: 'all protocols' } }];
  if (name !== 'tcp' && name !== 'udp' && name !== '6' && name !== '17') return [];
  const from = get(rule, 'from_port') ?? get(rule, 'FromPort');
  const low = Number(text(from) ?? NaN);
  const high = Number(text(rule, 'to_port') ?? text(rule, 'ToPort') ?? NaN);
  return from && high - low > many ? [{ span: from.span, values: { value: `ports ${low} to ${high}` } }] : [];
}

/** A known range that is neither one host nor the whole internet. */
function limited(range: Node): boolean {
  const prefix = Number(/\/(\d+)$/.exec(text(range) ?? '')?.[1] ?? NaN);
  return prefix >= 8 && prefix < 32;
}

export default check;
