import { entryOf, items, text as textOf } from '../engine/tree.ts';
import type { Entry, MapNode, Node, ScalarNode } from '../engine/tree.ts';
import type { Fact } from '../engine/types.ts';
import type { Parsed } from '../parse/parsed.ts';
import { isTask, moduleOf, plainValue } from './ansible-task.ts';
import { cloudFacts } from './ansible-cloud.ts';
import { scopeOf, type Extractor } from './extractor.ts';
import { commandsEntry } from './script.ts';
import { headOf } from './yaml-facts.ts';

/**
 * `play`, and `task` with its module's short and full name as types. A task's node is its map; the arguments are found under the
 * module's short name however they are written, those of `shell` and `command` as `cmd` with the task's `commands`. `{{ … }}` is unknown
 * but for variables whose value the play, the block or the task itself gives. A task that makes a resource of a cloud, or objects of Kubernetes, has facts of
 * Terraform and Kubernetes besides.
 */
export const ansible: Extractor = {
  platform: 'ansible',
  recognises: ({ document, trees: [root] }) => {
    if (document.syntax !== 'yaml' || root?.kind !== 'list') return false;
    if (/(?:^|\/)roles\/[^/]+\/(?:tasks|handlers)\/[^/]+\.ya?ml$/i.test(document.path)) return root.items.some((i) => i.kind === 'map');
    return root.items.some((item) => isPlay(item) || isTask(item));
  },
  facts(parsed) {
    const reader = new Reader(parsed);
    reader.list(parsed.trees[0], undefined, new Map(), [], 0);
    return [...reader.found, ...reader.made];
  },
};

const taskLists = ['pre_tasks', 'tasks', 'post_tasks', 'handlers'];
/** What the tasks of a block get from it. */
const inherited: ReadonlySet<string> = new Set(
  'no_log become become_user become_method environment delegate_to check_mode ignore_errors run_once connection when tags'.split(' '),
);
const deepest = 100;

