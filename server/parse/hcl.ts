import { Language, Parser } from 'web-tree-sitter';
import type { Entry, MapNode, Node, Span } from '../engine/tree.ts';
import {
  eachChild,
  expression,
  literal,
  maxDepth,
  spanOf,
  templateOf,
  textAt,
  unknown,
  type HclUnknown,
  type Reader,
} from './hcl-expression.ts';
import { repair, type Piece } from './hcl-repair.ts';
import type { Parse, Problem } from './parsed.ts';

let parser: Parser | undefined;

/** Makes `parseHcl` usable. Takes the bytes of web-tree-sitter.wasm (undefined: found beside its module) and of
 *  tree-sitter-terraform.wasm. Rejects when they are no such modules. */
export async function loadHcl(core: Uint8Array | undefined, grammar: Uint8Array): Promise<void> {
  if (parser) return;
  await Parser.init(core && { wasmBinary: core as Uint8Array<ArrayBuffer> });
  const language = await Language.load(grammar);
  parser ??= new Parser().setLanguage(language);
}

/** `.tf`, `.tfvars`, `.hcl` → one map of top-level blocks and attributes. Expressions that aren't literals are unknowns that
 *  carry their operation (HclUnknown). Call `loadHcl` first; before that everything is one problem. */
export const parseHcl: Parse = (document) => {
  const { text } = document;
  const problems: Problem[] = [];
  const problem = (span: Span, message: string): void => {
    problems.push({ span, message });
  };
  const root = (entries: readonly Entry[], open: boolean): MapNode => ({
    kind: 'map',
    span: { start: 0, end: text.length },
    entries,
    ...(open && { open }),
  });
  if (!parser)
    return { document, trees: [root([], true)], problems: [{ span: { start: 0, end: 0 }, message: 'The HCL grammar is not loaded' }] };

  const whole = readBody(pieceOf(text, 0, text.length), problem);
  if (whole && !whole.broken) return { document, trees: [root(whole.entries, false)], problems };

  // The grammar knows no line ends, so one half-typed line can swallow what follows: cut the text into sound pieces and read those.
  problems.length = 0;
  const entries: Entry[] = [];
  for (const piece of repair(text, problem)) for (const entry of readPiece(piece, problem)) entries.push(entry);
  return { document, trees: [root(entries, true)], problems };
};

/** The node of a template's bare text (`a-${var.b}`), every span being `span`: for JSON strings that Terraform evaluates. */
export function parseTemplate(text: string, span: Span): Node {
  // A heredoc takes any text as it is; only its last newline is not part of it.
  let mark = 'T';
  while (text.includes(mark)) mark += 'T';
  const source = `_ = <<${mark}\n${text}\n${mark}\n`;
  const body = readBody(pieceOf(source, 0, source.length), () => undefined);
  const value = body && !body.broken ? body.entries[0]?.value : undefined;
  const operation = (value as HclUnknown | undefined)?.operation;
  if (value?.kind === 'scalar') return { kind: 'scalar', span, value: String(value.value).slice(0, -1) };
  if (operation?.kind !== 'template') return unknown(span);
  const last = operation.parts.at(-1);
  const parts = [...operation.parts.slice(0, -1), ...(typeof last === 'string' && last !== '\n' ? [last.slice(0, -1)] : [])];
  return respan(templateOf(span, parts), span) as Node;
}

/** A copy of a node, operations included, with all spans replaced. */
function respan(value: unknown, span: Span): unknown {
  if (Array.isArray(value)) return value.map((item) => respan(item, span));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, key === 'span' || key === 'keySpan' ? span : respan(v, span)]));
}

interface Body {
  readonly entries: readonly Entry[];
  readonly broken: boolean;
}

const pieceOf = (text: string, start: number, end: number): Piece => ({ start, end, text, holes: new Set(), blocks: [], values: [] });

/** A piece that is still broken is read block by block, and a block without the values that break it. */
function readPiece(piece: Piece, problem: Reader['problem']): readonly Entry[] {
  const found: Problem[] = [];
  const body = readBody(piece, (span, message) => found.push({ span, message }));
  const { start, end, text, blocks } = piece;
  if (body?.broken && blocks.length > 1) {
    const starts = [start, ...blocks.filter((block) => block > start)];
    let value = 0;
    return starts.flatMap((from, i) => {
      const last = i === starts.length - 1;
      const to = starts[i + 1] ?? end;
      const values: Span[] = [];
      for (let v = piece.values[value]; v && v.start < to; v = piece.values[++value]) values.push(v);
      return readPiece(
        { ...piece, start: from, end: to, text: text.slice(from - start, last ? undefined : to - start), blocks: [from], values },
        problem,
      );
    });
  }
  if (body?.broken) {
    const again = readBody(withoutBroken(piece, problem), problem);
    if (again && !again.broken) return again.entries;
  }
  for (const one of found) problem(one.span, one.message);
  return body?.entries ?? [];
}

/** Characters that may be parsed again in search of the line that breaks a value: about 20 ms. */
const mostRepaired = 50_000;

