import { get, items, text, type Node } from '../../server/engine/tree.ts';
import type { Check, Fact, Hit } from '../../server/engine/types.ts';

/** Ports of the machine that a service asks for, both ends included. */
interface Published {
  readonly node: Node;
  readonly address: string;
  readonly from: number;
  readonly to: number;
  readonly protocol: string;
}

const check: Check = (fact) => {
  const others = fact.scope.ofType('service').filter((one) => one.address !== fact.address && one.parent === fact.parent);
  return published(fact).flatMap((port): Hit[] => {
    const other = others.find((one) => published(one).some((that) => collide(port, that)));
    if (!other) return [];
    const related = [{ path: other.document.path, span: other.head, message: other.name }];
    return [{ span: port.node.span, values: { value: range(port), other: other.name }, related }];
  });
};

function published(fact: Fact): readonly Published[] {
  return items(get(fact.node, 'ports')).flatMap((node): Published[] => {
    const written = text(node);
    const long = node.kind === 'map' ? get(node, 'published') : undefined;
    const short = written === undefined ? undefined : /^(?:(\[[^\]]*\]|[\d.]+):)?(\d+)(?:-(\d+))?:[\d-]+(?:\/(\w+))?$/.exec(written);
    if (short) return [port(node, short[1] ?? '', short[2]!, short[3], short[4])];
    const whole = /^(\d+)(?:-(\d+))?$/.exec(text(long) ?? '');
    return long && whole ? [port(long, text(node, 'host_ip') ?? '', whole[1]!, whole[2], text(node, 'protocol'))] : [];
  });
}

function port(node: Node, address: string, from: string, to = from, protocol = 'tcp'): Published {
  return { node, address: address === '0.0.0.0' ? '' : address, from: Number(from), to: Number(to), protocol };
}

function collide(a: Published, b: Published): boolean {
  const same = a.address === '' || b.address === '' || a.address === b.address;
  return same && a.protocol === b.protocol && a.from <= b.to && b.from <= a.to;
}

const range = ({ from, to }: Published): string => (from === to ? String(from) : `${from}-${to}`);

export default check;
