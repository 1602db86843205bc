import {
  entryOf,
  items,
  text,
  type Entry,
  type ListNode,
  type MapNode,
  type Node,
  type Origin,
  type ScalarNode,
  type UnknownNode,
} from '../engine/tree.ts';

/** What CloudFormation would make of a node, as far as the template alone tells. Undefined stands for `AWS::NoValue`. */
export type Resolve = (node: Node) => Node | undefined;

type Truth = boolean | undefined;

const list = /^(?:CommaDelimitedList|List<.*>)$/;

/**
 * Evaluates the intrinsic functions of one template: parameters by their defaults, mappings, and conditions where these decide them. What depends on a
 * resource, a pseudo parameter or another stack is unknown, with `refs` such as `Bucket` and `Bucket.Arn`.
 */
export function resolver(path: string, template: MapNode): Resolve {
  const parameters = entriesOf(entryOf(template, 'Parameters')?.value);
  const mappings = entryOf(template, 'Mappings')?.value;
  const conditions = entriesOf(entryOf(template, 'Conditions')?.value);
  const decided = new Map<string, Truth>();
  let depth = 0;

  const parameter = (name: string, span: Node['span']): Node | undefined => {
    const declared = parameters.get(name)?.value;
    const value = entryOf(declared, 'Default')?.value;
    const type = text(declared, 'Type') ?? 'String';
    if (value?.kind !== 'scalar' || value.value === null || type.startsWith('AWS::SSM::Parameter::Value')) return undefined;
    const origin: Origin = { path, span: value.span, what: `the default of parameter \`${name}\`` };
    if (!list.test(type)) return { ...value, span, origin };
    const members = String(value.value).split(',');
    return { kind: 'list', span, origin, items: members.map((member) => ({ kind: 'scalar', value: member.trim(), span: value.span })) };
  };

  const reference = (node: Node, span: Node['span']): Node | undefined => {
    const name = text(node);
    if (name === 'AWS::NoValue') return undefined;
    return name === undefined ? unknown(span, refsOf(node)) : (parameter(name, span) ?? unknown(span, [name]));
  };

  const substitute = (node: Node, span: Node['span']): Node => {
    const [template, variables] = node.kind === 'list' ? node.items : [node];
    if (template?.kind !== 'scalar') return unknown(span, template ? refsOf(template) : []);
    const pieces: Node[] = [];
    const source = String(template.value ?? '');
    const piece = (value: string): ScalarNode => ({ kind: 'scalar', value, span });
    let from = 0;
    for (const m of source.matchAll(/\$\{(!?)\s*([\w.:]+)\s*\}/g)) {
      pieces.push(piece(source.slice(from, m.index)));
      const name = m[2]!;
      if (m[1]) pieces.push(piece(`\${${name}}`));
      else {
        const local = entryOf(variables, name)?.value;
        pieces.push((local ? resolve(local) : parameter(name, span)) ?? unknown(span, [name]));
      }
      from = m.index + m[0].length;
    }
    if (from === 0) return template;
    pieces.push(piece(source.slice(from)));
    return joined(pieces, '', span);
  };

  const join = (node: Node, span: Node['span']): Node => {
    const [separator, parts] = items(node);
    const values = parts ? resolve(parts) : undefined;
    if (values?.kind !== 'list' || values.open || separator?.kind !== 'scalar') return unknown(span, refsOf(node));
    return joined(values.items, String(separator.value ?? ''), span);
  };

  const choose = (node: Node, span: Node['span']): Node | undefined => {
    const [condition, then, otherwise] = items(node);
    const name = text(condition);
    if (name === undefined || !then || !otherwise) return unknown(span, refsOf(node));
    const truth = isTrue(name);
    if (truth !== undefined) return resolve(truth ? then : otherwise);
    const a = resolve(then);
    const b = resolve(otherwise);
    if (a === undefined || b === undefined) return a === b ? undefined : unknown(span, refsOf(node));
    return equal(a, b) === true ? a : unknown(span, [...refsOf(a), ...refsOf(b)]);
  };

  const find = (node: Node, span: Node['span']): Node => {
    const keys = items(node).map((key) => text(resolve(key)));
    let found: Node | undefined = mappings;
    for (const key of keys.slice(0, 3)) found = key === undefined ? undefined : entryOf(found, key)?.value;
    if (!found || keys.length < 3) return unknown(span, []);
    return { ...found, span, origin: { path, span: found.span, what: `the mapping \`${keys[0] ?? ''}\`` } };
  };

  const select = (node: Node, span: Node['span']): Node => {
    const [index, from] = items(node);
    const members = from ? resolve(from) : undefined;
    const position = Number(text(index) ?? NaN);
    const member = members?.kind === 'list' && !members.open ? members.items[position] : undefined;
    return member ?? unknown(span, refsOf(node));
  };

  const split = (node: Node, span: Node['span']): Node => {
    const [separator, source] = items(node);
    const value = text(source && resolve(source));
    const by = text(separator);
    if (value === undefined || !by) return unknown(span, refsOf(node));
    return { kind: 'list', span, items: value.split(by).map((member) => ({ kind: 'scalar', value: member, span })) };
  };

  const isTrue = (name: string): Truth => {
    if (decided.has(name)) return decided.get(name);
    decided.set(name, undefined); // a condition that needs itself
    const node = conditions.get(name)?.value;
    depth++;
    const truth = node && depth < 50 ? decide(node) : undefined;
    depth--;
    decided.set(name, truth);
    return truth;
  };

  const decide = (node: Node): Truth => {
    const entry = node.kind === 'map' && node.entries.length === 1 ? node.entries[0] : undefined;
    if (!entry) return undefined;
    const operands = items(entry.value);
    switch (entry.key) {
      case 'Condition':
        return isTrue(text(entry.value) ?? '');
      case 'Fn::Equals': {
        const [a, b] = operands.map((operand) => resolve(operand));
        return a && b ? equal(a, b) : undefined;
      }
      case 'Fn::Not': {
        const truth = operands[0] && decide(operands[0]);
        return truth === undefined ? undefined : !truth;
      }
      case 'Fn::And':
      case 'Fn::Or': {
        const decisive = entry.key === 'Fn::Or';
        const truths = operands.map(decide);
        if (truths.includes(decisive)) return decisive;
        return truths.includes(undefined) ? undefined : !decisive;
      }
      default:
        return undefined;
    }
  };

  const call = (name: string, node: Node, span: Node['span']): Node | undefined => {
    switch (name) {
      case 'Ref':
        return reference(node, span);
      case 'Fn::GetAtt':
        return unknown(span, [
          items(node)
            .map((part) => text(part) ?? '*')
            .join('.'),
        ]);
      case 'Fn::Sub':
        return substitute(node, span);
      case 'Fn::Join':
        return join(node, span);
      case 'Fn::If':
        return choose(node, span);
      case 'Fn::FindInMap':
        return find(node, span);
      case 'Fn::Select':
        return select(node, span);
      case 'Fn::Split':
        return split(node, span);
      case 'Fn::Base64':
        return resolve(node); // its words matter, not their encoding
      default:
        return unknown(span, refsOf(node));
    }
  };

  const resolve: Resolve = (node) => {
    if (node.kind === 'list') {
      const resolved = node.items.map(resolve);
      return resolved.every((item, i) => item === node.items[i]) ? node : { ...node, items: resolved.filter((item) => item !== undefined) };
    }
    if (node.kind !== 'map') return node;
    const only = node.entries.length === 1 ? node.entries[0]! : undefined;
    if (only && (only.key === 'Ref' || only.key.startsWith('Fn::'))) {
      return only.key.startsWith('Fn::ForEach') ? { ...node, entries: [], open: true } : call(only.key, only.value, node.span);
    }
    let open = node.open ?? false;
    const entries: Entry[] = [];
    let changed = false;
    for (const entry of node.entries) {
      // A macro or a loop among other keys brings more of them.
      if (entry.key === 'Fn::Transform' || entry.key.startsWith('Fn::ForEach')) open = changed = true;
      else {
        const value = resolve(entry.value);
        changed ||= value !== entry.value;
        if (value) entries.push(value === entry.value ? entry : { ...entry, value });
      }
    }
    return changed ? { ...node, entries, ...(open && { open }) } : node;
  };
  return resolve;
}

