import type { File } from '@babel/types';
import { closer, opener, scan, suspects, unmatched, type CodeLine, type Scan } from './javascript-lines.ts';

/** One run of the parser: a tree, or where and why there is none. `at` is -1 when the nesting was too deep. */
export type Attempt = (
  text: string,
) =>
  | { readonly file: File; readonly at?: undefined }
  | { readonly file?: undefined; readonly at: number; readonly message: string; readonly expected: string };
type Failure = Extract<ReturnType<Attempt>, { at: number }>;

/** Replaces `[start, end)`. Blanks are put where characters go; an insertion is an empty range. */
interface Patch {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Code of one kind is parsed in a frame of its own, so that a method or a property can stand without its class or object. */
interface Frame {
  readonly before: string;
  readonly after: string;
}
const none: Frame = { before: '', after: '' };
const frames: readonly Frame[] = [
  { before: 'async function*_(){', after: '\n}' },
  { before: 'class _{', after: '\n}' },
  { before: '({', after: '\n})' },
  { before: '_(', after: '\n)' },
  { before: 'switch(_){', after: '\n}' },
  { before: 'interface _{', after: '\n}' },
  { before: '<>', after: '\n</>' },
];

interface Work {
  readonly text: string;
  readonly attempt: Attempt;
  /** Characters that may still be parsed; bounds the time of a repair. */
  left: number;
  readonly pieces: File[];
}

/**
 * The tree of a text that the parser refuses. The text is cut into the statements that its indentation shows; those without
 * the damage are parsed as they are. The damaged one is patched (a missing bracket, a blanked line) until it parses, and cut
 * further where that fails. Undefined when nothing could be read.
 */
export function repair(text: string, failure: Failure, attempt: Attempt): File | undefined {
  const work: Work = { text, attempt, left: text.length * 24 + 500_000, pieces: [] };
  if (failure.at < 0) work.left = text.length * 4;
  const closed = closeComments(text);
  const source = closed ?? text;
  if (closed) {
    const again = attempt(closed);
    if (again.file) return again.file;
  }
  const within = { ...work, text: source, pieces: work.pieces };
  run(within, units(within.text, 0, source.length), [none], 0);
  return merge(within.pieces, text.length);
}

/** Comments that lost their first or last line, blanked; undefined where there is none. */
function closeComments(text: string): string | undefined {
  const scanned = scan(text);
  const whole = withoutRunaways(text, scanned.comments) ?? text;
  let out = '';
  let from = 0;
  let run = -1;
  // `*` lines outside a comment, up to the one that ends with the end of a comment.
  for (const { start, end, first, inside } of scanned.lines) {
    if (inside || whole[first] !== '*') run = -1;
    else {
      if (run < 0) run = start;
      const close = whole.slice(first, end).indexOf('*/');
      if (close < 0) continue;
      out += whole.slice(from, run) + blank(whole.slice(run, first + close + 2));
      from = first + close + 2;
      run = -1;
    }
  }
  if (from) return out + whole.slice(from);
  return whole === text ? undefined : whole;
}

const blank = (text: string): string => text.replace(/[^\r\n]/g, ' ');

/**
 * Blanks the lines of comments that have lost their end and so run on into another comment, or to the end of the text:
 * whatever follows their `*` lines is code again. Undefined where there is none.
 */
export function withoutRunaways(text: string, comments: readonly { readonly start?: number; readonly end?: number }[]): string | undefined {
  let out = '';
  let from = 0;
  for (const { start = 0, end = 0 } of comments) {
    const comment = text.slice(start, end);
    if (!comment.startsWith('/*') || (comment.endsWith('*/') && !/\n[ \t]*\/\*/.test(comment))) continue;
    const lines = /^.*(?:\n[ \t]*\*(?!\/).*)*/.exec(comment)![0].length;
    out += text.slice(from, start) + blank(comment.slice(0, lines));
    from = start + lines;
  }
  return from ? out + text.slice(from) : undefined;
}

interface Unit {
  readonly start: number;
  readonly end: number;
}

const continues = /^(?:[}\])?:.,+\-/%&|=<>]|\{\s*$|(?:else|catch|finally|instanceof|in|extends|implements)\b)/;

