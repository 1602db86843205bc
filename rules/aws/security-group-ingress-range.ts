import { at, get, items, text, type Node } from '../../server/engine/tree.ts';
import type { Check, Fact, Hit } from '../../server/engine/types.ts';

const transports = new Set(['tcp', 'udp', '6', '17']);

/** Rules of one direction that open more than one port. */
export function ranges(direction: 'ingress' | 'egress'): Check {
  const inline = direction === 'ingress' ? 'SecurityGroupIngress' : 'SecurityGroupEgress';
  return (fact) => rulesOf(fact, direction, inline).flatMap(judge);
}

/** The blocks of a group, or the fact itself where it is one rule. */
function rulesOf({ node, types }: Fact, direction: string, inline: string): readonly Node[] {
  const type = types[0] ?? '';
  if (/SecurityGroup$|security_group$/.test(type)) {
    return [direction, inline].flatMap((key) => at(node, key).found.flatMap((found) => items(found.node)));
  }
  return type === 'aws_security_group_rule' && text(node, 'type') !== direction ? [] : [node];
}

function judge(rule: Node): readonly Hit[] {
  const protocol = text(rule, 'protocol') ?? text(rule, 'ip_protocol') ?? text(rule, 'IpProtocol');
  if (!transports.has(protocol?.toLowerCase() ?? '')) return [];
  const from = get(rule, 'from_port') ?? get(rule, 'FromPort');
  const low = Number(text(from) ?? NaN);
  const high = Number(text(rule, 'to_port') ?? text(rule, 'ToPort') ?? NaN);
  return from && high > low ? [{ span: from.span, values: { value: `${low} to ${high}` } }] : [];
}

export default ranges('ingress');
