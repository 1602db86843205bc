import { entryOf, get, items, text as textOf } from '../engine/tree.ts';
import type { Entry, ListNode, MapNode, Node, ScalarNode, Span } from '../engine/tree.ts';
import type { Fact, Literal } from '../engine/types.ts';
import { imageEntries } from '../parse/dockerfile.ts';
import type { Parsed } from '../parse/parsed.ts';
import { scopeOf, type Extractor } from './extractor.ts';
import { commandLiterals, entryLiterals } from './literals.ts';
import { substitute, type Variables } from './dockerfile-variables.ts';

/**
 * `file` (`directives`, `stages`, and the instructions by keyword); `stage` / `final-stage` (`image`, `tag`, `digest`, `platform`,
 * `stage` where the base is an earlier stage, `shipped: false` where its layers end in no image by default, `user`, `environment`,
 * `arguments`, `labels`, `healthcheck` as they are in the end, and the stage's own instructions by keyword: `RUN`, `COPY` …); `instruction` and its keyword (the parser's map with ARG and ENV
 * substituted; a trigger of ONBUILD is an instruction too, with `onbuild: true`).
 */
export const dockerfile: Extractor = {
  platform: 'dockerfile',
  recognises: (parsed) => parsed.document.syntax === 'dockerfile',
  facts(parsed) {
    const found: Fact[] = [];
    new Build(parsed, found).read();
    return found;
  },
  literals,
};

/** Stages that may build on each other and still inherit: each copies what it gets. */
const deepest = 100;

interface Stage {
  readonly name: string;
  readonly depth: number;
  /** The earlier stage that it builds on. */
  readonly base: Stage | undefined;
  readonly from: MapNode | undefined;
  /** What a stage that builds on this one inherits. */
  readonly variables: Variables;
  readonly environment: Map<string, Entry>;
  readonly arguments: Map<string, Entry>;
  readonly labels: Map<string, Entry>;
  readonly last: Map<'USER' | 'HEALTHCHECK' | 'ENTRYPOINT' | 'CMD' | 'WORKDIR' | 'SHELL', MapNode>;
  readonly image: readonly Entry[];
  readonly instructions: MapNode[];
}

/** Reads one Dockerfile from top to bottom, as a build would. */
class Build {
  private readonly parsed: Parsed;
  private readonly found: Fact[];
  private readonly scope = scopeOf(() => this.found);
  private readonly stages: Stage[] = [];
  private readonly named = new Map<string, Stage>();
  private readonly global: Variables = new Map();

  constructor(parsed: Parsed, found: Fact[]) {
    this.parsed = parsed;
    this.found = found;
  }

  read(): void {
    const root = this.parsed.trees[0];
    const all = items(root).filter((n): n is MapNode => n.kind === 'map');
    const directives = all.filter((n) => get(n, 'directive'));
    const head: MapNode[] = [];
    for (const raw of all) {
      if (get(raw, 'directive')) continue;
      const keyword = textOf(raw, 'keyword');
      if (keyword === 'FROM') this.stages.push(this.open(raw));
      const stage = this.stages[this.stages.length - 1];
      if (stage) this.step(stage, raw, keyword ?? '');
      else {
        const node = substitute(raw, this.global, this.text);
        if (keyword === 'ARG') for (const e of variablesOf(node)) this.global.set(e.key, e.value);
        head.push(node);
      }
    }
    const whole = { start: 0, end: this.text.length };
    const first = head[0] ?? this.stages[0]?.instructions[0];
    const instructions = [...head, ...this.stages.flatMap((s) => s.instructions)];
    const shipped = this.shipped();
    const nodes = this.stages.map((s) => this.stageNode(s, shipped.has(s)));
    const file = this.add({
      types: ['file'],
      name: this.parsed.document.path.slice(this.parsed.document.path.lastIndexOf('/') + 1),
      node: map(whole, [
        virtual(
          'directives',
          map(
            whole,
            directives.map((d) => ({ ...virtual(textOf(d, 'keyword') ?? '', get(d, 'value')!), span: d.span })),
          ),
        ),
        virtual('stages', list(nodes, whole)),
        ...byKeyword(instructions),
      ]),
      head: first ? this.firstLine(first) : { start: 0, end: 0 },
      span: whole,
    });
    for (const node of head) this.instruction(node, file);
    this.stages.forEach((stage, i) => {
      const node = nodes[i]!;
      const fact = this.add({
        types: i === this.stages.length - 1 ? ['final-stage', 'stage'] : ['stage'],
        name: `stage ${stage.name}`,
        node,
        head: this.firstLine(stage.from ?? node),
        span: node.span,
        parent: file,
        address: stage.name,
      });
      for (const instruction of stage.instructions) this.instruction(instruction, fact);
    });
  }

