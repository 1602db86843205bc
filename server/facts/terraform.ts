import { entryOf, type Entry, type Node, type Span } from '../engine/tree.ts';
import type { Fact, Scope, SourceDocument } from '../engine/types.ts';
import type { Parsed } from '../parse/parsed.ts';
import { scopeOf, type Extractor } from './extractor.ts';
import { bind, contextOf, elementsOf, evaluate, keyValue, type Context } from './terraform-evaluate.ts';
import { numberOf } from './terraform-functions.ts';
import { blocksOf, moduleOf, type Module } from './terraform-module.ts';

/** What has been made of a module: its facts by file, and the scope they share. */
interface Extracted {
  readonly scope: Scope;
  readonly facts: Map<Parsed, readonly Fact[]>;
}

const extracted = new WeakMap<Module, Extracted>();

/** Terraform and OpenTofu: `.tf`, `.tofu`, their JSON forms, and the variable values of `.tfvars`. A folder is a module. */
export const terraform: Extractor = {
  platform: 'terraform',

  recognises({ document: { path, syntax } }) {
    return (syntax === 'hcl' || syntax === 'json') && /\.(?:tf|tofu|tfvars)(?:\.json)?$/.test(path);
  },

  facts(parsed, siblings) {
    const folder = folderOf(parsed.document);
    const others = siblings.filter((s) => s !== parsed && s.document.path !== parsed.document.path && folderOf(s.document) === folder);
    const module = moduleOf([parsed, ...new Set(others.filter((s) => terraform.recognises(s)))]);
    return factsOf(module, parsed);
  },
};

function folderOf({ path }: SourceDocument): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

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
      const context = instance(entry, contextOf(module, parsed.document));
      return context ? [factOf(address, entry, context, scope)] : [];
    });
    known.facts.set(parsed, facts);
  }
  return facts;
}

function factOf(address: string, entry: Entry, context: Context, scope: Scope): Fact {
  let node: Node | undefined;
  return {
    platform: 'terraform',
    types: typesOf(entry),
    name: address,
    address,
    document: context.document,
    // Evaluated when a rule asks: most resources are of no rule's type.
    get node() {
      return (node ??= evaluate(entry.value, context));
    },
    head: headOf(entry, context.document.text),
    span: entry.span,
    scope,
  };
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

/** The context of a block's instances: `each` where there is exactly one. Undefined when `count` or `for_each` makes none. */
function instance(entry: Entry, context: Context): Context | undefined {
  const count = entryOf(entry.value, 'count')?.value;
  if (count) {
    const number = numberOf(evaluate(count, context));
    if (number === 0) return undefined;
  }
  const source = entryOf(entry.value, 'for_each')?.value;
  const all = source && elementsOf(evaluate(source, context));
  if (!all || all.open) return context;
  const [only, ...more] = all.elements;
  if (!only) return undefined;
  if (more.length > 0) return context;
  // A set's elements are their own keys.
  const fromList = only.key.kind === 'scalar' && typeof only.key.value === 'number';
  const element = fromList ? { key: only.value, value: only.value } : only;
  return bind(context, new Map([['each', { node: keyValue(element), what: 'the `for_each`' }]]));
}
