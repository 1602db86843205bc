import { entryOf, items, text, type ListNode, type Node, type Span } from './tree.ts';
import type { Check, Fact, Hit, TreeEdit } from './types.ts';

/** One flag of a program and what it should say. */
export interface Flag {
  readonly name: string;
  /** The good value, as messages and fixes write it; with `…` in it, it is advice only. */
  readonly want: string;
  /** Whether a value is good; undefined stands for a flag that isn't given. Default: the value is `want`. */
  readonly good?: (value: string | undefined, given: ReadonlyMap<string, string | undefined>) => boolean;
}

/** A check on containers that run one of the programs: each wrong flag is a hit, and all that are missing together are one. */
export function flagCheck(programs: readonly string[], flags: readonly Flag[]): Check {
  return (fact) => {
    const line = commandLine(fact, programs);
    if (!line) return [];
    const hits: Hit[] = [];
    const missing: Flag[] = [];
    const given = new Map([...line.flags].map(([name, { value }]) => [name, value]));
    for (const flag of flags) {
      const found = line.flags.get(flag.name);
      if (found && found.value === undefined) continue; // only the running system knows
      if (flag.good ? flag.good(found?.value, given) : found?.value === flag.want) continue;
      if (found) hits.push(wrong(flag, found));
      else if (!line.open) missing.push(flag);
    }
    if (missing.length > 0) hits.push(absent(missing, line, fact));
    return hits;
  };
}

interface Given {
  /** Undefined when it is computed. */
  readonly value: string | undefined;
  readonly span: Span;
  /** The characters of the value alone, where they stand as they are. */
  readonly valueSpan?: Span;
}

interface CommandLine {
  readonly flags: ReadonlyMap<string, Given>;
  /** More flags may be given than can be seen: by a template, a configuration file. */
  readonly open: boolean;
  readonly key: Span;
  /** The item that names the program, where it is one of a list. */
  readonly program?: Node;
}

