import { at, entryOf, get, items, text, type Node } from '../../server/engine/tree.ts';
import type { Check, Fact } from '../../server/engine/types.ts';

/** An entry of a network ACL, whoever wrote it. Ports are NaN where they don't matter or aren't known. */
interface Rule {
  readonly acl: string;
  readonly number: number;
  readonly egress: boolean;
  readonly action: string;
  readonly protocol: string;
  readonly range: string;
  readonly low: number;
  readonly high: number;
  readonly node: Node;
  /** Tells an entry from the others: where it stands. */
  readonly place: string;
}

/** Entries are tried by number, and the first that fits decides: a denial after a wider permission, or a second entry of a number, does nothing. */
const check: Check = (fact) => {
  const { own, all } = rules(fact);
  return own.flatMap((rule) => {
    const others = all.filter((other) => other.acl === rule.acl && other.egress === rule.egress && other.place !== rule.place);
    if (others.some((other) => other.number === rule.number))
      return [{ span: rule.node.span, values: { value: `another entry has the number ${rule.number} too` } }];
    const wider =
      rule.action === 'deny' && others.find((other) => other.action === 'allow' && other.number < rule.number && covers(other, rule));
    return wider ? [{ span: rule.node.span, values: { value: `entry ${wider.number} already allows this traffic` } }] : [];
  });
};

function rules(fact: Fact): { readonly own: readonly Rule[]; readonly all: readonly Rule[] } {
  const type = fact.types[0] ?? '';
  if (type === 'aws_network_acl_rule' || type === 'AWS::EC2::NetworkAclEntry')
    return { own: companionRule(fact), all: companionRules(fact.scope.ofType(type)) };
  const inline = ['ingress', 'egress'].flatMap((way) =>
    at(fact.node, way).found.flatMap((found) => items(found.node).flatMap((node) => read(node, 'here', way === 'egress', ''))),
  );
  return { own: inline, all: inline };
}

/** A scope's facts of one type are the same array at each question, so its entries are read once for all of them. */
const known = new WeakMap<readonly Fact[], readonly Rule[]>();

function companionRules(facts: readonly Fact[]): readonly Rule[] {
  let found = known.get(facts);
  if (!found) known.set(facts, (found = facts.flatMap(companionRule)));
  return found;
}

function companionRule(fact: Fact): readonly Rule[] {
  const acl = get(fact.node, 'network_acl_id') ?? get(fact.node, 'NetworkAclId');
  const name = acl?.kind === 'unknown' && acl.refs.length === 1 ? acl.refs[0] : text(acl);
  // References don't tell the elements of a counted resource apart.
  const owner = name === undefined ? undefined : fact.scope.resolve(name);
  if (owner && (entryOf(owner.node, 'count') ?? entryOf(owner.node, 'for_each'))) return [];
  const egress = get(fact.node, 'egress') ?? get(fact.node, 'Egress');
  return name === undefined || egress?.kind === 'unknown'
    ? []
    : read(fact.node, name, text(egress) === 'true', `${fact.document.path}:${fact.head.start}`);
}

function read(node: Node, acl: string, egress: boolean, where: string): readonly Rule[] {
  const word = (...keys: string[]): string | undefined => keys.map((key) => text(node, key)).find((value) => value !== undefined);
  const number = get(node, 'rule_number') ?? get(node, 'rule_no') ?? get(node, 'RuleNumber');
  const protocol = word('protocol', 'Protocol');
  const range = word('cidr_block', 'CidrBlock', 'ipv6_cidr_block', 'Ipv6CidrBlock');
  const action = word('rule_action', 'action', 'RuleAction')?.toLowerCase();
  if (!number || text(number) === undefined || protocol === undefined || range === undefined || action === undefined) return [];
  return [
    {
      acl,
      egress,
      action,
      range,
      number: Number(text(number)),
      protocol: protocol === 'all' ? '-1' : protocol === '6' ? 'tcp' : protocol === '17' ? 'udp' : protocol,
      low: Number(word('from_port', 'PortRange.From') ?? NaN),
      high: Number(word('to_port', 'PortRange.To') ?? NaN),
      node: number,
      place: where || String(number.span.start),
    },
  ];
}

function covers(wide: Rule, rule: Rule): boolean {
  if (wide.range !== rule.range && wide.range !== (rule.range.includes(':') ? '::/0' : '0.0.0.0/0')) return false;
  if (wide.protocol === '-1') return true;
  return wide.protocol === rule.protocol && wide.low <= rule.low && rule.high <= wide.high;
}

export default check;
