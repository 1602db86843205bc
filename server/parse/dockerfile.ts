import { Add, Copy, DockerfileParser, type Instruction, type Onbuild, Run } from 'dockerfile-ast';
import { Lines } from '../engine/positions.ts';
import { LazyList, type Entry, type MapNode, type Node, type ScalarNode, type Span } from '../engine/tree.ts';
import { blankComments, entry, Line, list, map, scalar } from './dockerfile-line.ts';
import { edited, repair } from './dockerfile-repair.ts';
import type { Parse } from './parsed.ts';
import { execCommand, shellCommands } from './shell.ts';

/**
 * One list, an instruction an item: a map with `keyword`, `arguments` (text without continuations and comments), `flags`,
 * and what the keyword means: `image`, `variables`, `sources`, `shell`, `json`, `commands` … Directives stand before them
 * as `{ keyword: 'syntax', directive: true, value }`.
 */
export const parseDockerfile: Parse = (document) => {
  const clean = withoutComments(document.text);
  const { edits, cuts, problems } = repair(clean, escapeOf(clean));
  const text = edited(document.text, edits);
  const source = edited(clean, edits);
  const starts = [0, ...cuts];
  const items = starts.flatMap((start, i) => readPiece(text, source.slice(start, starts[i + 1]), start));
  return { document, trees: [{ kind: 'list', items, span: { start: 0, end: text.length } }], problems };
};

/** The instructions of a stretch of the document; `source` is what is parsed of it, `base` where it begins. */
function readPiece(text: string, source: string, base: number): Node[] {
  const ast = DockerfileParser.parse(source);
  const lines = new Lines(source);
  const offset = (p: { line: number; character: number }): number => base + (lines.starts[p.line] ?? source.length) + p.character;
  const span = (r: { start: { line: number; character: number }; end: { line: number; character: number } }): Span => ({
    start: offset(r.start),
    end: Math.min(offset(r.end), text.length),
  });
  const escape = ast.getEscapeCharacter();
  const items: Node[] = ast.getDirectives().map((d) => {
    const whole = span(d.getRange());
    return map(whole, [
      entry('keyword', scalar(d.getName().toLowerCase(), span(d.getNameRange()))),
      entry('directive', scalar(true, whole)),
      entry('value', scalar(d.getValue(), span(d.getValueRange()))),
    ]);
  });
  for (const instruction of ast.getInstructions()) items.push(readInstruction(instruction, text, escape, span));
  return items;
}