/** Cuts `[from, to)` before each line with the least indentation that can begin something. */
function units(text: string, from: number, to: number): Unit[] {
  const { lines } = scan(text, from, to);
  const starts = (line: CodeLine): boolean =>
    line.code && !line.inside && line.first < line.end && !continues.test(text.slice(line.first, Math.min(line.end, line.first + 12)));
  let least = Infinity;
  for (const line of lines) if (starts(line)) least = Math.min(least, line.indent);
  const cuts: number[] = [];
  let decorated = false;
  for (const line of lines) {
    if (!line.code) continue;
    if (starts(line) && line.indent <= least && !decorated) cuts.push(line.start);
    decorated = text[line.first] === '@' && !/[{;]\s*$/.test(text.slice(line.start, line.end));
  }
  return cuts.map((start, i) => ({ start, end: cuts[i + 1] ?? to }));
}

/** Parses a run of units as one, in halves where that fails, and repairs the single ones that are left. */
function run(work: Work, list: readonly Unit[], tried: readonly Frame[], depth: number): Frame | undefined {
  const [first] = list;
  const last = list.at(-1);
  if (!first || !last || work.left <= 0) return undefined;
  let failure: { result: Failure; frame: Frame } | undefined;
  for (const frame of tried) {
    const result = parseFramed(work, first.start, last.end, frame, []);
    if (result.file) {
      work.pieces.push(result.file);
      return frame;
    }
    if (!failure || result.at > failure.result.at) failure = { result, frame };
  }
  if (list.length > 1) {
    const middle = list.length >> 1;
    const frame = run(work, list.slice(0, middle), tried, depth);
    const order = frame ? [frame, ...tried.filter((f) => f !== frame)] : tried;
    return run(work, list.slice(middle), order, depth) ?? frame;
  }
  if (!failure) return undefined;
  return patch(work, first, failure.frame, failure.result) ?? descend(work, first, depth);
}

function parseFramed(work: Work, start: number, end: number, frame: Frame, patches: readonly Patch[]): ReturnType<Attempt> {
  const length = end - start;
  // An attempt has a price of its own, whatever its length.
  work.left -= length + 800;
  if (work.left <= 0) return { at: -1, message: '', expected: '' };
  let body = '';
  let at = start;
  for (const patch of patches) {
    body += work.text.slice(at, patch.start) + patch.text;
    at = patch.end;
  }
  body += work.text.slice(at, end);
  const result = work.attempt(frame.before + body + frame.after);
  if (result.file) {
    relocate(result.file, start, end, frame.before.length, patches);
    if (frame === frames[0]) {
      const [outer] = result.file.program.body;
      if (outer?.type === 'FunctionDeclaration') {
        result.file.program.body = outer.body.body;
        result.file.program.directives = outer.body.directives;
      }
    }
    return result;
  }
  return result.at < 0 ? result : { ...result, at: original(result.at - frame.before.length, start, end, patches) };
}

/** The place in the text of an offset into a patched piece of it. */
function original(offset: number, start: number, end: number, patches: readonly Patch[]): number {
  let at = start + Math.max(0, offset);
  for (const { start: from, end: to, text } of patches) {
    if (at < from) break;
    if (at < from + text.length) {
      at = Math.min(at, to);
      break;
    }
    at += to - from - text.length;
  }
  return Math.min(at, end);
}

type Loose = Record<string, unknown> & { start?: number | null; end?: number | null };

/** Moves every node and comment of a piece to where it stands in the whole text. */
function relocate(file: File, start: number, end: number, shift: number, patches: readonly Patch[]): void {
  if (start === 0 && shift === 0 && !patches.length) return;
  const seen = new Set<unknown>();
  const stack: unknown[] = [file];
  while (stack.length) {
    const node = stack.pop() as Loose;
    if (seen.has(node)) continue;
    seen.add(node);
    if (typeof node.start === 'number') node.start = original(node.start - shift, start, end, patches);
    if (typeof node.end === 'number') node.end = original(node.end - shift, start, end, patches);
    for (const key in node) {
      if (key === 'loc' || key === 'errors') continue;
      const value = node[key];
      if (value && typeof value === 'object') stack.push(value);
    }
  }
}

function merge(pieces: readonly File[], length: number): File | undefined {
  const [first] = pieces;
  if (!first) return undefined;
  const { program } = first;
  program.body = pieces.flatMap((piece) => piece.program.body).sort((a, b) => a.start! - b.start!);
  program.directives = pieces.flatMap((piece) => piece.program.directives).sort((a, b) => a.start! - b.start!);
  first.comments = pieces.flatMap((piece) => piece.comments ?? []).sort((a, b) => a.start! - b.start!);
  first.start = program.start = 0;
  first.end = program.end = length;
  return first;
}

// ------------------------------------------------------------------------------------------------ patches

/** Tries to make one unit parse by small patches; the frame it parsed in, or undefined. */
function patch(work: Work, unit: Unit, frame: Frame, failure: Failure): Frame | undefined {
  if (failure.at < 0) return undefined;
  const { text } = work;
  const attempted = new Set<string>();
  let best: { patches: Patch[]; failure: Failure } = { patches: [], failure };
  // Each round starts from the patches that brought the parser furthest.
  for (let round = 0; round < 3; round++) {
    const from = best;
    for (const more of candidates(text, unit, from.failure, from.patches)) {
      const patches = [...from.patches, ...more].sort((a, b) => a.start - b.start || a.end - b.end);
      const key = patches.map((p) => `${p.start},${p.end},${p.text}`).join(';');
      if (attempted.has(key) || overlap(patches)) continue;
      attempted.add(key);
      if (attempted.size > 40) return undefined;
      const result = parseFramed(work, unit.start, unit.end, frame, patches);
      if (result.file) {
        work.pieces.push(result.file);
        return frame;
      }
      if (result.at > best.failure.at + 1) best = { patches, failure: result };
    }
    if (best === from) return undefined;
  }
  return undefined;
}

const overlap = (patches: readonly Patch[]): boolean => patches.some((p, i) => i > 0 && p.start < patches[i - 1]!.end);

function* candidates(text: string, unit: Unit, failure: Failure, patches: readonly Patch[]): Generator<Patch[]> {
  const { at, expected } = failure;
  const scanned = scan(text, unit.start, unit.end);
  const { lines, brackets } = scanned;
  const here = lineAt(lines, at);
  const before = previousCode(lines, here);
  if (!patches.length) {
    // What the parser asks for, then what is still open here.
    const wanted = new Set<string>();
    const { open } = unmatched(brackets, unit.start, at);
    if (/^[,;:)\]}]$/.test(expected)) wanted.add(expected);
    const inner = open.at(-1);
    if (inner && inner.char !== '{') wanted.add(closer(inner.char));
    for (const char of wanted) yield [{ start: at, end: at, text: char }];
    yield [{ start: at, end: at, text: '_' }];
    const marked = suspects(scanned);
    for (const line of marked.slice(0, 2)) yield* insteadOf(text, unit, scanned, line, line, true);
    for (const line of marked.slice(0, 2)) yield* insteadOf(text, unit, scanned, line, line, false);
  }
  yield* insteadOf(text, unit, scanned, here, here, false);
  if (before !== here) yield* insteadOf(text, unit, scanned, before, before, false);
  yield* insteadOf(text, unit, scanned, here, here, true);
  if (before !== here) yield* insteadOf(text, unit, scanned, before, here, false);
}

