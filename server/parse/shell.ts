import { type Command, forEachChild, parse, type Redirection, type SyntaxNode, type Word, type WordPart } from 'unbash';
import type { Entry, ListNode, MapNode, Node, ScalarNode, Span } from '../engine/tree.ts';

/** How an index into a script becomes an offset of the document. */
export type ToOffset = (index: number) => number;

/**
 * The simple commands of a shell script in order, also those in subshells, substitutions and `sh -c '…'`. Each is a map:
 * `program` (without its folder), `path`, `subcommand`, `words` (all arguments), `operands` (without flags), `flags` (also
 * each letter of `-xyz`), `options` (`--name=value`, `--name value`), `environment` (`A=b cmd`), `via` (sudo, env …),
 * `pipe-to` (the programs downstream), `inside` (the program whose words it is substituted into), `writes` (`> file`).
 */
export function shellCommands(script: string, offset: ToOffset): MapNode[] {
  const found: MapNode[] = [];
  try {
    new Reader(script, offset, found).script(script, {});
  } catch {
    // A script nested too deeply for the stack: what was read so far stands.
  }
  return found;
}

/** The exec form: words that no shell touches. */
export function execCommand(words: readonly Node[]): MapNode[] {
  const found: MapNode[] = [];
  if (words[0])
    new Reader('', (i) => i, found).command(words, [], {}, { start: words[0].span.start, end: words[words.length - 1]!.span.end });
  return found;
}

interface Context {
  readonly downstream?: readonly Node[];
  readonly inside?: Node;
  readonly depth?: number;
}

/** Programs that run the program after their own flags, with those flags that take a value. */
const wrappers: Readonly<Record<string, RegExp>> = {
  sudo: /^-(?:[ugpChrTUD]|-user|-group|-prompt|-host|-chdir|-chroot)$/,
  doas: /^-[uC]$/,
  env: /^-(?:[uCS]|-unset|-chdir)$/,
  exec: /^-a$/,
  command: /^$/,
  builtin: /^$/,
  nohup: /^$/,
  time: /^-[fo]$/,
  nice: /^-(?:n|-adjustment)$/,
  ionice: /^-[cnp]$/,
  stdbuf: /^-[ioe]$/,
  timeout: /^-(?:[ks]|-kill-after|-signal)$/,
  tini: /^-[pe]$/,
  'dumb-init': /^-r$/,
};

const shells = /^(?:ba|da|a|z|k)?sh$/;

class Reader {
  private readonly source: string;
  private readonly offset: ToOffset;
  private readonly found: MapNode[];

  constructor(source: string, offset: ToOffset, found: MapNode[]) {
    this.source = source;
    this.offset = offset;
    this.found = found;
  }

  script(source: string, context: Context): void {
    this.visit(parse(source), context);
  }

  private visit(node: SyntaxNode, context: Context): void {
    if (node.type === 'Command') return this.simple(node, context);
    if (node.type === 'Pipeline') {
      const stages = node.commands.map((c) => this.programs(c));
      node.commands.forEach((c, i) => {
        const downstream = [...stages.slice(i + 1, i + 9).flat(), ...(context.downstream ?? [])];
        this.visit(c, downstream.length > 0 ? { ...context, downstream } : context);
      });
      return;
    }
    if (node.type === 'CommandExpansion' || node.type === 'ProcessSubstitution') {
      if (!node.script) return;
      // A backtick script with escapes is a text of its own: everything in it is shown at the whole substitution.
      const at = this.span(node);
      const reader = node.script.source === undefined ? this : new Reader(node.script.source, () => at.start, this.found);
      return reader.visit(node.script, context.inside ? { inside: context.inside } : {});
    }
    forEachChild(node, (child) => this.visit(child, context));
  }

  /** The programs that run in one part of a pipeline. */
  private programs(node: SyntaxNode): Node[] {
    if (node.type === 'Command') {
      if (!node.name) return [];
      const { words, at } = unwrap([this.word(node.name), ...node.args.map((a) => this.argument(a))]);
      const word = words[at];
      return word ? [program(word)] : [];
    }
    const found: Node[] = [];
    if (node.type !== 'Word' && node.type !== 'Assignment') forEachChild(node, (child) => void found.push(...this.programs(child)));
    return found;
  }