export function entriesOf(node: Node | undefined): ReadonlyMap<string, Entry> {
  return new Map(node?.kind === 'map' ? node.entries.map((entry) => [entry.key, entry]) : []);
}

function unknown(span: Node['span'], refs: readonly string[]): UnknownNode {
  return { kind: 'unknown', refs: [...new Set(refs)], span };
}

/** What an expression that can't be evaluated refers to. */
function refsOf(node: Node): readonly string[] {
  if (node.kind === 'unknown') return node.refs;
  if (node.kind === 'list') return node.items.flatMap(refsOf);
  if (node.kind !== 'map') return [];
  return node.entries.flatMap(({ key, value }) => {
    if (key === 'Ref') return text(value) === undefined ? [] : [text(value)!];
    if (key === 'Fn::GetAtt')
      return [
        items(value)
          .map((part) => text(part) ?? '*')
          .join('.'),
      ];
    if (key === 'Fn::Sub') return [...String(text(items(value)[0]) ?? '').matchAll(/\$\{([\w.:]+)\}/g)].map((m) => m[1]!);
    return refsOf(value);
  });
}

/** One string of several values; unknown with its literal pieces when one of them is. */
function joined(values: readonly Node[], separator: string, span: Node['span']): Node {
  const parts: (string | undefined)[] = [];
  let origin: Origin | undefined;
  const add = (part: string): void => {
    if (part === '') return;
    const last = parts.length - 1;
    if (typeof parts[last] === 'string') parts[last] += part;
    else parts.push(part);
  };
  values.forEach((value, i) => {
    if (i > 0) add(separator);
    origin ??= value.origin;
    if (value.kind === 'scalar') add(String(value.value ?? ''));
    else if (value.kind === 'unknown' && value.parts) value.parts.forEach((part) => (part === undefined ? parts.push(part) : add(part)));
    else parts.push(undefined);
  });
  if (parts.includes(undefined)) return { ...unknown(span, values.flatMap(refsOf)), parts };
  return { kind: 'scalar', value: parts.join(''), span, ...(origin && { origin }) };
}

/** Whether two values are the same; undefined where that can't be known. */
function equal(a: Node, b: Node): Truth {
  if (a.kind === 'unknown' || b.kind === 'unknown') return undefined;
  if (a.kind === 'scalar' && b.kind === 'scalar') return String(a.value) === String(b.value);
  if (a.kind === 'list' && b.kind === 'list') return a.items.length === b.items.length && allEqual(a, b);
  if (a.kind !== 'map' || b.kind !== 'map') return false;
  if (a.open || b.open) return undefined;
  if (a.entries.length !== b.entries.length) return false;
  const others = entriesOf(b);
  const truths = a.entries.map((entry) => {
    const other = others.get(entry.key);
    return other ? equal(entry.value, other.value) : false;
  });
  return truths.includes(false) ? false : truths.includes(undefined) ? undefined : true;
}

function allEqual(a: ListNode, b: ListNode): Truth {
  const truths = a.items.map((item, i) => equal(item, b.items[i]!));
  return truths.includes(false) ? false : truths.includes(undefined) ? undefined : true;
}
