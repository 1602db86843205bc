import { entryOf, type Entry, type MapNode, type Node } from '../engine/tree.ts';
import type { SourceDocument } from '../engine/types.ts';
import { parseTemplate } from '../parse/hcl.ts';
import type { Parsed } from '../parse/parsed.ts';

/** A named thing of a module and the document that declares it. */
export interface Declaration {
  readonly entry: Entry;
  readonly document: SourceDocument;
  /** Where the value is evaluated, if not in the module itself: an argument of a call belongs to the caller. */
  readonly from?: Context;
}

/** A name that an expression may use beside the module's own: an iterator, `each`, a variable of `for`. */
export interface Binding {
  readonly node: Node;
  /** Where its values are written, for their origin. */
  readonly what: string;
}

/** Where an expression stands. */
export interface Context {
  readonly module: Module;
  readonly document: SourceDocument;
  readonly bindings: ReadonlyMap<string, Binding>;
  readonly depth: number;
}

/** What one folder's files declare together, and what has been evaluated of it so far. */
export interface Module {
  readonly members: readonly Parsed[];
  /** Top-level blocks by address: `var.acl`, `aws_s3_bucket.logs`, `data.aws_ami.a`, `module.vpc`. */
  readonly blocks: ReadonlyMap<string, Declaration>;
  readonly locals: ReadonlyMap<string, Declaration>;
  /** The same blocks in override files, by address, in the order in which they are merged. */
  readonly overrides: ReadonlyMap<string, readonly Declaration[]>;
  /** Values from terraform.tfvars and *.auto.tfvars (the file that Terraform reads last wins), or the arguments of `call`. */
  readonly given: ReadonlyMap<string, Declaration>;
  /** The address of the call that made this instance of the folder; absent for a root module. */
  readonly call?: string;
  /** Results by reference; undefined while one is being computed, so that a cycle ends as unknown. */
  readonly evaluated: Map<string, Node | undefined>;
  /** How many more nodes may be copied in this module: locals that double each other end here. */
  readonly budget: { left: number };
}

interface Table {
  readonly blocks: readonly { readonly address: string; readonly entry: Entry }[];
  readonly locals: readonly Entry[];
}

const tables = new WeakMap<Parsed, Table>();
const modules = new WeakMap<Parsed, Module>();

/** The module of some files, each once and in any order. The same files give the same module. */
export function moduleOf(files: readonly Parsed[]): Module {
  const members = [...files].sort((a, b) => (a.document.path < b.document.path ? -1 : 1));
  const first = members[0]!;
  const known = modules.get(first);
  if (known?.members.length === members.length && known.members.every((member, i) => member === members[i])) return known;
  const blocks = new Map<string, Declaration>();
  const locals = new Map<string, Declaration>();
  const overrides = new Map<string, Declaration[]>();
  // Files of the same kind stay in the order of their names.
  for (const member of [...members].sort((a, b) => Number(isOverride(a)) - Number(isOverride(b)))) {
    const { document } = member;
    for (const { address, entry } of tableOf(member).blocks) {
      if (!blocks.has(address)) blocks.set(address, { entry, document });
      else if (isOverride(member)) overrides.set(address, [...(overrides.get(address) ?? []), { entry, document }]);
    }
    for (const entry of tableOf(member).locals) locals.set(entry.key, { entry, document });
  }
  const module: Module = { members, blocks, locals, overrides, given: givenValues(members), evaluated: new Map(), budget: fullBudget() };
  modules.set(first, module);
  return module;
}

/** Whether Terraform merges the file's blocks into those of the others. */
function isOverride({ document }: Parsed): boolean {
  return /(?:^|_)override\.(?:tf|tofu)(?:\.json)?$/.test(baseName(document.path));
}

/** Where an attribute of a block is written: in an override file, or in the block itself. */
export function attributeOf({ blocks, overrides }: Module, address: string, key: string): Declaration | undefined {
  for (const { entry, document } of [...(overrides.get(address) ?? [])].reverse()) {
    const attribute = entryOf(entry.value, key);
    if (attribute) return { entry: attribute, document };
  }
  const block = blocks.get(address);
  const attribute = entryOf(block?.entry.value, key);
  return block && attribute && { entry: attribute, document: block.document };
}

/** The module as one of its calls makes it. */
export function calledModule(module: Module, call: string, given: Module['given']): Module {
  return { ...module, call, given, evaluated: new Map(), budget: fullBudget() };
}

