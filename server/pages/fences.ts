import { platforms, type Platform } from '../engine/types.ts';

/** A code fence of a page: a test. */
export interface Fence {
  readonly kind: 'bad' | 'fixed' | 'good';
  /** The first word: `terraform`, `yaml`, `typescript` … */
  readonly language: string;
  /** Set when the fence names a platform, because one language (yaml) serves several. */
  readonly platform?: Platform;
  readonly path?: string;
  /** One-based lines on which exactly one finding starts each; only of `bad`. */
  readonly lines: readonly number[];
  readonly text: string;
  /** One-based line of the page on which the fence opens. */
  readonly line: number;
}

/** Reads the fences of a page's body. `offset` lines stand before the body. Fences without a kind are prose and left out. */
export function fencesOf(body: string, offset: number, problem: (line: number, message: string) => void): readonly Fence[] {
  const fences: Fence[] = [];
  const lines = body.split(/\r?\n/);
  for (let i = 0; i < lines.length; i++) {
    const open = /^(`{3,}|~{3,})(.*)$/.exec(lines[i]!);
    if (!open) continue;
    const start = i;
    const content: string[] = [];
    for (i++; i < lines.length && !lines[i]!.startsWith(open[1]!); i++) content.push(lines[i]!);
    if (i === lines.length) problem(offset + start + 1, 'this fence is never closed');
    const words = open[2]!.trim().split(/[\s,]+/);
    const kind = words.find((word): word is Fence['kind'] => word === 'bad' || word === 'fixed' || word === 'good');
    if (!kind) continue;
    const path = words.find((word) => word.startsWith('path='))?.slice(5);
    const platform = words.find((word): word is Platform => (platforms as readonly string[]).includes(word));
    const numbers = words.filter((word) => /^\d+(-\d+)?$/.test(word)).flatMap(range);
    if (kind === 'bad' && numbers.length === 0) problem(offset + start + 1, 'a bad fence says on which lines the findings are: `bad 3`');
    if (kind === 'fixed' && fences.at(-1)?.kind !== 'bad') problem(offset + start + 1, 'a fixed fence follows a bad one');
    fences.push({
      kind,
      language: words[0]!,
      ...(platform && { platform }),
      ...(path !== undefined && { path }),
      lines: numbers,
      text: content.map((line) => `${line}\n`).join(''),
      line: offset + start + 1,
    });
  }
  return fences;
}

function range(word: string): number[] {
  const [first, last = first] = word.split('-').map(Number);
  return Array.from({ length: last! - first! + 1 }, (_, i) => first! + i);
}
