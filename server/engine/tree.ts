/**
 * The one node model of every configuration language. Spans are half-open UTF-16 offsets into the document's text;
 * lines and columns exist only at the edges (positions.ts).
 */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where a value really stands when it isn't written at the place that uses it: a variable's default, a values file. */
export interface Origin {
  readonly path: string;
  readonly span: Span;
  /** Read after a colon in the editor: "the default of variable `acl`". */
  readonly what: string;
}

interface Base {
  readonly span: Span;
  readonly origin?: Origin;
}

export interface MapNode extends Base {
  readonly kind: 'map';
  readonly entries: readonly Entry[];
  /** More entries may exist than can be known here (a dynamic block, a template include): `absent` is then unknown. */
  readonly open?: boolean;
  /** Keys that may exist (behind a condition of a template): `absent` is unknown for them alone. */
  readonly optional?: readonly string[];
  /** This map isn't written at all: adding to it means adding `key` to `map` (a resource without `Properties`). */
  readonly unwritten?: { readonly map: MapNode; readonly key: string };
}

export interface ListNode extends Base {
  readonly kind: 'list';
  readonly items: readonly Node[];
  readonly open?: boolean;
}

/**
 * A list whose items are made at the first question. A class, because the getter of an object literal becomes a part of its shape: what it
 * closes over (a whole document) would stay in memory until V8's next major collection, and every object would have a shape of its own.
 */
export class LazyList implements ListNode {
  readonly kind = 'list';
  readonly span: Span;
  declare readonly open?: true;
  private made: readonly Node[] | undefined;
  private readonly make: () => readonly Node[];

  constructor(span: Span, make: () => readonly Node[], open = false) {
    this.span = span;
    this.make = make;
    if (open) this.open = true;
  }

  get items(): readonly Node[] {
    return (this.made ??= this.make());
  }
}

export type ScalarValue = string | number | boolean | null;

export interface ScalarNode extends Base {
  readonly kind: 'scalar';
  readonly value: ScalarValue;
}

/** A value that only the running system knows. */
export interface UnknownNode extends Base {
  readonly kind: 'unknown';
  /** What the expression refers to, in the platform's own notation: `aws_s3_bucket.logs.id`, `var.acl`, a logical id. */
  readonly refs: readonly string[];
  /** The literal pieces of a template in order; `undefined` stands for an unknown piece. */
  readonly parts?: readonly (string | undefined)[];
}

export type Node = MapNode | ListNode | ScalarNode | UnknownNode;

/** One key with its value. An HCL block is an entry whose key may repeat. `span` covers key and value. */
export interface Entry {
  readonly key: string;
  readonly keySpan: Span;
  readonly span: Span;
  readonly value: Node;
  /** An HCL block (`key { … }`) rather than an attribute (`key = …`). */
  readonly block?: boolean;
  /** The labels of an HCL block: `dynamic "ingress"` has `["ingress"]`. */
  readonly labels?: readonly string[];
  /** Generated from a list that isn't known, so it may not exist at all; what it holds is right where it does. */
  readonly perhaps?: boolean;
}

/** A node found by a path, with the entry (if any) that holds it most closely. */
export interface Located {
  readonly node: Node;
  readonly entry?: Entry;
}

/** The answer of `at`: what was found, whether more may exist, and the deepest places where the path broke off. */
export interface Lookup {
  readonly found: readonly Located[];
  /** Something on the way is unknown or open, so an empty `found` does not prove absence. */
  readonly uncertain: boolean;
  /** Where the path broke off: the entry whose map (or null) lacks the next key; none at the root. */
  readonly missing: readonly { readonly entry?: Entry; readonly depth: number }[];
}

const pathCache = new Map<string, readonly string[]>();

/** Splits `a.b."c.d/e".*` into its steps; a double-quoted step may hold dots. */
export function steps(path: string): readonly string[] {
  let parsed = pathCache.get(path);
  if (!parsed) {
    parsed = [...path.matchAll(/"([^"]*)"|([^."]+)/g)].map((m) => m[1] ?? m[2] ?? '');
    pathCache.set(path, parsed);
  }
  return parsed;
}

