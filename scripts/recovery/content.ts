import { Lines } from '../../server/engine/positions.ts';
import { walk, type Span } from '../../server/engine/tree.ts';
import type { Parsed } from '../../server/parse/parsed.ts';
import type { Cut } from './damage.ts';

/** Something at a place that should be found again at the same place. */
export interface Item extends Span {
  readonly text: string;
}

/** What findings rest on, and the extents of statements or entries. */
export interface Content {
  readonly items: readonly Item[];
  readonly statements: readonly Span[];
}

/** The scalars of configuration with their keys; the calls and strings of a program. */
export function contentOf(parsed: Parsed): Content {
  return parsed.program ? ofProgram(parsed) : ofTrees(parsed);
}

function ofTrees({ trees }: Parsed): Content {
  const items: Item[] = [];
  const statements: Span[] = [];
  for (const tree of trees) {
    walk(tree, (node, _path, entry) => {
      if (entry) statements.push(entry.span);
      // An item of a list, an instruction of a Dockerfile.
      if (node.kind === 'map') statements.push(node.span);
      if (node.kind === 'scalar') items.push({ text: `${entry?.key ?? ''}=${String(node.value)}`, ...node.span });
    });
  }
  return { items, statements };
}

type Loose = Record<string, unknown> & { type?: string; start?: number; end?: number };

function ofProgram({ program, document }: Parsed): Content {
  const items: Item[] = [];
  const statements: Span[] = [];
  const stack: unknown[] = program ? [program.program] : [];
  while (stack.length) {
    const node = stack.pop() as Loose;
    const { type, start = 0, end = 0 } = node;
    if (typeof type === 'string') {
      if (type === 'StringLiteral' || type === 'TemplateElement') items.push({ text: document.text.slice(start, end), start, end });
      if (type === 'CallExpression' || type === 'NewExpression' || type === 'OptionalCallExpression') {
        const callee = node.callee as Loose;
        items.push({ text: `${document.text.slice(callee.start, callee.end)}()`, start, end });
      }
      if (/Statement$|Declaration$|^(?:Object|Class)(?:Method|Property)$|^SwitchCase$/.test(type) && type !== 'BlockStatement')
        statements.push({ start, end });
    }
    for (const key in node) {
      const value = node[key];
      if (value && typeof value === 'object' && key !== 'loc' && key !== 'extra') stack.push(value);
    }
  }
  return { items, statements };
}

/** What counts as damaged: three lines around the cut, and the innermost statement or entry that encloses it. */
export function damagedPart(text: string, hurt: Cut, { statements }: Content): Span {
  const lines = new Lines(text);
  let start = lines.starts[Math.max(0, lines.position(hurt.start).line - 3)]!;
  let end = lines.starts[lines.position(hurt.end).line + 4] ?? text.length;
  let innermost: Span | undefined;
  // A deleted line's indentation and end belong to no statement.
  const cut = text.slice(hurt.start, hurt.end);
  const from = hurt.start + cut.length - cut.trimStart().length;
  const to = hurt.start + cut.trimEnd().length;
  for (const s of statements) {
    if (s.start > from || s.end < to) continue;
    if (!innermost || s.end - s.start < innermost.end - innermost.start) innermost = s;
  }
  if (innermost) {
    start = Math.min(start, innermost.start);
    end = Math.max(end, innermost.end);
  }
  return { start, end };
}

/** Those of `items` that lie outside the damaged part and are not among `seen`, where everything behind the cut has moved up. */
export function lostOf(
  items: readonly Item[],
  seen: readonly Item[],
  part: Span,
  hurt: Cut,
): { readonly expected: number; readonly lost: readonly Item[] } {
  const there = new Set(seen.map((item) => `${item.start} ${item.end} ${item.text}`));
  const expected = items.filter((item) => item.end <= part.start || item.start >= part.end);
  const shift = hurt.end - hurt.start;
  const lost = expected.filter(({ text, start, end }) => {
    const moved = start >= hurt.end ? shift : 0;
    return !there.has(`${start - moved} ${end - moved} ${text}`);
  });
  return { expected: expected.length, lost };
}