function fullBudget(): Module['budget'] {
  return { left: 500_000 };
}

/** The addressed top-level blocks of one file, in order. */
export function blocksOf(parsed: Parsed): Table['blocks'] {
  return tableOf(parsed).blocks;
}

function tableOf(parsed: Parsed): Table {
  let table = tables.get(parsed);
  if (!table) {
    const entries = isVariablesFile(parsed.document.path) ? [] : topLevel(parsed);
    table = {
      blocks: entries.flatMap((entry) => {
        const address = addressOf(entry);
        return address ? [{ address, entry }] : [];
      }),
      locals: entries.flatMap((e) => (e.key === 'locals' && e.value.kind === 'map' ? e.value.entries : [])),
    };
    tables.set(parsed, table);
  }
  return table;
}

function addressOf({ key, labels: [first, second] = [], value }: Entry): string | undefined {
  if (key === 'terraform') return 'terraform';
  if (first === undefined) return undefined;
  switch (key) {
    case 'resource':
      return second === undefined ? undefined : `${first}.${second}`;
    case 'data':
      return second === undefined ? undefined : `data.${first}.${second}`;
    case 'variable':
      return `var.${first}`;
    case 'output':
    case 'module':
      return `${key}.${first}`;
    case 'provider': {
      const alias = value.kind === 'map' ? value.entries.find((e) => e.key === 'alias')?.value : undefined;
      return alias?.kind === 'scalar' ? `provider.${first}.${alias.value}` : `provider.${first}`;
    }
    default:
      return undefined;
  }
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function isVariablesFile(path: string): boolean {
  return /\.tfvars(?:\.json)?$/.test(path);
}

function givenValues(members: readonly Parsed[]): ReadonlyMap<string, Declaration> {
  const rank = (name: string): number => ['terraform.tfvars', 'terraform.tfvars.json'].indexOf(name);
  const files = members
    .map((parsed) => ({ parsed, name: baseName(parsed.document.path) }))
    .filter(({ name }) => rank(name) >= 0 || /\.auto\.tfvars(?:\.json)?$/.test(name))
    .sort((a, b) => (rank(a.name) >>> 0) - (rank(b.name) >>> 0) || (a.name < b.name ? -1 : 1));
  const given = new Map<string, Declaration>();
  for (const { parsed } of files) {
    const [root] = parsed.trees;
    for (const entry of root?.kind === 'map' ? root.entries : []) given.set(entry.key, { entry, document: parsed.document });
  }
  return given;
}

/** The top-level blocks of a file. `.tf.json` is brought into the same shape, its strings read as templates. */
function topLevel({ document, trees: [root] }: Parsed): readonly Entry[] {
  if (root?.kind !== 'map') return [];
  if (document.syntax !== 'json') return root.entries;
  return root.entries.flatMap((entry) => {
    const { key, value } = entry;
    const depth = key === 'resource' || key === 'data' ? 2 : key === 'locals' || key === 'terraform' ? 0 : 1;
    return labelled(key, value, depth, [], entry);
  });
}

function labelled(key: string, node: Node, depth: number, labels: readonly string[], from: Entry): Entry[] {
  if (node.kind === 'list') return node.items.flatMap((item) => labelled(key, item, depth, labels, from));
  if (node.kind !== 'map') return [];
  if (depth > 0) return node.entries.flatMap((entry) => labelled(key, entry.value, depth - 1, [...labels, entry.key], entry));
  const { keySpan, span } = from;
  return [{ key, keySpan, span, value: templates(node), block: true, labels }];
}

function templates(node: Node): Node {
  switch (node.kind) {
    case 'list':
      return { ...node, items: node.items.map(templates) };
    case 'map':
      return { ...node, entries: node.entries.flatMap(member) } satisfies MapNode;
    case 'scalar':
      return typeof node.value === 'string' && /[$%]\{/.test(node.value) ? parseTemplate(node.value, node.span) : node;
    case 'unknown':
      return node;
  }
}

function member(entry: Entry): Entry | Entry[] {
  if (entry.key !== 'dynamic') return { ...entry, value: templates(entry.value) };
  return labelled('dynamic', entry.value, 1, [], entry).map((dynamic) => {
    const body = dynamic.value as MapNode;
    return { ...dynamic, value: { ...body, entries: body.entries.map((e) => (e.key === 'content' ? { ...e, block: true } : e)) } };
  });
}