  private get text(): string {
    return this.parsed.document.text;
  }

  private open(raw: MapNode): Stage {
    const from = substitute(raw, this.global, this.text);
    const reference = get(from, 'reference');
    // A substituted reference is split again: `FROM $BASE` may hold a tag.
    const written = get(raw, 'reference');
    const parts = reference?.kind === 'scalar' && written !== reference ? imageEntries(reference) : from.entries;
    const known = textOf(reference)?.toLowerCase();
    const base = known === undefined ? undefined : this.named.get(known);
    const entries = parts.filter((e) => e.key === 'image' || e.key === 'tag' || e.key === 'digest');
    if (reference) entries.push(virtual('reference', reference), ...unknownParts(entries, reference));
    const platform = entryOf(from, 'platform');
    if (platform) entries.push(platform);
    if (base && reference) entries.push(virtual('stage', scalar(base.name, reference.span)));
    const named = entryOf(from, 'as');
    if (named) entries.push(named);
    const other = from.entries.filter((e) => !['image', 'tag', 'digest', 'reference', 'platform', 'as'].includes(e.key));
    const inherited = base && base.depth < deepest ? base : undefined;
    const stage: Stage = {
      name: textOf(named?.value) ?? String(this.stages.length),
      depth: base ? base.depth + 1 : 0,
      base,
      from: map(from.span, [...other, ...entries]),
      variables: new Map(inherited?.variables),
      environment: new Map(inherited?.environment),
      arguments: new Map(inherited?.arguments),
      labels: new Map(inherited?.labels),
      last: new Map(inherited?.last),
      image: entries,
      instructions: [],
    };
    if (named) this.named.set(stage.name.toLowerCase(), stage);
    return stage;
  }

  private step(stage: Stage, raw: MapNode, keyword: string): void {
    let node = keyword === 'FROM' && stage.from ? stage.from : raw;
    if (keyword === 'ARG') {
      // `ARG X` without a default takes that of the ARG before the first FROM.
      const entries = variablesOf(substitute(raw, stage.variables, this.text)).map((e) => {
        const outer = e.value.kind === 'scalar' && e.value.value === null ? this.global.get(e.key) : undefined;
        return outer ? { ...e, value: this.elsewhere(outer, e) } : e;
      });
      for (const e of entries) {
        stage.arguments.set(e.key, e);
        if (!stage.environment.has(e.key)) stage.variables.set(e.key, e.value);
      }
      const at = get(raw, 'variables')?.span ?? raw.span;
      node = { ...raw, entries: raw.entries.map((e) => (e.key === 'variables' ? { ...e, value: map(at, entries) } : e)) };
    } else if (keyword !== 'FROM' && !shellForms.has(keyword)) {
      node = substitute(raw, stage.variables, this.text);
    }
    if (keyword === 'ENV') {
      for (const e of variablesOf(node)) {
        stage.environment.set(e.key, e);
        stage.variables.set(e.key, e.value);
      }
    } else if (keyword === 'LABEL') for (const e of variablesOf(node)) stage.labels.set(e.key, e);
    else if (isLast(keyword)) stage.last.set(keyword, node);
    if (shellForms.has(keyword) && !isPosix(stage.last.get('SHELL'))) node = withoutCommands(node);
    stage.instructions.push(node);
  }

  private elsewhere(outer: Node, at: Entry): Node {
    const what = `the default of build argument \`${at.key}\``;
    return { ...outer, span: at.keySpan, origin: outer.origin ?? { path: this.parsed.document.path, span: outer.span, what } };
  }

  /** The last stage and those it builds on; every stage where a base isn't known. */
  private shipped(): ReadonlySet<Stage> {
    if (this.stages.some(({ from }) => get(from, 'reference')?.kind === 'unknown')) return new Set(this.stages);
    const found = new Set<Stage>();
    for (let stage = this.stages.at(-1); stage && !found.has(stage); stage = stage.base) found.add(stage);
    return found;
  }

  private stageNode(stage: Stage, shipped: boolean): MapNode {
    const first = stage.instructions[0];
    const end = stage.instructions[stage.instructions.length - 1]?.span.end ?? 0;
    const span = { start: first?.span.start ?? 0, end };
    const at = stage.from?.span ?? span;
    const entries: Entry[] = [...stage.image, virtual('name', scalar(stage.name, at))];
    const user = stage.last.get('USER');
    for (const key of ['user', 'group']) {
      const found = entryOf(user, key);
      if (found) entries.push(found);
    }
    const whole = [
      ['healthcheck', stage.last.get('HEALTHCHECK')],
      ['entrypoint', stage.last.get('ENTRYPOINT')],
      ['cmd', stage.last.get('CMD')],
      ['workdir', stage.last.get('WORKDIR')],
    ] as const;
    for (const [key, node] of whole) if (node) entries.push(virtual(key, node));
    entries.push(
      virtual('environment', map(at, [...stage.environment.values()])),
      virtual('arguments', map(at, [...stage.arguments.values()])),
      virtual('labels', map(at, [...stage.labels.values()])),
      virtual('instructions', list(stage.instructions, span)),
      virtual('shipped', scalar(shipped, at)),
      ...byKeyword(stage.instructions),
    );
    return map(span, entries);
  }