function lineAt(lines: readonly CodeLine[], at: number): number {
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (lines[middle]!.start <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

function previousCode(lines: readonly CodeLine[], line: number): number {
  for (let i = line - 1; i >= 0; i--) if (lines[i]!.code) return i;
  return line;
}

/**
 * Blanks lines, or inserts before them (`gap`), and puts the brackets there that the code before leaves open and the code
 * after expects.
 */
function* insteadOf(text: string, unit: Unit, scanned: Scan, from: number, to: number, gap: boolean): Generator<Patch[]> {
  const first = scanned.lines[from];
  const last = scanned.lines[to];
  if (!first || !last) return;
  const end = gap ? first.start : last.end;
  const { open } = unmatched(scanned.brackets, unit.start, first.start);
  // The damage may have put the scanner out of step (a lost backtick): what follows is read afresh.
  const rest = scan(text, end, unit.end);
  const { close } = unmatched(rest.brackets, end, unit.end);
  const need = close.map((bracket) => opener(bracket.char)).reverse();
  let same = 0;
  while (same < open.length && same < need.length && open[same]!.char === need[same]) same++;
  if (gap && same === open.length && same === need.length) return;
  const closing = open
    .slice(same)
    .reverse()
    .map((bracket) => closer(bracket.char))
    .join('');
  const opening = need.slice(same).join('');
  if (closing.length + opening.length > 12) return;
  for (const words of bridges(text, closing, opening, end, close.at(need.length - 1 - same)?.at ?? unit.end)) {
    yield [{ start: gap ? first.start : first.first, end, text: words }];
  }
}

/** Texts that close and open the given brackets, in the forms that statements, arguments, properties and classes need. */
function bridges(text: string, closing: string, opening: string, bodyStart: number, bodyEnd: number): string[] {
  if (!opening) return closing ? [closing, `${closing};`, `${closing},`] : ['', '_', ',', ';'];
  const after = /^[)\]};,\s]*(else|catch|finally)\b/.exec(text.slice(bodyEnd, bodyEnd + 40))?.[1];
  const body = /^\s*(case|default)\b/.exec(text.slice(bodyStart, bodyStart + 200))?.[1];
  if (opening === '{') {
    if (body) return [`${closing}switch(_){`, `${closing};switch(_){`];
    if (after) return [after === 'else' ? `${closing}if(_){` : `${closing}try{`];
    return ['{', ';_={', '_:{', 'async*_(){', ',_:{', 'class _{', '_(async()=>{'].map((words) => closing + words);
  }
  if (opening.endsWith('{')) {
    const outer = opening.slice(0, -1);
    return [`_${outer}{`, `_${outer}async()=>{`, `_:_${outer}async()=>{`, `_${outer}class{`].map((words) => closing + words);
  }
  return [`_${opening}`, `_:${opening}`, `;_=${opening}`, opening].map((words) => closing + words);
}