/** The piece with a placeholder for each value, or line of a value, that is broken by itself. */
function withoutBroken({ text, ...piece }: Piece, problem: Reader['problem']): Piece {
  const holes = new Set(piece.holes);
  let left = mostRepaired;
  let whole = text;
  for (const { start, end } of piece.values) {
    const [from, to] = [start - piece.start, end - piece.start];
    const value = text.slice(from, to);
    if (!isBroken(value)) continue;
    let broken = { from: 0, to: value.length };
    for (const line of linesOf(value)) {
      left -= value.length + 100;
      if (left < 0) break;
      if (isBroken(withHole(value, line))) continue;
      broken = line;
      break;
    }
    whole = whole.slice(0, from) + withHole(value, broken) + whole.slice(to);
    holes.add(start + broken.from);
    problem({ start: start + broken.from, end: start + broken.to }, 'This value cannot be read');
  }
  return { ...piece, text: whole, holes };
}

/** The lines of a value but for the first, each without its key, its indentation and its comma. */
function* linesOf(value: string): Generator<{ from: number; to: number }> {
  for (let start = value.indexOf('\n') + 1; start > 0; start = value.indexOf('\n', start) + 1) {
    const end = value.indexOf('\n', start);
    const line = value.slice(start, end < 0 ? undefined : end);
    const from = /^\s*(?:(?:[\w-]+|"[^"]*")\s*[=:])?/.exec(line)![0].length;
    const to = line.trimEnd().replace(/,$/, '').length;
    if (from < to) yield { from: start + from, to: start + to };
  }
}

function withHole(text: string, { from, to }: { readonly from: number; readonly to: number }): string {
  return `${text.slice(0, from)}_${text.slice(from + 1, to).replace(/[^\r\n]/g, ' ')}${text.slice(Math.max(to, from + 1))}`;
}

function isBroken(value: string): boolean {
  const tree = parser?.parse(`_ =${value}\n`);
  const broken = tree?.rootNode.hasError ?? true;
  tree?.delete();
  return broken;
}

function readBody({ start, end, text, holes }: Piece, problem: Reader['problem']): Body | undefined {
  if (!parser) return undefined;
  // The grammar wants a line end behind a heredoc's closing word.
  const tree = parser.parse(text.endsWith('\n') ? text : `${text}\n`);
  if (!tree) {
    parser.reset();
    return undefined;
  }
  const cursor = tree.walk();
  try {
    const broken = tree.rootNode.hasError;
    const entries: Entry[] = [];
    body({ cursor, text, base: start, limit: end, holes, problem }, entries, 0);
    return { entries, broken };
  } finally {
    // Both live in the WebAssembly heap, which the garbage collector doesn't see.
    cursor.delete();
    tree.delete();
  }
}

/** Collects attributes and blocks below the cursor, error nodes looked through. Returns false where something was left out. */
function body(r: Reader, entries: Entry[], depth: number): boolean {
  let sound = true;
  eachChild(r, (type) => {
    switch (type) {
      case 'attribute':
        entries.push(attribute(r, depth + 1));
        return;
      case 'block': {
        const entry = block(r, depth + 1);
        if (entry) entries.push(entry);
        else sound = false;
        return;
      }
      case 'body':
        if (!body(r, entries, depth)) sound = false;
        return;
      case 'ERROR':
        r.problem(spanOf(r), 'Syntax error');
        sound = false;
        if (depth < maxDepth) body(r, entries, depth + 1);
        return;
    }
  });
  return sound;
}

function attribute(r: Reader, depth: number): Entry {
  const span = spanOf(r);
  let keySpan = { start: span.start, end: span.start };
  let value: Node | undefined;
  let broken = false;
  eachChild(r, (type) => {
    if (type === 'identifier' && keySpan.end === span.start) keySpan = spanOf(r);
    else if (type === 'expression') value = expression(r, depth);
    else if (type === 'ERROR') {
      broken = true;
      r.problem(spanOf(r), 'Syntax error');
    }
  });
  return { key: textAt(r, keySpan), keySpan, span, value: value && !broken ? value : unknown(value?.span ?? span) };
}

function block(r: Reader, depth: number): Entry | undefined {
  const span = spanOf(r);
  let keySpan: Span | undefined;
  const labels: string[] = [];
  const entries: Entry[] = [];
  let start = span.end;
  let sound = depth < maxDepth;
  eachChild(r, (type) => {
    switch (type) {
      case 'identifier':
        if (keySpan) labels.push(textAt(r, spanOf(r)));
        else keySpan = spanOf(r);
        return;
      case 'string_lit': {
        const label = literal(r);
        if (label.kind === 'scalar') labels.push(String(label.value));
        return;
      }
      case 'block_start':
        start = spanOf(r).start;
        return;
      case 'body':
        if (sound) sound = body(r, entries, depth);
        return;
      case 'block_end':
        if (r.cursor.nodeIsMissing) r.problem({ start, end: start + 1 }, 'This block is not closed');
        return;
      case 'ERROR':
        r.problem(spanOf(r), 'Syntax error');
        sound = false;
        if (depth < maxDepth) body(r, entries, depth);
        return;
    }
  });
  if (!keySpan) return undefined;
  const value: MapNode = { kind: 'map', span: { start, end: span.end }, entries, ...(!sound && { open: true }) };
  return { key: textAt(r, keySpan), keySpan, span, value, block: true, labels };
}