  private simple(node: Command, context: Context): void {
    const assignments = [...node.prefix, ...node.suffix].filter((p) => p.type === 'Assignment');
    const environment = assignments.map((a): Entry => {
      const keySpan = this.span({ pos: a.pos, end: a.pos + a.name.length });
      const value: Node = a.value.type === 'Word' ? this.word(a.value) : { kind: 'unknown', refs: [], span: this.span(a.value) };
      return { key: a.name, keySpan, span: this.span(a), value };
    });
    const words = node.name ? [this.word(node.name), ...node.args.map((a) => this.argument(a))] : [];
    const own = this.command(words, environment, context, this.span(node), node.redirects);
    const inside = own ?? context.inside;
    const nested: Context = inside ? { inside } : {};
    for (const part of [...node.prefix, ...(node.name ? [node.name] : []), ...node.suffix]) this.visit(part, nested);
  }

  /** Adds one command and the script of its `-c`; returns its program. */
  command(
    all: readonly Node[],
    environment: readonly Entry[],
    context: Context,
    span: Span,
    redirects: readonly Redirection[] = [],
  ): Node | undefined {
    const { words, at, via } = unwrap(all);
    const first = words[at];
    const entries: Entry[] = [];
    const add = (key: string, value: Node | undefined): void => {
      if (value) entries.push({ key, keySpan: value.span, span: value.span, value });
    };
    const name = first && program(first);
    if (first && name) {
      add('program', name);
      add('path', first);
      const rest = words.slice(at + 1);
      const operands = rest.filter((w) => !flagText(w));
      add('subcommand', operands[0]);
      add('words', list(rest, span));
      add('operands', list(operands, span));
      add(
        'flags',
        list(
          rest.flatMap((w) => flags(w, name)),
          span,
        ),
      );
      add('options', options(rest, span));
      if (via.length > 0) add('via', list(via, via[0]!.span));
    }
    if (environment.length > 0) add('environment', { kind: 'map', entries: environment, span: environment[0]!.span });
    if (context.downstream) add('pipe-to', list(context.downstream, span));
    add('inside', context.inside);
    const writes = redirects.flatMap((r) => (r.type === 'Redirect' && r.operator.includes('>') && r.target ? [this.word(r.target)] : []));
    if (writes[0]) add('writes', list(writes, writes[0].span));
    if (entries.length === 0) return undefined;
    this.found.push({ kind: 'map', entries, span });
    if (name?.kind === 'scalar' && shells.test(String(name.value))) this.nestedScript(words.slice(at + 1), context);
    return name;
  }

