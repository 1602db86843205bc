import { entryOf, get, items, steps, text, type MapNode, type Node, type Span } from '../engine/tree.ts';
import type { Fact, Notation, Scope, TreeEdit } from '../engine/types.ts';
import { aws } from './ansible-aws.ts';
import { azure } from './ansible-azure.ts';
import { gcp, gcpType } from './ansible-gcp.ts';
import { kindOf, objectFacts } from './kubernetes.ts';
import { mapped, withDefaults, type CloudModule } from './ansible-mapping.ts';

const collection =
  /^(?:(?:amazon|community)\.aws\.|azure\.azcollection\.|google\.cloud\.|kubernetes\.core\.|community\.kubernetes\.|[^.]+$)/;
/** Nothing is made in other states. */
const made = /^(?:present|running|started|enabled|create|created)$/;

/** A task whose module may manage a resource of a cloud. */
interface CloudTask {
  /** The module's short name and its full one. */
  readonly short: string;
  readonly full: string;
  readonly args: Node;
  /** The key that names the module. */
  readonly head: Span;
}

/**
 * The resources that a task makes, as facts of Terraform: names of modules and arguments are put into those of its provider, every span stays where it is.
 * What a module can't say is unknown rather than absent. Fixes are written where one argument says the same.
 */
export function cloudFacts(task: CloudTask, base: Pick<Fact, 'name' | 'document' | 'span'> & { readonly scope: Scope }): readonly Fact[] {
  const { short, full, args, head } = task;
  if (args.kind !== 'map' || !collection.test(full)) return [];
  const state = entryOf(args, 'state');
  if (state && !made.test(text(state.value) ?? '')) return [];
  if (short === 'k8s') return definitions(args, base);
  const module = aws.get(short) ?? azure.get(short) ?? gcp.get(short) ?? gcpModule(short);
  if (!module) return [];
  return [module, ...(module.also ?? []).filter(({ given }) => entryOf(args, given))].flatMap((one) => {
    const type = typeof one.type === 'string' ? one.type : one.type(args);
    if (type === undefined) return [];
    const node = resourceOf(one, args, head);
    const notation: Notation = {
      // Arguments in one line can't be edited as a map.
      node: (of) => (of === node && !args.origin ? args : undefined),
      edit: (edit) => inAnsible(one, args, edit),
    };
    return [{ ...base, platform: 'terraform' as const, types: [type, 'resource'], head, node, notation }];
  });
}

/** The objects that a task of the `k8s` module makes are written in the words of Kubernetes. */
function definitions(args: MapNode, { document, scope }: Pick<Fact, 'document' | 'scope'>): readonly Fact[] {
  const found: Fact[] = [];
  for (const object of items((entryOf(args, 'definition') ?? entryOf(args, 'resource_definition'))?.value)) {
    const kind = kindOf(object);
    if (kind !== undefined && object.kind === 'map') objectFacts({ platform: 'kubernetes', document, scope }, object, kind, found);
  }
  return found;
}

function gcpModule(short: string): CloudModule | undefined {
  const type = gcpType(short);
  return type === undefined ? undefined : { type, keys: {}, rest: true };
}

function resourceOf(module: CloudModule, args: MapNode, head: Span): MapNode {
  const existing = entryOf(args, module.existing ?? '') !== undefined;
  const given = mapped(args, module.keys, module.rest === true);
  const entries = existing ? given : withDefaults(given, module.defaults ?? {}, head);
  const unsaid = existing ? [] : (module.absent ?? []).filter((key) => !entries.some((e) => e.key === key));
  const nothing: Node = { kind: 'scalar', value: null, span: head };
  return {
    kind: 'map',
    span: args.span,
    open: true,
    entries: [...entries, ...unsaid.map((key) => ({ key, keySpan: head, span: head, value: nothing }))],
  };
}

/** An attribute set to a plain value, where one argument of the module says just that. */
function inAnsible({ keys, rest }: CloudModule, args: MapNode, edit: TreeEdit): TreeEdit | undefined {
  if (edit.op !== 'set' || (typeof edit.value === 'object' && edit.value !== null)) return undefined;
  // An argument that is called alike and given: whether a module knows one that isn't, can't be seen here.
  if (rest && get(args, edit.path) && !keys[steps(edit.path)[0]!]) return edit;
  for (const [from, target] of Object.entries(keys)) {
    if (target === edit.path) return { ...edit, path: from };
    if (typeof target === 'string' || target.to !== edit.path || !target.values) continue;
    const value = Object.entries(target.values).find(([, meant]) => meant === edit.value)?.[0];
    if (value !== undefined) return { ...edit, path: from, value: value === 'true' || (value !== 'false' && value) };
  }
  return undefined;
}