const COMPUTED = /\$[({\w]|\{\{/;
/** Flags that name a file with more settings. */
const CONFIGURATION = ['config', 'config-file', 'authorization-config', 'authentication-config'];

function commandLine(fact: Fact, programs: readonly string[]): CommandLine | undefined {
  const command = entryOf(fact.node, 'command') ?? entryOf(fact.node, 'args');
  const lists = ['command', 'args'].flatMap((key) => entryOf(fact.node, key)?.value ?? []);
  const words = lists.flatMap((list) => items(list));
  const start = words.findIndex((word, i) => {
    // The program itself, or a script that a shell runs.
    const script = i > 0 && /^-\w*c$/.test(text(words[i - 1]) ?? '');
    return (i === 0 || script) && runs(text(word), programs);
  });
  // Without a command the image says what is run: mostly what it is called after.
  const image = start < 0 && !entryOf(fact.node, 'command') ? programOf(text(entryOf(fact.node, 'image')?.value)) : '';
  if (!command || (start < 0 && !programs.includes(image))) return undefined;
  const flags = new Map<string, Given>();
  environment(fact, programs, flags);
  const whole = start < 0 || !/\s/.test(text(words[start])!.trim());
  for (const [i, word] of words.entries()) {
    if (i < start) continue;
    if (word.kind === 'unknown') {
      const name = /^--?([\w-]+)=/.exec(word.parts?.[0] ?? '')?.[1];
      if (name) flags.set(name, { value: undefined, span: word.span });
      continue;
    }
    const value = text(word);
    if (value === undefined) continue;
    if (whole && i > start) itemFlag(fact, word, value, words[i + 1], flags);
    else if (!whole) scriptFlags(fact, word, value, flags);
  }
  const open =
    CONFIGURATION.some((name) => flags.has(name)) ||
    lists.some((list) => list.kind === 'unknown' || (list as ListNode).open === true) ||
    words.some(
      (word) => !/^--?[\w-]+=/.test(text(word) ?? (word.kind === 'unknown' ? word.parts?.[0] : undefined) ?? '') && computed(word),
    );
  return { flags, open, key: command.keySpan, ...(whole && start >= 0 && { program: words[start]! }) };
}

/** `registry.k8s.io/etcd:3.6.5-0` → `etcd`. */
function programOf(image = ''): string {
  return /([^/:@]+)(?::[^/]*)?(?:@.*)?$/.exec(image)?.[1] ?? '';
}

function computed(word: Node): boolean {
  return word.kind === 'unknown' || COMPUTED.test(text(word) ?? '');
}

function runs(value: string | undefined, programs: readonly string[]): boolean {
  for (const m of value?.matchAll(/(?:^|[;&|\n])\s*(?:exec\s+)?(?:[\w.-]*\/)*([\w.-]+)(?=\s|$)/g) ?? [])
    if (programs.includes(m[1]!)) return true;
  return false;
}

/** `--name=value` is one item; `--name value` two. */
function itemFlag(fact: Fact, item: Node, value: string, next: Node | undefined, flags: Map<string, Given>): void {
  const m = /^--?([A-Za-z][\w-]*)(?:=([\s\S]*))?$/.exec(value);
  if (!m) return;
  const [, name, inline] = m;
  if (inline !== undefined) {
    const from = fact.document.text.indexOf(value, item.span.start);
    const plain = from >= 0 && from + value.length <= item.span.end;
    const valueSpan = { start: from + value.length - inline.length, end: from + value.length };
    flags.set(name!, { value: known(inline), span: item.span, ...(plain && { valueSpan }) });
    return;
  }
  const following = text(next);
  if (next && following !== undefined && !following.startsWith('-'))
    flags.set(name!, { value: known(following), span: item.span, valueSpan: next.span });
  else flags.set(name!, { value: next?.kind === 'unknown' ? undefined : 'true', span: item.span });
}

function scriptFlags(fact: Fact, item: Node, script: string, flags: Map<string, Given>): void {
  for (const m of script.matchAll(/(?:^|\s)--([A-Za-z][\w-]*)(?:=(\S*))?/g)) {
    const flag = m[0].trim();
    const from = fact.document.text.indexOf(flag, item.span.start);
    const plain = from >= 0 && from + flag.length <= item.span.end;
    const span = plain ? { start: from, end: from + flag.length } : item.span;
    const value = m[2]?.replace(/^(["'])(.*)\1$/, '$2');
    flags.set(m[1]!, {
      value: value === undefined ? 'true' : known(value),
      span,
      ...(plain && m[2] && { valueSpan: { start: span.end - m[2].length, end: span.end } }),
    });
  }
}

/** A value without variables (`$(ADDRESS)`) and actions of a template. */
function known(value: string): string | undefined {
  return COMPUTED.test(value) ? undefined : value;
}

/** etcd takes every flag from the environment as well: `ETCD_CLIENT_CERT_AUTH`. */
function environment(fact: Fact, programs: readonly string[], flags: Map<string, Given>): void {
  if (!programs.includes('etcd')) return;
  for (const variable of items(entryOf(fact.node, 'env')?.value)) {
    const name = text(variable, 'name');
    const value = entryOf(variable, 'value');
    if (!name?.startsWith('ETCD_')) continue;
    flags.set(name.slice(5).toLowerCase().replaceAll('_', '-'), {
      value: text(value?.value),
      span: value?.span ?? variable.span,
      ...(value && { valueSpan: value.value.span }),
    });
  }
}

function wrong(flag: Flag, { span, value, valueSpan }: Given): Hit {
  const fixable = valueSpan !== undefined && !flag.want.includes('…');
  return {
    span,
    values: { value: `--${flag.name}=${value ?? ''}`, want: `--${flag.name}=${flag.want}` },
    ...(fixable && {
      fix: { title: `Set --${flag.name}=${flag.want}`, safe: false, edits: [{ op: 'replace', span: valueSpan, text: flag.want }] },
    }),
  };
}

function absent(missing: readonly Flag[], { key, program }: CommandLine, fact: Fact): Hit {
  const wanted = missing.map(({ name, want }) => `--${name}=${want}`);
  const names = wanted.map((one) => one.replace(/=…$/, ''));
  const edits = program && !missing.some(({ want }) => want.includes('…')) ? additions(wanted, program, fact.document.text) : undefined;
  return {
    span: key,
    values: { value: missing.map(({ name }) => `--${name}`).join(', '), want: names.join('` and `') },
    ...(edits && { fix: { title: `Add ${wanted.join(' ')}`, safe: false, edits } }),
  };
}

/** The flags as items after the program: lines of their own in a block, more members in brackets. */
function additions(wanted: readonly string[], program: Node, source: string): readonly TreeEdit[] {
  const before = source.slice(source.lastIndexOf('\n', program.span.start) + 1, program.span.start);
  if (/^\s*- +$/.test(before)) return [{ op: 'insert', span: program.span, text: wanted.map((one) => `- ${one}`).join('\n') }];
  const { end } = program.span;
  return [{ op: 'replace', span: { start: end, end }, text: wanted.map((one) => `, "${one}"`).join('') }];
}
