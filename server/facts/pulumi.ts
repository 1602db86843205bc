import { entryOf, items, text, type Entry, type MapNode, type Node } from '../engine/tree.ts';
import type { Fact, Notation } from '../engine/types.ts';
import type { Parsed } from '../parse/parsed.ts';
import { scopeOf, type Extractor } from './extractor.ts';
import { objectFacts } from './kubernetes.ts';
import { pulumiTokenKubernetes, pulumiTokenType } from './pulumi-names.ts';
import { camelCase, snakeCase } from './words.ts';

const token = /^[a-z][\w-]*:[\w./]+(?::[A-Z]\w*)?$/;
const deepest = 100;

/** Programs of Pulumi in YAML: their resources are facts of Terraform and Kubernetes, `${bucket.id}` refers to others. */
export const pulumi: Extractor = {
  platform: 'terraform',
  recognises: ({ document, trees: [root] }) =>
    document.syntax === 'yaml' && resourcesOf(root).some((entry) => token.test(text(entryOf(entry.value, 'type')?.value) ?? '')),
  facts: ({ document, trees: [root] }) => {
    const facts: Fact[] = [];
    const scope = scopeOf(() => facts);
    const addresses = new Map<string, string>();
    const resources = resourcesOf(root).flatMap((entry) => {
      const said = text(entryOf(entry.value, 'type')?.value) ?? '';
      const object = pulumiTokenKubernetes(said);
      const type = object?.kind ?? pulumiTokenType(said);
      if (type === undefined) return [];
      addresses.set(entry.key, `${type}.${entry.key}`);
      return [{ entry, type, object }];
    });
    const address = (name: string) => addresses.get(name);
    for (const { entry, type, object } of resources) {
      const written = entryOf(entry.value, 'properties')?.value;
      const key = object ? (name: string) => name : snakeCase;
      const value = written ? translated(written, key, address, 0) : undefined;
      const span = entry.value.span;
      const missing = written === undefined && entry.value.kind === 'map' ? { unwritten: { map: entry.value, key: 'properties' } } : {};
      const node: MapNode = value?.kind === 'map' ? value : { kind: 'map', entries: [], span, ...(written ? { open: true } : missing) };
      const notation: Notation = {
        node: (of) => (of === node ? (written ?? node) : undefined),
        edit: (edit) =>
          edit.op === 'set' || edit.op === 'remove' ? { ...edit, path: edit.path.split('.').map(camelCase).join('.') } : undefined,
      };
      const name = `${type}.${entry.key}`;
      const base = { document, scope } as const;
      if (!object) {
        facts.push({
          ...base,
          platform: 'terraform',
          types: [type, 'resource'],
          name,
          address: name,
          node,
          head: entry.keySpan,
          span: entry.span,
          notation,
        });
        continue;
      }
      const named = (key: string, said: string): Entry => ({
        key,
        keySpan: entry.keySpan,
        span: entry.keySpan,
        value: { kind: 'scalar', span: entry.keySpan, value: said },
      });
      const whole = { ...node, entries: [named('apiVersion', object.apiVersion), named('kind', type), ...node.entries] };
      objectFacts({ ...base, platform: 'kubernetes' }, whole, type, facts);
    }
    return facts;
  },
};

function resourcesOf(root: Parsed['trees'][number] | undefined): readonly Entry[] {
  const resources = entryOf(root, 'resources')?.value;
  return resources?.kind === 'map' ? resources.entries : [];
}

/** Keys in Terraform's words, references and `fn::toJSON` as what they stand for. */
function translated(node: Node, key: (name: string) => string, address: (name: string) => string | undefined, depth: number): Node {
  if (depth > deepest) return { kind: 'unknown', span: node.span, refs: [] };
  const inner = (of: Node, names = key): Node => translated(of, names, address, depth + 1);
  if (node.kind === 'list') return { ...node, items: items(node).map((item) => inner(item)) };
  if (node.kind === 'map') {
    const [only] = node.entries;
    if (only && node.entries.length === 1 && /^fn::/i.test(only.key)) {
      if (/^fn::toJSON$/i.test(only.key)) return inner(only.value, (name) => name);
      return /^fn::secret$/i.test(only.key) ? inner(only.value) : { kind: 'unknown', span: node.span, refs: [] };
    }
    return { ...node, entries: node.entries.map((e) => ({ ...e, key: key(e.key), value: inner(e.value) })) };
  }
  if (node.kind !== 'scalar' || typeof node.value !== 'string' || !node.value.includes('${')) return node;
  const refs: string[] = [];
  const parts: (string | undefined)[] = [];
  let from = 0;
  for (const found of node.value.matchAll(/\$\{([^${}]+)\}/g)) {
    if (found.index > from) parts.push(node.value.slice(from, found.index));
    parts.push(undefined);
    from = found.index + found[0].length;
    const [, name, rest] = /^(\w+)(.*)$/.exec(found[1]!.trim()) ?? [];
    const known = name === undefined ? undefined : address(name);
    if (known !== undefined) refs.push(known + (rest ?? ''));
  }
  if (from < node.value.length) parts.push(node.value.slice(from));
  return { kind: 'unknown', span: node.span, refs, parts };
}
