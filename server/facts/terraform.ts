import { entryOf, type Entry, type Node, type Span } from '../engine/tree.ts';
import type { Fact, Scope } from '../engine/types.ts';
import type { Parsed } from '../parse/parsed.ts';
import { scopeOf, type Extractor } from './extractor.ts';
import { scalarLiterals } from './literals.ts';
import { instancesOf } from './terraform-calls.ts';
import { contextOf, evaluate, instances } from './terraform-evaluate.ts';
import { kubernetesFacts } from './terraform-kubernetes.ts';
import { baseName, blocksOf, type Context, type Declaration, type Module } from './terraform-module.ts';
import { moved } from './terraform-moved.ts';

/** What has been made of a module: its facts by file, and the scope they share. */
interface Extracted {
  readonly scope: Scope;
  readonly facts: Map<Parsed, readonly Fact[]>;
}

/** More instances of one `for_each` than these are one more of which nothing is known. */
const mostInstances = 20;

const extracted = new WeakMap<Module, Extracted>();

/** Terraform and OpenTofu: `.tf`, `.tofu`, their JSON forms, and the variable values of `.tfvars`. A folder is a module. */
export const terraform: Extractor = {
  platform: 'terraform',

  recognises({ document: { path, syntax } }) {
    return (syntax === 'hcl' || syntax === 'json') && /\.(?:tf|tofu|tfvars)(?:\.json)?$/.test(path);
  },

  /** The siblings are the files of the folder, and those of folders that call it as a module: then there are facts for each call. */
  facts(parsed, siblings) {
    const others = siblings.filter((s) => s.document.path !== parsed.document.path && terraform.recognises(s));
    return instancesOf(parsed, [...new Set(others)]).flatMap((module) => [...factsOf(module, parsed), ...kubernetesOf(module, parsed)]);
  },

  literals: scalarLiterals,
};

function factsOf(module: Module, parsed: Parsed): readonly Fact[] {
  let known = extracted.get(module);
  if (!known) {
    const scope = scopeOf(() => module.members.flatMap((member) => factsOf(module, member)));
    known = { scope, facts: new Map() };
    extracted.set(module, known);
  }
  let facts = known.facts.get(parsed);
  if (!facts) {
    const { scope } = known;
    facts = blocksOf(parsed).flatMap(({ address, entry }) => {
      const overrides = module.overrides.get(address) ?? [];
      // What an override says is said of the block that it changes.
      if (overrides.some((override) => override.entry === entry)) return [];
      const base = contextOf(module, parsed.document);
      const all = instances(entry, base);
      const contexts = all.length > mostInstances ? [...all.slice(0, mostInstances), base] : all;
      return contexts.map((context) => new Block(address, entry, overrides, context, scope));
    });
    known.facts.set(parsed, facts);
  }
  return facts;
}

const kubernetes = new WeakMap<Module, Map<Parsed, readonly Fact[]>>();

/** The Kubernetes objects among the resources. */
function kubernetesOf(module: Module, parsed: Parsed): readonly Fact[] {
  const known = kubernetes.get(module) ?? new Map<Parsed, readonly Fact[]>();
  kubernetes.set(module, known);
  let facts = known.get(parsed);
  if (!facts) {
    facts = kubernetesFacts(factsOf(module, parsed), () => module.members.flatMap((member) => kubernetesOf(module, member)));
    known.set(parsed, facts);
  }
  return facts;
}

/** A class for the reason that LazyList is one. */
class Block implements Fact {
  readonly platform = 'terraform';
  readonly types: readonly string[];
  readonly name: string;
  readonly address: string;
  readonly document: Fact['document'];
  readonly head: Span;
  readonly span: Span;
  readonly scope: Scope;
  private evaluated: Node | undefined;
  private readonly evaluate: () => Node;

  constructor(address: string, entry: Entry, overrides: readonly Declaration[], context: Context, scope: Scope) {
    this.types = typesOf(entry);
    this.name = address;
    this.address = address;
    this.document = context.document;
    this.head = headOf(entry, context.document.text);
    this.span = entry.span;
    this.scope = scope;
    this.evaluate = () =>
      overrides.reduce((sum, override) => overridden(sum, override, this.head, context), evaluate(entry.value, context));
  }

  /** Evaluated when a rule asks: most resources are of no rule's type. */
  get node(): Node {
    return (this.evaluated ??= this.evaluate());
  }
}

/** The block with what an override replaces, at the place of what it replaces. No key of it is written here, so that no fix changes it in vain. */
function overridden(node: Node, { entry, document }: Declaration, head: Span, context: Context): Node {
  const by = evaluate(entry.value, { ...context, document });
  if (node.kind !== 'map' || by.kind !== 'map') return node;
  const what = `overridden in ${baseName(document.path)}`;
  const entries = by.entries.flatMap((e): Entry[] => {
    const span = entryOf(node, e.key)?.value.span ?? head;
    const value = moved(e.value, span, context, document, what);
    return value ? [{ ...e, keySpan: head, span, value }] : [];
  });
  return { ...node, entries: [...node.entries.filter((e) => !entryOf(by, e.key)), ...entries] };
}

function typesOf({ key, labels: [first = ''] = [] }: Entry): readonly string[] {
  switch (key) {
    case 'resource':
      return [first, 'resource'];
    case 'data':
    case 'provider':
      return [`${key}.${first}`];
    default:
      return [key];
  }
}

/** The header of a block without its `{`; in JSON the key. */
function headOf({ span, keySpan, value, labels = [] }: Entry, text: string): Span {
  if (keySpan.start !== span.start || text[keySpan.start] === '"') return keySpan;
  const header = labels.length > 0 ? text.slice(span.start, value.span.start) : '';
  const line = /^[^\r\n]*/.exec(header)![0].trimEnd();
  return { start: span.start, end: Math.max(keySpan.end, span.start + line.length) };
}