  private instruction(node: MapNode, parent: Fact): void {
    const keyword = textOf(node, 'keyword') ?? '';
    this.add({
      types: [keyword, 'instruction'],
      name: `${keyword} in ${parent.name}`,
      node,
      head: this.firstLine(node),
      span: node.span,
      parent,
    });
    const trigger = get(node, 'trigger');
    if (trigger?.kind === 'map') {
      this.instruction(map(trigger.span, [...trigger.entries, virtual('onbuild', scalar(true, node.span))]), parent);
    }
  }

  private add(fact: Omit<Fact, 'platform' | 'document' | 'scope'>): Fact {
    const complete: Fact = { ...fact, platform: 'dockerfile', document: this.parsed.document, scope: this.scope };
    this.found.push(complete);
    return complete;
  }

  private firstLine(node: Node): Span {
    const { start, end } = node.span;
    let stop = start;
    while (stop < end && this.text[stop] !== '\n' && this.text[stop] !== '\r') stop++;
    return { start, end: stop };
  }
}

/** What an unknown piece of the reference may hold: a rule must not take a tag or digest for missing. */
function unknownParts(entries: readonly Entry[], reference: Node): Entry[] {
  if (reference.kind !== 'unknown' && entries.every((e) => e.value.kind !== 'unknown')) return [];
  const unknown: Node = { kind: 'unknown', refs: [], span: reference.span };
  const has = (key: string): boolean => entries.some((e) => e.key === key);
  const missing = has('tag') ? ['digest'] : ['tag', 'digest'];
  if (reference.kind === 'unknown' && !has('tag') && reference.parts?.length === 1) missing.push('stage');
  return missing.filter((key) => !has(key)).map((key) => virtual(key, unknown));
}

/** A shell substitutes their variables, not Docker. */
const shellForms: ReadonlySet<string> = new Set(['RUN', 'CMD', 'ENTRYPOINT', 'HEALTHCHECK']);

function isLast(keyword: string): keyword is 'USER' | 'HEALTHCHECK' | 'ENTRYPOINT' | 'CMD' | 'WORKDIR' | 'SHELL' {
  return keyword === 'USER' || keyword === 'SHELL' || keyword === 'WORKDIR' || shellForms.has(keyword);
}

function isPosix(shell: MapNode | undefined): boolean {
  const program = items(get(shell, 'json'))[0];
  return !program || /(?:^|[\\/])(?:ba|da|a|z|k)?sh(?:\.exe)?$/i.test(textOf(program) ?? '');
}

/** PowerShell and cmd are not read: their commands are unknown, not none. */
function withoutCommands(node: MapNode): MapNode {
  const entries = node.entries.map((e) =>
    e.key === 'commands' && get(node, 'shell') ? { ...e, value: { kind: 'unknown', refs: [], span: e.span } as const } : e,
  );
  return { ...node, entries };
}

const variablesOf = (instruction: MapNode): readonly Entry[] => {
  const variables = get(instruction, 'variables');
  return variables?.kind === 'map' ? variables.entries : [];
};

const byKeyword = (instructions: readonly MapNode[]): Entry[] => instructions.map((node) => virtual(textOf(node, 'keyword') ?? '', node));

const scalar = (value: string | boolean, span: Span): ScalarNode => ({ kind: 'scalar', value, span });
const map = (span: Span, entries: readonly Entry[]): MapNode => ({ kind: 'map', span, entries });
const list = (nodes: readonly Node[], span: Span): ListNode => ({ kind: 'list', items: nodes, span });
const virtual = (key: string, value: Node): Entry => ({ key, keySpan: value.span, span: value.span, value });

/** Values of ENV, ARG and LABEL, and what the scripts hold. */
function literals({ document, trees }: Parsed): readonly Literal[] {
  const found: Literal[] = [];
  const read = (instruction: Node): void => {
    const keyword = textOf(instruction, 'keyword') ?? '';
    const variables = get(instruction, 'variables');
    if (variables?.kind === 'map') found.push(...entryLiterals(variables.entries, [keyword], document.text));
    const commands = get(instruction, 'commands');
    if (commands) found.push(...commandLiterals(commands, [keyword], document.text));
    const trigger = get(instruction, 'trigger');
    if (trigger) read(trigger);
  };
  for (const instruction of items(trees[0])) read(instruction);
  return found;
}