  /** `sh -c 'script'`: read in place where the quotes change nothing. */
  private nestedScript(words: readonly Node[], context: Context): void {
    const c = words.findIndex((w) => /^-[a-z]*c$/.test(flagText(w) ?? ''));
    const word = words[c + 1];
    const depth = context.depth ?? 0;
    if (c < 0 || !word || depth >= 3) return;
    if (!this.source) {
      // The exec form: the JSON string's offsets hold as long as it has no escapes.
      if (word.kind !== 'scalar') return;
      const script = String(word.value);
      const plain = script.length === word.span.end - word.span.start - 2;
      new Reader(script, (i) => (plain ? word.span.start + 1 + i : word.span.start), this.found).script(script, { depth: depth + 1 });
      return;
    }
    const written = this.written.get(word);
    const quoted = written && /^(["'])([^\\]*)\1$/s.exec(written.text);
    // What is substituted into it has been read with the words.
    if (!quoted || (quoted[1] === '"' && /\$\(|`/.test(quoted[2]!))) return;
    const { offset } = this;
    const script = quoted[2]!;
    new Reader(script, (i) => offset(written.pos + 1 + i), this.found).script(script, {
      ...(context.downstream && { downstream: context.downstream }),
      depth: depth + 1,
    });
  }

  /** The words as they stand in the script, for what is read a second time. */
  private readonly written = new Map<Node, { readonly text: string; readonly pos: number }>();

  private argument(argument: Command['args'][number]): Node {
    if (argument.type === 'Word') return this.word(argument);
    return { kind: 'scalar', value: argument.text, span: this.span(argument) };
  }

  private word(word: Word): Node {
    const span = this.span(word);
    const pieces: (string | undefined)[] = [];
    const refs: string[] = [];
    collect(word.parts, pieces, refs);
    const node: Node = pieces.includes(undefined)
      ? { kind: 'unknown', refs, parts: pieces, span }
      : { kind: 'scalar', value: word.value.replaceAll('\\\n', ''), span };
    if (word.text.length > 2 && /^["']/.test(word.text)) this.written.set(node, word);
    return node;
  }

  private span(node: { readonly pos: number; readonly end: number }): Span {
    const start = this.offset(node.pos);
    // Through the last character: lines in between may be shifted (an indented block).
    return { start, end: node.end > node.pos ? this.offset(node.end - 1) + 1 : start };
  }
}

/** Literal pieces in order, `undefined` for each expansion. */
function collect(parts: readonly WordPart[] | undefined, pieces: (string | undefined)[], refs: string[]): void {
  for (const part of parts ?? []) {
    switch (part.type) {
      case 'DoubleQuoted':
      case 'LocaleString':
        collect(part.parts, pieces, refs);
        break;
      case 'SimpleExpansion':
      case 'ParameterExpansion':
        refs.push(part.type === 'ParameterExpansion' ? part.parameter : part.text.slice(1));
        pieces.push(undefined);
        break;
      case 'CommandExpansion':
      case 'ProcessSubstitution':
      case 'ArithmeticExpansion':
        pieces.push(undefined);
        break;
      case 'Literal':
      case 'SingleQuoted':
      case 'AnsiCQuoted':
      case 'Glob':
        pieces.push(part.value);
        break;
      default:
        pieces.push(part.text);
    }
  }
}

function unwrap(words: readonly Node[]): { words: readonly Node[]; at: number; via: Node[] } {
  const via: Node[] = [];
  let at = 0;
  for (;;) {
    const word = words[at];
    if (word?.kind !== 'scalar') break;
    const name = basename(String(word.value));
    const valued = Object.hasOwn(wrappers, name) ? wrappers[name]! : undefined;
    if (!valued) break;
    let next = at + 1;
    for (let flag = flagText(words[next]); flag !== undefined; flag = flagText(words[next])) {
      next++;
      if (flag === '--') break;
      if (valued.test(flag)) next++;
    }
    if (name === 'timeout') next++; // its duration
    while ((name === 'env' || name === 'sudo') && /^\w+=/.test(literal(words[next]) ?? '')) next++;
    if (!words[next]) break; // `sudo` alone is the program
    via.push(program(word));
    at = next;
  }
  return { words, at, via };
}

const list = (items: readonly Node[], span: Span): ListNode => ({ kind: 'list', items, span });
const basename = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const literal = (node: Node | undefined): string | undefined => (node?.kind === 'scalar' ? String(node.value) : undefined);

function program(word: Node): Node {
  return word.kind === 'scalar' ? { ...word, value: basename(String(word.value)) } : word;
}

/** The text of a word that is a flag, as far as it is known. */
function flagText(word: Node | undefined): string | undefined {
  const known = word?.kind === 'unknown' ? word.parts?.[0] : literal(word);
  return known && known.length > 1 && known.startsWith('-') ? known : undefined;
}

/** Programs whose flags have one dash and many letters. */
const longNamed = /^(?:find|java|javac|openssl|go|terraform|gcc|g\+\+|clang|ffmpeg|convert|consul|vault|nomad)$/;

function flags(word: Node, of: Node): ScalarNode[] {
  const flag = flagText(word);
  if (!flag) return [];
  const { span } = word;
  const equals = flag.indexOf('=');
  const name = flag.startsWith('--') && equals > 0 ? flag.slice(0, equals) : flag;
  const found: ScalarNode[] = [{ kind: 'scalar', value: name, span }];
  if (/^-[a-zA-Z]{2,8}$/.test(name) && !longNamed.test(literal(of) ?? '')) {
    for (const letter of name.slice(1)) found.push({ kind: 'scalar', value: `-${letter}`, span });
  }
  return found;
}

/** `--name=value` and `--name value`; whether the second takes a value can't be known, so it is offered as one. */
function options(words: readonly Node[], span: Span): MapNode | undefined {
  const entries: Entry[] = [];
  words.forEach((word, i) => {
    const flag = flagText(word);
    if (!flag?.startsWith('--') || flag.length < 3) return;
    const equals = flag.indexOf('=');
    const key = equals < 0 ? flag.slice(2) : flag.slice(2, equals);
    const next = words[i + 1];
    let value: Node | undefined;
    if (equals >= 0) {
      const start = word.span.start + equals + 1;
      const at = { start: Math.min(start, word.span.end), end: word.span.end };
      value =
        word.kind === 'unknown'
          ? { ...word, parts: [flag.slice(equals + 1), ...(word.parts?.slice(1) ?? [])], span: at }
          : { kind: 'scalar', value: flag.slice(equals + 1), span: at };
    } else if (next && !flagText(next)) value = next;
    if (value) entries.push({ key, keySpan: word.span, span: { start: word.span.start, end: value.span.end }, value });
  });
  return entries.length > 0 ? { kind: 'map', entries, span } : undefined;
}