/** The directives that may stand before everything else. */
const directives = /^\uFEFF?(?:[ \t]*#[ \t]*\w+[ \t]*=[^\r\n]*(?:\r?\n|$))*/;

function escapeOf(text: string): string {
  return /escape[ \t]*=[ \t]*`/i.test(directives.exec(text)?.[0] ?? '') ? '`' : '\\';
}

/** Comment lines become blanks: they may stand between continued lines, and dockerfile-ast is quadratic in them. */
function withoutComments(text: string): string {
  const head = directives.exec(text)?.[0].length ?? 0;
  return text.slice(0, head) + blankComments(text.slice(head));
}

type SpanOf = (range: ReturnType<Instruction['getRange']>) => Span;

function readInstruction(instruction: Instruction, text: string, escape: string, spanOf: SpanOf): MapNode {
  const whole = spanOf(instruction.getRange());
  const keywordSpan = spanOf(instruction.getInstructionRange());
  const keyword = instruction.getKeyword();
  const entries: Entry[] = [entry('keyword', scalar(keyword, keywordSpan))];
  const docs = heredocs(instruction, text, keywordSpan.end, whole.end, spanOf);
  const line = new Line(text, keywordSpan.end, docs[0] ? docs[0].headerEnd : whole.end, escape);

  const flagged = line.flags();
  if (flagged) {
    entries.push(entry('flags', flagged));
    // `COPY --from=` is asked for so often that it has a shorter path too.
    for (const flag of flagged.entries) if (/^(?:from|chown|chmod|platform)$/.test(flag.key)) entries.push(flag);
  }
  const args = line.rest();
  if (args) entries.push(entry('arguments', args));
  const read = readers[keyword];
  if (read) entries.push(...read(line, whole, docs));
  if (keyword === 'ONBUILD') {
    const trigger = (instruction as Onbuild).getTriggerInstruction();
    // ONBUILD ONBUILD is an error to Docker, so one level is all there is.
    if (trigger && trigger.getKeyword() !== 'ONBUILD') entries.push(entry('trigger', readInstruction(trigger, text, escape, spanOf)));
  }
  if (docs.length > 0) {
    const items = docs.map((d) => map(d.span, [entry('name', scalar(d.name, d.nameSpan)), entry('text', scalar(d.text, d.span))]));
    entries.push(entry('heredocs', list(items, { start: docs[0]!.span.start, end: docs[docs.length - 1]!.span.end })));
  }
  return map(whole, entries);
}

// ------------------------------------------------------------------------------------------------- heredocs

interface Heredoc {
  readonly name: string;
  readonly nameSpan: Span;
  readonly text: string;
  readonly span: Span;
  readonly headerEnd: number;
}

function heredocs(instruction: Instruction, text: string, start: number, end: number, spanOf: SpanOf): Heredoc[] {
  if (!(instruction instanceof Run || instruction instanceof Copy || instruction instanceof Add)) return [];
  const marker = text.indexOf('<<', start);
  if (marker < 0 || marker >= end) return [];
  const found = (instruction as Run).getHeredocs().map((doc) => {
    const content = doc.getContentRange();
    const nameSpan = spanOf(doc.getNameRange());
    const span = content ? spanOf(content) : { start: nameSpan.end, end: nameSpan.end };
    return { name: doc.getName(), nameSpan, text: text.slice(span.start, span.end), span, delimiter: doc.getDelimiterRange() };
  });
  const first = found[0];
  if (!first) return [];
  const body = first.span.start > first.nameSpan.end ? first.span.start : first.delimiter ? spanOf(first.delimiter).start : end;
  // The header ends before the line end in front of the first body.
  const header = text.slice(start, body);
  const headerEnd = start + (/\r?\n$/.exec(header)?.index ?? header.length);
  return found.map((doc) => ({ ...doc, headerEnd }));
}

// --------------------------------------------------------------------------------- what the keywords mean

type Reader = (line: Line, whole: Span, docs: readonly Heredoc[]) => Entry[];

const command: Reader = (line, _whole, docs) => {
  const json = line.json();
  if (json) return [entry('json', json), entry('commands', list(execCommand(json.items), json.span))];
  const shell = line.rest();
  if (!shell) return [];
  const { offset } = line;
  const last = docs[docs.length - 1];
  const script = docs[0] && /^<<-?["']?\w+["']?$/.test(shell.value as string) ? docs[0] : undefined;
  // Scripts are read when somebody asks for their commands: most rules don't.
  const commands = lazyEntry('commands', { start: shell.span.start, end: last?.span.end ?? shell.span.end }, () => {
    if (!script) return shellCommands(line.shellText(), (i) => offset + i);
    const shebang = /^#!\s*(\S+)(?:[ \t]+(\S+))?/.exec(script.text);
    return shebang && !/(?:^|\/)(?:ba|da|a|z|k)?sh$/.test(shebang[1]!.endsWith('/env') ? (shebang[2] ?? '') : shebang[1]!)
      ? []
      : shellCommands(script.text, (i) => script.span.start + i);
  });
  return [entry('shell', shell), commands];
};

const transfer: Reader = (line) => {
  const words: readonly Node[] = line.json()?.items ?? line.words();
  const destination = words.length > 1 ? words[words.length - 1] : undefined;
  const sources = words.slice(0, destination ? -1 : undefined);
  const found: Entry[] = [];
  if (sources[0]) found.push(entry('sources', list(sources, { start: sources[0].span.start, end: sources[sources.length - 1]!.span.end })));
  if (destination) found.push(entry('destination', destination));
  return found;
};

const variables =
  (old: boolean): Reader =>
  (line) => [entry('variables', line.variables(old))];

const single =
  (key: string): Reader =>
  (line) => {
    const rest = line.rest();
    return rest ? [entry(key, rest)] : [];
  };

const readers: Readonly<Record<string, Reader>> = {
  RUN: command,
  CMD: command,
  ENTRYPOINT: command,
  COPY: transfer,
  ADD: transfer,
  ENV: variables(true),
  LABEL: variables(true),
  ARG: variables(false),
  WORKDIR: single('path'),
  STOPSIGNAL: single('signal'),
  MAINTAINER: single('name'),
  SHELL: (line) => {
    const json = line.json();
    return json ? [entry('json', json)] : [];
  },
  VOLUME: (line) => {
    const json = line.json();
    const words = json ? undefined : line.words();
    const paths = json ?? (words?.[0] && list(words, { start: words[0].span.start, end: words[words.length - 1]!.span.end }));
    return paths ? [entry('paths', paths)] : [];
  },
  EXPOSE: (line, whole) => {
    const ports = line.words().map((word) => {
      const plain = /^(\d{1,5})(?:\/tcp)?$/i.exec(word.value as string);
      return plain ? scalar(Number(plain[1]), word.span) : word;
    });
    return ports[0]
      ? [entry('ports', list(ports, { start: ports[0].span.start, end: ports[ports.length - 1]!.span.end }))]
      : [entry('ports', list([], whole))];
  },
  USER: (line) => {
    const word = line.word();
    if (!word) return [];
    const value = word.value as string;
    const colon = separator(value, ':');
    if (colon < 0) return [entry('user', word)];
    const at = word.span.start + colon;
    return [
      entry('user', scalar(value.slice(0, colon), { start: word.span.start, end: at })),
      entry('group', scalar(value.slice(colon + 1), { start: at + 1, end: word.span.end })),
    ];
  },
  HEALTHCHECK: (line, whole, docs) => {
    const kind = line.word();
    if (!kind) return [];
    const type = entry('type', scalar((kind.value as string).toUpperCase(), kind.span));
    return type.value.kind === 'scalar' && type.value.value === 'CMD' ? [type, ...command(line, whole, docs)] : [type];
  },
  FROM: (line) => {
    const words = line.words();
    const reference = words[0];
    if (!reference) return [];
    const found = [entry('reference', reference), ...imageEntries(reference)];
    if (words[1] && /^as$/i.test(words[1].value as string) && words[2]) found.push(entry('as', words[2]));
    return found;
  },
};

/** Splits `registry:5000/team/image:tag@sha256:…` into entries `image`, `tag` and `digest`. */
export function imageEntries(reference: ScalarNode): Entry[] {
  const value = String(reference.value);
  const { start, end } = reference.span;
  // Quotes and continuations inside would shift the parts; they are then underlined as a whole.
  const part = (from: number, to: number): ScalarNode =>
    scalar(value.slice(from, to), value.length === end - start ? { start: start + from, end: start + to } : reference.span);
  const at = value.indexOf('@');
  const nameEnd = at < 0 ? value.length : at;
  const name = value.slice(0, nameEnd);
  const lastColon = separator(name, ':', true);
  const colon = lastColon > separator(name, '/', true) ? lastColon : -1; // `registry:5000/image` has no tag
  const imageEnd = colon < 0 ? nameEnd : colon;
  const found = [entry('image', part(0, imageEnd))];
  if (colon >= 0) found.push(entry('tag', part(colon + 1, nameEnd)));
  if (at >= 0) found.push(entry('digest', part(at + 1, value.length)));
  return found;
}

/** The first (or last) place of a character outside `${…}`: in `${UID:-1000}:${GID}` only the second colon separates. */
function separator(value: string, character: string, last = false): number {
  let depth = 0;
  let found = -1;
  for (let i = 0; i < value.length; i++) {
    if (value[i] === '{') depth++;
    else if (value[i] === '}') depth--;
    else if (value[i] === character && depth <= 0) {
      found = i;
      if (!last) break;
    }
  }
  return found;
}

/** A list entry whose items are computed at the first question. */
function lazyEntry(key: string, span: Span, items: () => readonly Node[]): Entry {
  return { key, keySpan: span, span, value: new LazyList(span, items) };
}
