import { statSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { CodeQuery } from '../engine/types.ts';
import { programExports, type Foreign, type Imports as Lookup } from '../facts/index.ts';
import { parse, syntaxOf } from '../parse/index.ts';
import { readText, type Read } from './files.ts';

/** Files that lead to files that lead to files: no further than this. */
const deepest = 5;
/** What is known of so many files is kept. */
const most = 2000;
/** Larger ones are bundles, not modules that somebody writes. */
const longest = 300_000;
const program = /\.[cm]?[jt]sx?$/i;
const endings = ['.ts', '.tsx', '.js', '.jsx', '.mjs', '.cjs', '.mts', '.cts'];

interface Known {
  readonly foreign: Foreign | undefined;
  readonly queries: readonly CodeQuery[];
  /** The files that it was made from. */
  readonly from: ReadonlySet<string>;
}

/** What the programs of a project do with what other files hand to them: each is looked at once, and again when it, or one that it imports, changes. Never throws. */
export class Imports {
  /** Changes whenever something that was known may be different. */
  version = 0;
  private readonly root: string;
  private readonly read: (absolute: string) => Read;
  private readonly known = new Map<string, Known>();
  /** Texts that an editor holds. */
  private readonly buffers = new Map<string, string>();
  private readonly making = new Set<string>();

  constructor(root: string, read: (absolute: string) => Read = readText) {
    this.root = root;
    this.read = read;
  }

  /** A way in for the analysis of one file. `used` collects the files that were looked at. */
  lookup(used: Set<string>): Lookup {
    // An import is asked for at each use of it, and finding its file asks the disk for up to twenty names.
    const resolved = new Map<string, string | undefined>();
    return {
      foreign: (specifier, from, queries) => {
        const key = `${from}\n${specifier}`;
        if (!resolved.has(key)) resolved.set(key, this.resolve(specifier, from));
        const path = resolved.get(key);
        if (path === undefined || this.making.size >= deepest) return undefined;
        const known = this.of(path, queries);
        for (const one of known?.from ?? []) used.add(one);
        return known?.foreign;
      },
    };
  }

  /** The file has this text now, in an editor. */
  update(path: string, text: string): void {
    if (!program.test(path)) return;
    this.buffers.set(path, text);
    this.changed(path);
  }

  /** The file changed, came or went on disk, or the editor let go of it. Without a path: anything may have. */
  forget(path?: string): void {
    if (path === undefined) {
      this.known.clear();
      this.version++;
      return;
    }
    this.buffers.delete(path);
    this.changed(path);
  }

  private changed(path: string): void {
    for (const [other, { from }] of this.known) {
      if (!from.has(path)) continue;
      this.known.delete(other);
      this.version++;
    }
  }

  private of(path: string, queries: readonly CodeQuery[]): Known | undefined {
    const known = this.known.get(path);
    if (known?.queries === queries) return known;
    // Files that import each other.
    if (this.making.has(path)) return undefined;
    this.making.add(path);
    const from = new Set([path]);
    let foreign: Foreign | undefined;
    try {
      const text = this.textOf(path);
      const syntax = text === undefined ? 'text' : syntaxOf(path, text);
      if (text !== undefined && syntax === 'javascript' && text.length <= longest)
        foreign = programExports(parse({ path, text, syntax }), queries, this.lookup(from));
    } catch {
      // A fault of ours in one file leaves the others as they are.
    } finally {
      this.making.delete(path);
    }
    const made = { foreign, queries, from };
    this.known.set(path, made);
    if (this.known.size > most) this.known.delete(this.known.keys().next().value!);
    return made;
  }

  private textOf(path: string): string | undefined {
    const buffer = this.buffers.get(path);
    if (buffer !== undefined) return buffer;
    const read = this.read(join(this.root, path));
    return 'text' in read ? read.text : undefined;
  }

  /** The file that `./db` means in another. */
  private resolve(specifier: string, from: string): string | undefined {
    const base = posix.join(posix.dirname(from), specifier);
    if (base.startsWith('..')) return undefined;
    const stem = base.replace(/\.[cm]?jsx?$/i, '');
    const names = [
      ...(program.test(base) ? [base] : []),
      ...endings.map((ending) => base + ending),
      // TypeScript's way to import `./db.ts` is `./db.js`.
      ...(stem === base ? [] : endings.slice(0, 2).map((ending) => stem + ending)),
      ...endings.map((ending) => `${base}/index${ending}`),
    ];
    return names.find((name) => this.buffers.has(name) || isFile(join(this.root, name)));
  }
}

function isFile(absolute: string): boolean {
  try {
    return statSync(absolute).isFile();
  } catch {
    return false;
  }
}
