import { entryOf, items, text, type Entry, type MapNode, type Node } from '../engine/tree.ts';
import type { Fact, Scope, SourceDocument } from '../engine/types.ts';
import type { Parsed } from '../parse/parsed.ts';
import { entriesOf, resolver, type Resolve } from './cloudformation-functions.ts';
import { scopeOf, type Extractor } from './extractor.ts';
import { embeddedDocument } from './terraform-policy.ts';

const resourceType = /^(?:AWS|Alexa|Custom)::/;

/**
 * CloudFormation and SAM templates. A resource's node is its `Properties` with functions evaluated (cloudformation-functions.ts); its parent of type
 * `definition` is the whole resource, for `DeletionPolicy` and the like.
 */
export const cloudformation: Extractor = {
  platform: 'cloudformation',
  recognises: ({ document, trees }) =>
    (document.syntax === 'yaml' || document.syntax === 'json') && trees.some((tree) => templateOf(tree) !== undefined),
  facts: (parsed) => parsed.trees.flatMap((tree) => factsOf(parsed, templateOf(tree))),
};

/** The template in a tree: the tree itself, or what the Serverless Framework has under `resources`. */
function templateOf(tree: Node): MapNode | undefined {
  if (tree.kind !== 'map') return undefined;
  if (isTemplate(tree)) return tree;
  const inner = items(entryOf(tree, 'resources')?.value).find((node) => node.kind === 'map' && isTemplate(node));
  return inner as MapNode | undefined;
}

function isTemplate(tree: MapNode): boolean {
  if (entryOf(tree, 'AWSTemplateFormatVersion')) return true;
  if (items(entryOf(tree, 'Transform')?.value).some((name) => text(name)?.startsWith('AWS::Serverless'))) return true;
  const resources = entryOf(tree, 'Resources')?.value;
  return resources?.kind === 'map' && resources.entries.some((entry) => resourceType.test(typeOf(entry) ?? ''));
}

function typeOf(resource: Entry): string | undefined {
  return text(entryOf(resource.value, 'Type')?.value);
}

function factsOf({ document }: Parsed, template: MapNode | undefined): readonly Fact[] {
  const first = template?.entries[0];
  if (!template || !first) return [];
  const facts: Fact[] = [];
  const scope = scopeOf(() => facts);
  const base = { platform: 'cloudformation', document, scope } as const;
  const version = entryOf(template, 'AWSTemplateFormatVersion') ?? first;
  facts.push({ ...base, types: ['template'], name: 'template', node: template, head: version.keySpan, span: template.span });
  for (const entry of entriesOf(entryOf(template, 'Parameters')?.value).values()) {
    const type = text(entryOf(entry.value, 'Type')?.value);
    const types = type === undefined ? ['parameter'] : ['parameter', type];
    facts.push({ ...base, types, name: entry.key, address: entry.key, node: entry.value, head: entry.keySpan, span: entry.span });
  }
  const resolve = resolver(document.path, template);
  const globals = entriesOf(entryOf(template, 'Globals')?.value);
  const resources = entryOf(template, 'Resources')?.value;
  if (resources?.kind === 'map') for (const entry of resources.entries) facts.push(...resourceFacts(base, entry, resolve, globals));
  return facts;
}

type Base = Pick<Fact, 'platform' | 'document'> & { readonly scope: Scope };

function resourceFacts(base: Base, entry: Entry, resolve: Resolve, globals: ReadonlyMap<string, Entry>): readonly Fact[] {
  const type = typeOf(entry);
  if (entry.value.kind !== 'map' || type === undefined) return [];
  const place = { ...base, name: entry.key, head: entry.keySpan, span: entry.span };
  const properties = propertiesOf(entry, entry.value);
  const defaults = type.startsWith('AWS::Serverless::') ? globals.get(type.slice('AWS::Serverless::'.length))?.value : undefined;
  const merged = defaults ? inherit(properties, defaults, base.document.path) : properties;
  const node = asRead(resolve(merged) ?? merged, base.document);
  const definition: MapNode = {
    ...entry.value,
    entries: entry.value.entries.map((e) =>
      e.key === 'Properties' ? { ...e, value: node } : { ...e, value: resolve(e.value) ?? e.value },
    ),
  };
  const parent: Fact = { ...place, types: ['definition'], node: definition };
  return [parent, { ...place, types: [type, 'resource'], address: entry.key, node, parent }];
}

const policyKey = /Polic(?:y|ies)(?:Document|Text)?$/;
const word = /:[ \t]+(?:yes|no|on|off)\b/i;

/** As CloudFormation reads it: a policy may be JSON in a string, and YAML is that of 1.1, where an unquoted `yes` is true. */
function asRead(node: Node, document: SourceDocument): Node {
  const words = document.syntax === 'yaml' && word.test(document.text);
  const read = (value: Node, key: string): Node => {
    switch (value.kind) {
      case 'map': {
        const entries = value.entries.map((entry) => {
          const inner = read(entry.value, entry.key);
          return inner === entry.value ? entry : { ...entry, value: inner };
        });
        return entries.every((entry, i) => entry === value.entries[i]) ? value : { ...value, entries };
      }
      case 'list': {
        const list = value.items.map((item) => read(item, key));
        return list.every((item, i) => item === value.items[i]) ? value : { ...value, items: list };
      }
      case 'unknown':
        return value.parts && policyKey.test(key) ? (embeddedDocument(value, value, document, same) ?? value) : value;
      case 'scalar':
        if (typeof value.value !== 'string') return value;
        if (value.value.trimStart().startsWith('{') && policyKey.test(key)) return embeddedDocument(value, value, document, same) ?? value;
        if (!words || !/^(?:yes|no|on|off)$/i.test(value.value) || /["']/.test(document.text[value.span.start] ?? '')) return value;
        return { ...value, value: /^(?:yes|on)$/i.test(value.value) };
    }
  };
  return read(node, '');
}

const same = (node: Node): Node => node;

/** The written properties, or an empty map that knows where they would be written. */
function propertiesOf(entry: Entry, resource: MapNode): Node {
  const written = entryOf(resource, 'Properties');
  const nothing = written ? written.value.kind === 'scalar' && written.value.value === null : true;
  if (written && !nothing) return written.value;
  return { kind: 'map', entries: [], span: written?.value.span ?? entry.keySpan, unwritten: { map: resource, key: 'Properties' } };
}

/** SAM's `Globals`: maps are merged, lists appended to, other values overridden by the resource's own. */
function inherit(own: Node, defaults: Node, path: string): Node {
  if (own.kind === 'list' && defaults.kind === 'list') return { ...own, items: [...defaults.items, ...own.items] };
  if (own.kind !== 'map' || defaults.kind !== 'map') return own;
  const entries = own.entries.map((entry) => {
    const other = entryOf(defaults, entry.key);
    return other ? { ...entry, value: inherit(entry.value, other.value, path) } : entry;
  });
  for (const entry of defaults.entries) {
    if (entryOf(own, entry.key)) continue;
    entries.push({ ...entry, value: { ...entry.value, origin: { path, span: entry.value.span, what: 'the `Globals` of the template' } } });
  }
  return { ...own, entries };
}