/** Follows a path through maps, repeated blocks and lists; every list on the way stands for each of its items. */
export function at(root: Node, path: string | readonly string[]): Lookup {
  const search = new Search(typeof path === 'string' ? steps(path) : path);
  search.follow(root, 0, undefined);
  return search;
}

const none: never[] = [];

const added = <T>(list: T[], item: T): T[] => {
  if (list === none) return [item];
  list.push(item);
  return list;
};

/** Rules ask for thousands of paths, and most lead nowhere: nothing is made before there is something to say. */
class Search implements Lookup {
  found: Located[] = none;
  missing: { entry?: Entry; depth: number }[] = none;
  uncertain = false;
  private readonly keys: readonly string[];

  constructor(keys: readonly string[]) {
    this.keys = keys;
  }

  follow(node: Node, depth: number, entry: Entry | undefined): void {
    const key = this.keys[depth];
    // `key:` with nothing behind it, and Terraform's null, mean the same as leaving the key out.
    if (node.kind === 'scalar' && node.value === null) return this.miss(depth, entry);
    if (key === undefined) {
      this.found = added(this.found, entry ? { node, entry } : { node });
      return;
    }
    switch (node.kind) {
      case 'unknown':
        this.uncertain = true;
        return;
      case 'list':
        if (node.open) this.uncertain = true;
        for (const item of node.items) this.follow(item, key === '*' ? depth + 1 : depth, entry);
        return;
      case 'map': {
        let hit = false;
        for (const e of node.entries) {
          if (e.key !== key && key !== '*') continue;
          hit = true;
          this.follow(e.value, depth + 1, e);
        }
        if (hit) return;
        if (node.open || node.optional?.some((one) => one === key || key === '*')) this.uncertain = true;
        return this.miss(depth, entry);
      }
      case 'scalar':
        return;
    }
  }

  private miss(depth: number, entry: Entry | undefined): void {
    this.missing = added(this.missing, entry ? { entry, depth } : { depth });
  }
}

/** The first node at a path, or undefined. */
export function get(root: Node | undefined, path: string): Node | undefined {
  return root && at(root, path).found[0]?.node;
}

/** The entry of a map with this key, or undefined. */
export function entryOf(node: Node | undefined, key: string): Entry | undefined {
  return node?.kind === 'map' ? node.entries.find((e) => e.key === key) : undefined;
}

/** The text of a known string, number or boolean at a path; undefined when absent, unknown or null. */
export function text(root: Node | undefined, path = ''): string | undefined {
  const node = path === '' ? root : get(root, path);
  return node?.kind === 'scalar' && node.value !== null ? String(node.value) : undefined;
}

/** Items of a list; a single node counts as a list of one, as most platforms allow. */
export function items(node: Node | undefined): readonly Node[] {
  if (!node) return [];
  return node.kind === 'list' ? node.items : [node];
}

/** Calls `visit` for every node below and including `root`, with the key path of maps (list indices are left out). */
export function walk(root: Node, visit: (node: Node, path: readonly string[], entry: Entry | undefined) => void): void {
  const stack: { node: Node; path: readonly string[]; entry: Entry | undefined }[] = [{ node: root, path: [], entry: undefined }];
  // An explicit stack: 10,000 levels of nesting must not overflow the call stack.
  for (let top = stack.pop(); top; top = stack.pop()) {
    const { node, path, entry } = top;
    visit(node, path, entry);
    if (node.kind === 'list') {
      for (let i = node.items.length - 1; i >= 0; i--) stack.push({ node: node.items[i]!, path, entry });
    } else if (node.kind === 'map') {
      for (let i = node.entries.length - 1; i >= 0; i--) {
        const e = node.entries[i]!;
        stack.push({ node: e.value, path: [...path, e.key], entry: e });
      }
    }
  }
}
