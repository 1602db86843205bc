import { at, items, type Node } from './tree.ts';
import type { Truth } from './predicates.ts';
import type { Condition, Json } from './types.ts';

/** What a team says is right for it, by the names of `approved` in its configuration. A list that isn't given approves of everything. */
export const approvedLists = ['registries', 'regions', 'networks', 'machine-images', 'tags'] as const;
export type Approved = Readonly<Partial<Record<(typeof approvedLists)[number], readonly string[]>>>;

/** Which list each test asks. */
const listOf: Readonly<Record<string, (typeof approvedLists)[number]>> = {
  'unapproved-registry': 'registries',
  'unapproved-region': 'regions',
  'unapproved-network': 'networks',
  'unapproved-machine-image': 'machine-images',
  'lacks-tags': 'tags',
};

/** A condition with the lists that its tests ask; undefined when the team has no such list, so that there is nothing to ask. */
export function withLists(condition: Condition, approved: Approved): Condition | undefined {
  let complete = true;
  const fill = (value: Json): Json => {
    if (typeof value === 'string' && Object.hasOwn(listOf, value)) {
      const list = approved[listOf[value]!];
      if (!list?.length) complete = false;
      return { [value]: list ?? [] };
    }
    if (Array.isArray(value)) return value.map((one: Json) => fill(one));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fill(one)]));
  };
  const filled = fill(condition) as Condition;
  return complete ? filled : undefined;
}

const listed = (argument: unknown): readonly string[] => (Array.isArray(argument) ? argument.map(String) : []);

const known = (node: Node, test: (value: string) => Truth): Truth =>
  node.kind === 'unknown'
    ? undefined
    : node.kind === 'scalar' && typeof node.value === 'string' && node.value !== ''
      ? test(node.value)
      : false;

/** `nginx` → `docker.io/library/nginx`; without tag and digest. */
function repositoryOf(image: string): string {
  const name = image
    .toLowerCase()
    .split('@')[0]!
    .replace(/:[\w.-]+$/, '');
  const [first = '', ...rest] = name.split('/');
  if (rest.length === 0) return `docker.io/library/${name}`;
  return /[.:]|^localhost$/.test(first) ? name : `docker.io/${name}`;
}

/** An entry of the list: `ghcr.io`, `ghcr.io/acme`, `docker.io/library/node`, `python`. */
const registryEntry = (entry: string): string => (/^[^/]*[.:][^/]*$/.test(entry) ? entry.toLowerCase() : repositoryOf(entry));

/** An image that isn't in one of the registries, or below one of the paths, of the list. `scratch` and variables are left alone. */
export function unapprovedRegistry(node: Node, argument: unknown): Truth {
  return known(node, (image) => {
    if (image === 'scratch') return false;
    if (image.includes('$')) return undefined;
    const repository = repositoryOf(image);
    return !listed(argument).some((entry) => {
      const place = registryEntry(entry.replace(/\/+$/, ''));
      return repository === place || repository.startsWith(`${place}/`);
    });
  });
}

/** A word that no pattern of the list (with `*`) fits. */
export function unapprovedName(node: Node, argument: unknown): Truth {
  return known(node, (name) => !listed(argument).some((pattern) => glob(pattern, name)));
}

function glob(pattern: string, name: string): boolean {
  const parts = pattern.toLowerCase().split('*');
  const subject = name.toLowerCase();
  if (parts.length === 1) return subject === parts[0];
  let from = 0;
  for (const [i, part] of parts.entries()) {
    const found =
      i === 0 ? (subject.startsWith(part) ? 0 : -1) : i === parts.length - 1 ? subject.lastIndexOf(part) : subject.indexOf(part, from);
    if (found < from) return false;
    from = found + part.length;
  }
  return parts.at(-1) === '' || from === subject.length;
}

/** A range of addresses that doesn't lie in one of the list. Words that are no range are left alone. */
export function unapprovedNetwork(node: Node, argument: unknown): Truth {
  return known(node, (text) => {
    const range = rangeOf(text);
    return range !== undefined && !listed(argument).some((one) => within(range, rangeOf(one)));
  });
}

interface Range {
  readonly bits: 32 | 128;
  readonly base: bigint;
  readonly prefix: number;
}

function within(inner: Range, outer: Range | undefined): boolean {
  if (outer?.bits !== inner.bits || outer.prefix > inner.prefix) return false;
  const shift = BigInt(outer.bits - outer.prefix);
  return inner.base >> shift === outer.base >> shift;
}

function rangeOf(text: string): Range | undefined {
  const [, address = '', length] = /^([\da-f.:]+)(?:\/(\d{1,3}))?$/i.exec(text.trim()) ?? [];
  const four = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address);
  const bits = four ? 32 : 128;
  const prefix = length === undefined ? bits : Number(length);
  if (prefix > bits) return undefined;
  if (four) return { bits, prefix, base: four.slice(1).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n) };
  if (!address.includes(':')) return undefined;
  const [head = '', tail] = address.split('::');
  const groups = (part: string | undefined): string[] => (part ? part.split(':') : []);
  const before = groups(head);
  const after = groups(tail);
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 0) return undefined;
  const all = [...before, ...new Array<string>(missing).fill('0'), ...after];
  if (all.some((group) => !/^[\da-f]{1,4}$/i.test(group))) return undefined;
  return { bits, prefix, base: all.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n) };
}

/** A resource (a map) whose tags or labels lack one of the list. Tags come as a map, or as a list of `Key` and `Value`. */
export function lacksTags(node: Node, argument: unknown): Truth {
  if (node.kind !== 'map') return false;
  const lookups = ['tags', 'labels', 'Tags'].map((key) => at(node, key));
  if (lookups.every(({ found }) => found.length === 0)) return lookups.some(({ uncertain }) => uncertain) ? undefined : true;
  const has = new Set<string>();
  for (const { node: tags } of lookups.flatMap(({ found }) => found)) {
    for (const one of items(tags)) {
      if (one.kind !== 'map' || one.open) return undefined;
      const key = one.entries.find((entry) => entry.key === 'Key' || entry.key === 'key')?.value;
      if (key && one.entries.length <= 3 && tags.kind === 'list') {
        if (key.kind !== 'scalar') return undefined;
        has.add(String(key.value).toLowerCase());
      } else for (const entry of one.entries) has.add(entry.key.toLowerCase());
    }
  }
  return listed(argument).some((wanted) => !has.has(wanted.toLowerCase()));
}
