import { steps, type Entry, type ListNode, type MapNode, type Node, type Span } from '../tree.ts';
import type { Json, TreeEdit } from '../types.ts';

/** What tree edits mean for the maps and lists of a YAML or JSON tree, before any text is written. */
export interface Plan {
  /** Keys to add to a map, nested values merged. */
  readonly additions: ReadonlyMap<MapNode, Record<string, Json>>;
  /** Entries that get another value. */
  readonly values: ReadonlyMap<Entry, { readonly container: MapNode; readonly value: Json }>;
  readonly removals: ReadonlyMap<MapNode | ListNode, ReadonlySet<Entry | Node>>;
  readonly texts: readonly Extract<TreeEdit, { op: 'replace' | 'insert' }>[];
}

/** Where a map or list hangs: an entry of a map, an item of a list. */
interface Place {
  readonly container: MapNode | ListNode;
  readonly member: Entry | Node;
}

/**
 * Finds what the edits' paths point to. Lists and repeated keys are crossed at the member that holds `focus`; a last step `*` is that member.
 * Undefined when a path meets something that isn't written here: an alias, an unknown value, a template's include.
 */
export function plan(root: Node, edits: readonly TreeEdit[], focus: Span): Plan | undefined {
  const additions = new Map<MapNode, Record<string, Json>>();
  const values = new Map<Entry, { container: MapNode; value: Json }>();
  const removals = new Map<MapNode | ListNode, Set<Entry | Node>>();
  const places = new Map<Node, Place>();
  const texts: Plan['texts'][number][] = [];
  for (const edit of edits) {
    if (edit.op === 'replace' || edit.op === 'insert') {
      texts.push(edit);
      continue;
    }
    const unwritten = root.kind === 'map' ? root.unwritten : undefined;
    const keys = unwritten ? [unwritten.key, ...steps(edit.path)] : steps(edit.path);
    const found = follow(unwritten?.map ?? root, keys, edit.focus ?? focus, places);
    if (!found) return undefined;
    const { container, member, depth } = found;
    if (edit.op === 'remove') {
      if (!member) continue; // nothing to remove
      if (depth < keys.length) continue;
      const set = removals.get(container) ?? new Set();
      removals.set(container, set.add(member));
    } else if (member) {
      if (container.kind === 'list' || !isEntry(member)) return undefined;
      const inner = nested(keys.slice(depth), edit.value);
      const before = values.get(member);
      values.set(member, { container, value: before ? merged(before.value, inner) : inner });
    } else {
      if (container.kind === 'list' || container.open) return undefined;
      const key = keys[depth - 1]!;
      const record = additions.get(container) ?? {};
      const inner = nested(keys.slice(depth), edit.value);
      record[key] = key in record ? merged(record[key]!, inner) : inner;
      additions.set(container, record);
    }
  }
  cascade(removals, additions, places);
  return { additions, values, removals, texts };
}

interface Found {
  readonly container: MapNode | ListNode;
  /** The entry or item of the path's step `depth`; undefined when the container lacks it. */
  readonly member: Entry | Node | undefined;
  readonly depth: number;
}

function follow(root: Node, keys: readonly string[], focus: Span, places: Map<Node, Place>): Found | undefined {
  let node = root;
  let depth = 0;
  while (depth < keys.length) {
    const key = keys[depth]!;
    if (node.origin || node.kind === 'unknown' || node.kind === 'scalar') return undefined;
    if (node.kind === 'list') {
      const item = holding(node.items, focus);
      if (!item) return undefined;
      places.set(item, { container: node, member: item });
      if (key === '*' && ++depth === keys.length) return { container: node, member: item, depth };
      node = item;
      continue;
    }
    const entries = key === '*' ? node.entries : node.entries.filter((e) => e.key === key);
    const entry = holding(entries, focus);
    depth++;
    if (!entry) return entries.length > 0 || key === '*' ? undefined : { container: node, member: undefined, depth };
    const { value } = entry;
    if (value.origin || value.kind === 'unknown') return undefined;
    // An empty value (`securityContext:`) takes the rest of the path as its value.
    const last = depth === keys.length || (value.kind === 'scalar' && value.value === null);
    if (last) return { container: node, member: entry, depth };
    places.set(value, { container: node, member: entry });
    node = value;
  }
  return undefined;
}

/** The member that holds the focus, or the only one. */
function holding<T extends Entry | Node>(members: readonly T[], focus: Span): T | undefined {
  if (members.length < 2) return members[0];
  return members.find((m) => m.span.start <= focus.start && focus.end <= m.span.end);
}

export function isEntry(member: Entry | Node): member is Entry {
  return 'keySpan' in member;
}

function nested(keys: readonly string[], value: Json): Json {
  return keys.reduceRight<Json>((inner, key) => ({ [key]: inner }), value);
}

function merged(before: Json, after: Json): Json {
  if (!isRecord(before) || !isRecord(after)) return after;
  const result: Record<string, Json> = { ...before };
  for (const [key, value] of Object.entries(after)) result[key] = key in result ? merged(result[key]!, value) : value;
  return result;
}

export function isRecord(value: Json): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What loses its last member goes with it. */
function cascade(
  removals: Map<MapNode | ListNode, Set<Entry | Node>>,
  additions: Plan['additions'],
  places: ReadonlyMap<Node, Place>,
): void {
  for (const [container, removed] of removals) {
    const place = places.get(container);
    const count = container.kind === 'map' ? container.entries.length : container.items.length;
    if (!place || removed.size < count || container.open || (container.kind === 'map' && additions.has(container))) continue;
    removals.delete(container);
    // Set at the end of the map, so that this loop comes to it.
    const outer = removals.get(place.container) ?? new Set();
    removals.delete(place.container);
    removals.set(place.container, outer.add(place.member));
  }
}