// ------------------------------------------------------------------------------------------------ descent

/** Gives up a unit as a whole: its first line and the lines between its parts are read alone, its body as units. */
function descend(work: Work, unit: Unit, depth: number): Frame | undefined {
  if (depth > 60) return undefined;
  const { text } = work;
  const { lines } = scan(text, unit.start, unit.end);
  const code = lines.filter((line) => line.code);
  const [header] = code;
  if (!header || code.length < 2) return salvage(work, header);
  if (text[header.first] === '@') {
    // A decorator is read by itself, and so is what it decorates.
    const rest = code.find((line) => line !== header && !line.inside && line.indent <= header.indent && !')]}'.includes(text[line.first]!));
    const end = rest?.start ?? unit.end;
    const result = parseFramed(work, header.first + 1, end, frames[0]!, []);
    if (result.file) {
      work.pieces.push(result.file);
      return rest && run(work, [{ start: end, end: unit.end }], [none, ...frames], depth + 1);
    }
  }
  salvage(work, header);
  // Lines that stand no deeper than the header separate bodies: `} else {`, `);`.
  let from = lines.indexOf(header) + 1;
  const body = (to: number): void => {
    const start = lines[from]?.start;
    const end = lines[to]?.start ?? unit.end;
    if (start !== undefined && start < end) run(work, units(text, start, end), frames, depth + 1);
  };
  for (let i = from; i < lines.length; i++) {
    const line = lines[i]!;
    if (!line.code || line.inside || line.indent > header.indent) continue;
    body(i);
    salvage(work, line);
    from = i + 1;
  }
  body(lines.length);
  return undefined;
}

/** What a lone line such as `} else if (test(x)) {` holds, with its brackets completed. */
function salvage(work: Work, line: CodeLine | undefined): undefined {
  if (!line) return undefined;
  const lead = /^[\s}\])]*(?:else\b|catch\b|finally\b|[;,]|\.(?=\w))?\s*/.exec(work.text.slice(line.start, line.end))![0].length;
  const start = line.start + lead;
  if (line.end - start < 3) return undefined;
  const { brackets } = scan(work.text, start, line.end);
  const { open } = unmatched(brackets, start, line.end);
  const closing = open
    .reverse()
    .map((bracket) => closer(bracket.char))
    .join('');
  const patches = [{ start: line.end, end: line.end, text: closing }];
  for (const frame of [frames[0]!, frames[2]!, frames[3]!, frames[1]!]) {
    const result = parseFramed(work, start, line.end, frame, patches);
    if (result.file) {
      work.pieces.push(result.file);
      break;
    }
  }
  return undefined;
}