/** `name | default('text')`, with a true, false or number as well. */
const withDefault =
  /^(?<name>[A-Za-z_]\w*)\s*\|\s*(?:default|d)\(\s*(?:(?<quote>["'])(?<text>[^"']*)\k<quote>|(?<word>true|false|\d+))\s*(?:,\s*true\s*)?\)$/i;

function isPlay(item: Node): boolean {
  if (item.kind !== 'map') return false;
  return (
    item.entries.some((e) => e.key === 'import_playbook' || e.key === 'ansible.builtin.import_playbook') ||
    (entryOf(item, 'hosts') !== undefined && !entryOf(item, 'kind'))
  );
}

type Vars = ReadonlyMap<string, Node>;

class Reader {
  readonly found: Fact[] = [];
  /** What the tasks make in a cloud or a cluster, in the words of other platforms. */
  readonly made: Fact[] = [];
  private readonly parsed: Parsed;
  private readonly scope = scopeOf(() => this.found);
  private readonly scopeOfMade = scopeOf(() => this.made);

  constructor(parsed: Parsed) {
    this.parsed = parsed;
  }

  /** A playbook's plays, or the tasks of a list. */
  list(list: Node | undefined, parent: Fact | undefined, vars: Vars, above: readonly Entry[], depth: number): void {
    if (depth > deepest) return;
    for (const item of items(list)) {
      if (item.kind !== 'map') continue;
      if (depth === 0 && isPlay(item)) this.play(item);
      else if (entryOf(item, 'block')) this.block(item, parent, vars, above, depth);
      else this.task(item, parent, vars, above);
    }
  }

  private play(play: MapNode): void {
    const vars = withVars(new Map(), play);
    const entries = play.entries.map((e) => (taskLists.includes(e.key) ? e : { ...e, value: this.known(e.value, vars) }));
    const name = textOf(play, 'name') ?? textOf(play, 'hosts') ?? '';
    const fact = this.add(['play'], `play ${name}`, play, entries, undefined);
    for (const key of taskLists) this.list(entryOf(play, key)?.value, fact, vars, [], 1);
  }

  private block(block: MapNode, parent: Fact | undefined, vars: Vars, above: readonly Entry[], depth: number): void {
    const inner = withVars(vars, block);
    const own = block.entries.filter((e) => inherited.has(e.key));
    const merged = [...own, ...above.filter((e) => !own.some((other) => other.key === e.key))];
    for (const key of ['block', 'rescue', 'always']) this.list(entryOf(block, key)?.value, parent, inner, merged, depth + 1);
  }

  private task(task: MapNode, parent: Fact | undefined, above: Vars, fromBlock: readonly Entry[]): void {
    const vars = withVars(above, task);
    const { document } = this.parsed;
    const module = moduleOf(task, document.path);
    const entries: Entry[] = [];
    for (const e of task.entries) {
      if (e !== module?.entry) {
        entries.push({ ...e, value: this.known(e.value, vars) });
        continue;
      }
      const args = this.known(module.args, vars);
      entries.push({ ...e, value: args });
      if (module.short !== e.key) entries.push({ ...e, key: module.short, value: args });
      if (module.command) entries.push(commandsEntry(items(module.command), document.text, e));
    }
    for (const e of fromBlock) if (!entries.some((other) => other.key === e.key)) entries.push(e);
    const name = textOf(task, 'name') ?? module?.short ?? 'task';
    const types = module ? [...new Set([module.short, module.full, 'task'])] : ['task'];
    const fact = this.add(types, `task ${name}`, task, entries, parent);
    const args = module && entries.find((e) => e.key === module.short)?.value;
    if (module && args) {
      const { short, full, entry } = module;
      this.made.push(
        ...cloudFacts({ short, full, args, head: entry.keySpan }, { name: fact.name, document, span: task.span, scope: this.scopeOfMade }),
      );
    }
  }

  private add(types: readonly string[], name: string, node: MapNode, entries: readonly Entry[], parent: Fact | undefined): Fact {
    const { document } = this.parsed;
    const fact: Fact = {
      platform: 'ansible',
      types,
      name,
      document,
      node: { ...node, entries },
      head: headOf(node, document.text),
      span: node.span,
      scope: this.scope,
      ...(parent && { parent }),
      address: name.slice(name.indexOf(' ') + 1),
    };
    this.found.push(fact);
    return fact;
  }

  /** The tree with templates replaced by what is known of them. */
  private known(node: Node, vars: Vars): Node {
    switch (node.kind) {
      case 'map':
        return { ...node, entries: node.entries.map((e) => ({ ...e, value: this.known(e.value, vars) })) };
      case 'list':
        return { ...node, items: node.items.map((item) => this.known(item, vars)) };
      case 'scalar':
        if (typeof node.value !== 'string') return node;
        if (node.value.includes('{{')) return this.rendered(node, node.value, vars);
        return node.value.length < 6 && !/["']/.test(this.parsed.document.text[node.span.start] ?? '')
          ? { ...node, value: plainValue(node.value) }
          : node;
      case 'unknown':
        return node;
    }
  }

  /** What the filter `default` gives a variable that has no value here. */
  private standard(inner: string, vars: Vars, { span }: ScalarNode): Node | undefined {
    const match = withDefault.exec(inner);
    if (!match) return undefined;
    const { name = '', text, word = '' } = match.groups ?? {};
    const known = vars.get(name);
    if (known) return known;
    const value = text ?? (/^\d/.test(word) ? Number(word) : plainValue(word));
    return { kind: 'scalar', value, span, origin: { path: this.parsed.document.path, span, what: `the default of \`${name}\`` } };
  }

  private rendered(node: ScalarNode, template: string, vars: Vars): Node {
    const parts: (string | undefined)[] = [];
    const refs: string[] = [];
    let variable: { readonly name: string; readonly node: ScalarNode } | undefined;
    let from = 0;
    for (let open = template.indexOf('{{'); open >= 0; open = template.indexOf('{{', from)) {
      const close = template.indexOf('}}', open);
      const end = close < 0 ? template.length : close;
      const inner = template.slice(open + 2, end).trim();
      if (open > from) parts.push(template.slice(from, open));
      const value = vars.get(inner) ?? this.standard(inner, vars, node);
      if (value?.kind === 'scalar' && value.value !== null && !String(value.value).includes('{{')) {
        variable = { name: inner, node: value };
        parts.push(String(value.value));
      } else {
        parts.push(undefined);
        const name = /^[A-Za-z_][\w.]*/.exec(inner)?.[0];
        if (name) refs.push(name);
      }
      from = Math.min(end + 2, template.length);
    }
    if (from < template.length) parts.push(template.slice(from));
    if (parts.includes(undefined) || !variable) return { kind: 'unknown', refs, parts, span: node.span };
    const { node: source, name } = variable;
    const origin = source.origin ?? { path: this.parsed.document.path, span: source.span, what: `the variable \`${name}\`` };
    return { ...node, value: parts.length === 1 ? source.value : parts.join(''), origin };
  }
}

function withVars(vars: Vars, node: MapNode): Vars {
  const own = entryOf(node, 'vars')?.value;
  if (own?.kind !== 'map' || own.entries.length === 0) return vars;
  return new Map([...vars, ...own.entries.map((e) => [e.key, e.value] as const)]);
}
