import { entryOf, text, type Entry, type MapNode, type Node, type Origin } from '../engine/tree.ts';
import type { Fact } from '../engine/types.ts';
import type { Parsed } from '../parse/parsed.ts';
import { scopeOf, type Extractor } from './extractor.ts';

const fileName = /(?:^|\/)(?:docker-)?compose(?:[.-][\w.-]+)?\.ya?ml$/i;

/** Compose files, by name or by their services. Variables are filled in from `.env` beside the file and from their own defaults. */
export const compose: Extractor = {
  platform: 'compose',
  recognises: ({ document, trees }) =>
    document.syntax === 'yaml' && trees.some((tree) => tree.kind === 'map' && (fileName.test(document.path) || hasServices(tree))),
  facts(parsed, siblings) {
    const { document, trees } = parsed;
    const facts: Fact[] = [];
    const base = { platform: 'compose', document, scope: scopeOf(() => facts) } as const;
    const variables = environment(siblings);
    for (const tree of trees) {
      const first = tree.kind === 'map' ? tree.entries[0] : undefined;
      if (!first) continue;
      const file = interpolated(tree, variables);
      const parent: Fact = { ...base, types: ['file'], name: 'file', node: file, head: first.keySpan, span: tree.span };
      facts.push(parent);
      const services = entryOf(file, 'services')?.value;
      if (services?.kind !== 'map') continue;
      for (const entry of services.entries) {
        if (entry.value.kind !== 'map') continue;
        const node = extended(entry.value, services, document.path, new Set([entry.key]));
        facts.push({
          ...base,
          types: ['service'],
          name: `service ${entry.key}`,
          address: entry.key,
          node,
          head: entry.keySpan,
          span: entry.span,
          parent,
        });
      }
    }
    return facts;
  },
};

function hasServices(tree: MapNode): boolean {
  if (entryOf(tree, 'apiVersion') ?? entryOf(tree, 'kind') ?? entryOf(tree, 'jobs')) return false;
  const services = entryOf(tree, 'services')?.value;
  return services?.kind === 'map' && services.entries.some(({ value }) => entryOf(value, 'image') ?? entryOf(value, 'build'));
}

/** A variable's value with the place where it is written. */
interface Variable {
  readonly value: string;
  readonly origin: Origin;
}

function environment(siblings: readonly Parsed[]): ReadonlyMap<string, Variable> {
  const found = new Map<string, Variable>();
  for (const { document, trees } of siblings) {
    const file = trees[0];
    if (!/(?:^|\/)\.env$/.test(document.path) || file?.kind !== 'map') continue;
    for (const { key, value } of file.entries) {
      if (value.kind !== 'scalar' || value.value === null) continue;
      found.set(key, { value: String(value.value), origin: { path: document.path, span: value.span, what: `the variable \`${key}\`` } });
    }
  }
  return found;
}

function interpolated(node: Node, variables: ReadonlyMap<string, Variable>): Node {
  switch (node.kind) {
    case 'scalar':
      return typeof node.value === 'string' && node.value.includes('$') ? substituted(node, node.value, variables) : node;
    case 'list': {
      const list = node.items.map((item) => interpolated(item, variables));
      return list.every((item, i) => item === node.items[i]) ? node : { ...node, items: list };
    }
    case 'map': {
      let changed = false;
      const entries = node.entries.map((entry): Entry => {
        const value = interpolated(entry.value, variables);
        changed ||= value !== entry.value;
        return value === entry.value ? entry : { ...entry, value };
      });
      return changed ? { ...node, entries } : node;
    }
    case 'unknown':
      return node;
  }
}

const variable = /\$(?:\$|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-?+])((?:[^{}$]|\$\$)*))?\})/g;

/** `${TAG:-latest}` by `.env` or its default; a variable without either is unknown, since the shell may set it. */
function substituted(node: Node, source: string, variables: ReadonlyMap<string, Variable>): Node {
  const parts: (string | undefined)[] = [];
  const refs: string[] = [];
  let origin = node.origin;
  let from = 0;
  for (const m of source.matchAll(variable)) {
    const [whole, plain, braced, operator, operand = ''] = m;
    const name = plain ?? braced;
    parts.push(source.slice(from, m.index));
    from = m.index + whole.length;
    const set = name === undefined ? undefined : variables.get(name);
    if (name === undefined) parts.push('$');
    else if (operator?.endsWith('+')) parts.push(undefined);
    else if (set && !(operator?.startsWith(':') && set.value === '')) {
      parts.push(set.value);
      origin ??= set.origin;
    } else parts.push(operator?.endsWith('-') ? operand.replaceAll('$$', '$') : undefined);
    if (parts.at(-1) === undefined && name !== undefined) refs.push(name);
  }
  parts.push(source.slice(from));
  if (from < source.length && source.slice(from).includes('${')) parts.splice(-1, 1, undefined); // nested, or still being typed
  const { span } = node;
  if (parts.includes(undefined)) return { kind: 'unknown', refs, parts: parts.filter((part) => part !== ''), span };
  return { kind: 'scalar', value: parts.join(''), span, ...(origin && { origin }) };
}

/** A service with what `extends` brings in from the same file; another file's part is unknown. */
function extended(service: MapNode, services: MapNode, path: string, seen: ReadonlySet<string>): MapNode {
  const extend = entryOf(service, 'extends')?.value;
  if (!extend) return service;
  const name = text(extend) ?? text(entryOf(extend, 'service')?.value);
  const base =
    name === undefined || seen.has(name) || seen.size > 20 || entryOf(extend, 'file') ? undefined : entryOf(services, name)?.value;
  if (base?.kind !== 'map' || name === undefined) return { ...service, open: true };
  const inherited = extended(base, services, path, new Set([...seen, name]));
  const entries = [...service.entries];
  for (const entry of inherited.entries) {
    if (entryOf(service, entry.key)) continue;
    const origin = entry.value.origin ?? { path, span: entry.value.span, what: `the service \`${name}\`` };
    entries.push({ ...entry, value: { ...entry.value, origin } });
  }
  const open = service.open ?? inherited.open;
  return { ...service, entries, ...(open && { open }) };
}
