import { entryOf, items, steps, text, type Entry, type MapNode, type Node, type ScalarValue, type Span } from '../engine/tree.ts';
import { parseJson } from '../parse/json.ts';
import { placed as movedTo } from './placed.ts';

/** Where an argument goes in the resource: a path, or more than that. */
export type Target =
  | string
  | {
      readonly to: string;
      /** What the argument's values are called there. */
      readonly values?: Readonly<Record<string, ScalarValue>>;
      /** The items of a list, or the keys of a map, by path like those of the module. */
      readonly keys?: Targets;
      /** A policy as text or as a map. */
      readonly json?: true;
      /** Anything else: the value as Terraform would have it. */
      readonly as?: (value: Node) => Node;
    };

/** By the argument's path; what isn't named is left out. */
export type Targets = Readonly<Record<string, Target>>;

/** What a module of a cloud's collection makes, in Terraform's words. */
export interface CloudModule {
  readonly type: string | ((args: MapNode) => string | undefined);
  readonly keys: Targets;
  /** Arguments that aren't named in `keys` are called alike. */
  readonly rest?: true;
  /** Attributes that are known to be absent when no argument sets them: the cloud's default is then the one that the rules mean. */
  readonly absent?: readonly string[];
  /** What the module or the interface behind it takes when no argument says it, by the attribute's path. Terraform's default may be another. */
  readonly defaults?: Readonly<Record<string, ScalarValue>>;
  /** An argument that names something that exists already: what isn't said of it isn't known. */
  readonly existing?: string;
  /** Resources of their own in Terraform. */
  readonly also?: readonly (CloudModule & { readonly given: string })[];
}

interface Placed {
  readonly path: readonly string[];
  readonly entry: Entry;
}

/** The entries of a map under other keys, in the order of `keys`. */
export function mapped(map: MapNode, keys: Targets, rest: boolean): readonly Entry[] {
  const placed: Placed[] = [];
  const named = new Set<string>();
  for (const [from, target] of Object.entries(keys)) {
    const path = steps(from);
    named.add(path[0]!);
    let entry: Entry | undefined;
    for (const key of path) entry = entryOf(entry ? entry.value : map, key);
    if (!entry) continue;
    const to = typeof target === 'string' ? target : target.to;
    placed.push({ path: steps(to), entry: { ...entry, value: valueOf(entry.value, target) } });
  }
  if (rest) for (const entry of map.entries) if (!named.has(entry.key)) placed.push({ path: [entry.key], entry });
  return nested(placed);
}

/** Entries by path as entries of entries. */
function nested(placed: readonly Placed[]): readonly Entry[] {
  const groups = new Map<string, Placed[]>();
  for (const { path, entry } of placed) {
    const [first = '', ...rest] = path;
    const group = groups.get(first);
    if (group) group.push({ path: rest, entry });
    else groups.set(first, [{ path: rest, entry }]);
  }
  return [...groups].map(([key, group]) => {
    const { entry, path } = group[0]!;
    if (path.length === 0) return { ...entry, key };
    return { key, keySpan: entry.keySpan, span: entry.span, value: { kind: 'map', span: entry.span, entries: nested(group) } };
  });
}

/** The entries and, for what they leave unsaid, the module's defaults. */
export function withDefaults(entries: readonly Entry[], defaults: Readonly<Record<string, ScalarValue>>, head: Span): readonly Entry[] {
  let all: readonly Entry[] = entries;
  for (const [path, value] of Object.entries(defaults)) {
    const [first = '', second] = steps(path);
    const given = all.find((e) => e.key === first);
    if (!given) all = [...all, ...nested([{ path: steps(path), entry: plain(first, value, head) }])];
    else if (second !== undefined && given.value.kind === 'map' && !entryOf(given.value, second)) {
      const filled = { ...given.value, entries: [...given.value.entries, plain(second, value, given.keySpan)] };
      all = all.map((e) => (e === given ? { ...e, value: filled } : e));
    }
  }
  return all;
}

function valueOf(value: Node, target: Target): Node {
  if (typeof target === 'string') return value;
  const { values, keys, json, as } = target;
  if (as) return as(value);
  if (values && value.kind === 'scalar') {
    const said = String(value.value).toLowerCase();
    const known = Object.hasOwn(values, said) ? values[said] : undefined;
    return known === undefined ? { kind: 'unknown', span: value.span, refs: [] } : { ...value, value: known };
  }
  if (keys) return each(value, (map) => ({ ...map, entries: mapped(map, keys, false) }));
  return json && value.kind === 'scalar' && typeof value.value === 'string' ? policy(value, value.value) : value;
}

/** The maps of a list, or one alone, changed. */
function each(value: Node, change: (map: MapNode) => Node): Node {
  if (value.kind === 'list') return { ...value, items: value.items.map((item) => each(item, change)) };
  return value.kind === 'map' ? change(value) : value;
}

function policy(value: Node, source: string): Node {
  const { trees, problems } = parseJson({ path: '', text: source, syntax: 'json' });
  const tree = problems.length === 0 ? trees[0] : undefined;
  return (tree && movedTo(tree, value.span)) ?? value;
}

/** `ports: [22, 8000-8100]`, or `from_port` and `to_port`: a rule for each range, as a security group of Terraform has them. */
export function securityGroupRules(value: Node): Node {
  return {
    kind: 'list',
    span: value.span,
    items: items(value).flatMap((rule): Node[] => {
      if (rule.kind !== 'map') return [{ kind: 'unknown', span: rule.span, refs: [] }];
      const given = mapped(
        rule,
        {
          proto: {
            to: 'protocol',
            values: { tcp: 'tcp', udp: 'udp', icmp: 'icmp', icmpv6: 'icmpv6', all: '-1', '-1': '-1', '6': 'tcp', '17': 'udp' },
          },
          cidr_ip: 'cidr_blocks',
          cidr_ipv6: 'ipv6_cidr_blocks',
          rule_desc: 'description',
          from_port: 'from_port',
          to_port: 'to_port',
        },
        false,
      );
      // The module's own default.
      const span = rule.entries[0]?.keySpan ?? rule.span;
      const entries = given.some((e) => e.key === 'protocol') ? given : [...given, plain('protocol', 'tcp', span)];
      const ports = entryOf(rule, 'ports');
      if (!ports) return [{ ...rule, entries }];
      return items(ports.value).map((port) => {
        const range = /^(\d+)(?:\s*-\s*(\d+))?$/.exec(text(port) ?? '');
        const bound = (key: string, number: string | undefined): Entry => ({
          ...ports,
          key,
          value:
            number === undefined
              ? { kind: 'unknown', span: port.span, refs: [] }
              : { kind: 'scalar', span: port.span, value: Number(number) },
        });
        return { ...rule, entries: [...entries, bound('from_port', range?.[1]), bound('to_port', range?.[2] ?? range?.[1])] };
      });
    }),
  };
}

/** A value that the module has by itself. */
export function plain(key: string, value: ScalarValue, span: Span): Entry {
  return { key, keySpan: span, span, value: { kind: 'scalar', value, span } };
}
