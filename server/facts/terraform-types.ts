import { entryOf, type Entry, type Node } from '../engine/tree.ts';
import type { HclUnknown } from '../parse/hcl-expression.ts';
import { booleanOf, numberOf, textOf } from './terraform-functions.ts';

/** Deeper types than this leave the value as it is. */
const deepest = 50;

/**
 * A variable's value as its `type` makes it: strings become numbers and booleans and the other way round, optional attributes get their defaults, what the
 * type doesn't name is dropped. `fallback` evaluates a default and puts it in the place of the map that lacks it.
 */
export function converted(value: Node, type: Node, fallback: (written: Node, key: string, place: Node) => Node, depth = 0): Node {
  if (depth > deepest || value.kind === 'unknown') return value;
  const { operation } = type as HclUnknown;
  if (operation?.kind === 'traversal') return operation.steps.length === 0 ? primitive(value, operation.of) : value;
  if (operation?.kind !== 'call') return value;
  const [inner] = operation.args;
  if (!inner) return value;
  const each = (node: Node, of: Node): Node => converted(node, of, fallback, depth + 1);
  switch (operation.name) {
    case 'optional':
      return each(value, inner);
    case 'list':
    case 'set':
      return value.kind === 'list' ? { ...value, items: value.items.map((item) => each(item, inner)) } : value;
    case 'tuple':
      if (value.kind !== 'list' || inner.kind !== 'list') return value;
      return { ...value, items: value.items.map((item, i) => (inner.items[i] ? each(item, inner.items[i]) : item)) };
    case 'map':
      return value.kind === 'map' ? { ...value, entries: value.entries.map((e) => ({ ...e, value: each(e.value, inner) })) } : value;
    case 'object': {
      if (value.kind !== 'map' || inner.kind !== 'map') return value;
      const entries = inner.entries.flatMap((attribute): Entry[] => {
        const written = entryOf(value, attribute.key);
        const standard = defaultOf(attribute.value);
        if (written && !(standard && isNull(written.value))) return [{ ...written, value: each(written.value, attribute.value) }];
        if (value.open || !isOptional(attribute.value)) return [];
        const { span } = value;
        const made: Node = standard ? fallback(standard, attribute.key, value) : { kind: 'scalar', span, value: null };
        return [{ key: attribute.key, keySpan: span, span, value: each(made, attribute.value) }];
      });
      return { ...value, entries };
    }
    default:
      return value;
  }
}

function primitive(value: Node, type: string | Node): Node {
  if (value.kind !== 'scalar' || value.value === null) return value;
  const made = type === 'bool' ? booleanOf(value) : type === 'number' ? numberOf(value) : type === 'string' ? textOf(value) : undefined;
  return made === undefined ? value : { ...value, value: made };
}

function isOptional(type: Node): boolean {
  const { operation } = type as HclUnknown;
  return operation?.kind === 'call' && operation.name === 'optional';
}

function defaultOf(type: Node): Node | undefined {
  const { operation } = type as HclUnknown;
  return operation?.kind === 'call' && operation.name === 'optional' ? operation.args[1] : undefined;
}

function isNull(node: Node): boolean {
  return node.kind === 'scalar' && node.value === null;
}
