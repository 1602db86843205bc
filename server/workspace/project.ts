import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { analyze, type Analysis, type RuleSet } from '../engine/analyze.ts';
import type { Fact, Literal, Platform, SourceDocument } from '../engine/types.ts';
import { extract } from '../facts/index.ts';
import { parse, syntaxOf } from '../parse/index.ts';
import type { Parsed } from '../parse/parsed.ts';
import { Calls } from './calls.ts';
import { limitedSyntax, readText, reasonOf, type Read } from './files.ts';
import './heap.ts';
import { Imports } from './imports.ts';
import { folderOf, isTerraform, moduleOf, sharesModule } from './modules.ts';

/** What is known of one document. */
export interface DocumentAnalysis extends Analysis {
  readonly document: SourceDocument;
  readonly parsed: Parsed;
  readonly platforms: readonly Platform[];
  /** Why the document got the text rules only, where that is worth telling; absent otherwise. */
  readonly limited?: string;
  /** Why nothing was looked at (unreadable, binary, too large); `findings` is then empty. */
  readonly skipped?: string;
}

/** A document as parsed, and the state of the disk that it stands for (absent for an editor's buffer). */
interface Source {
  readonly parsed: Parsed;
  readonly limited?: string;
  readonly skipped?: string;
  readonly stamp?: string;
}

interface Memo {
  readonly source: Source;
  readonly siblings: readonly Parsed[];
  readonly rules: RuleSet;
  /** The files that it imports, and what was known of them. */
  readonly imported: ReadonlySet<string>;
  readonly version: number;
  readonly analysis: DocumentAnalysis;
}

/**
 * Documents of other folders, for the projects of a scan that come after one another: what calls many modules would be parsed for each of them.
 * The oldest go when they are too many.
 */
export class Kept {
  private readonly sources = new Map<string, Source>();
  private size = 0;

  get(path: string): Source | undefined {
    return this.sources.get(path);
  }

  set(path: string, source: Source): void {
    if (this.sources.has(path)) return;
    this.sources.set(path, source);
    this.size += source.parsed.document.text.length;
    for (const [oldest, { parsed }] of this.sources) {
      if (this.size <= keptCharacters || oldest === path) break;
      this.sources.delete(oldest);
      this.size -= parsed.document.text.length;
    }
  }
}

/** A few megabytes of trees for each of these. */
const keptCharacters = 1_500_000;

/** More documents than this in one folder aren't one module; the first by name are taken. */
const siblingLimit = 200;
/** Folders that call a module beyond these, nearest first, don't count. */
const callerLimit = 12;

/**
 * One folder of files as the editor and the scan see it: buffers of the editor win over the disk, and a document is analysed together with those of its
 * module. Everything is memoised by the identity of what it was made from, so asking again costs a few `stat` calls. Paths are '/'-separated and
 * relative to `root`. Nothing here throws.
 */
export class Project {
  readonly root: string;
  private readonly rules: () => RuleSet;
  private readonly read: (absolute: string) => Read;
  private readonly still: boolean;
  private readonly calls: Calls;
  private readonly imports: Imports;
  private readonly kept: Kept | undefined;
  private readonly buffers = new Map<string, Source>();
  private readonly disk = new Map<string, Source>();
  private readonly listings = new Map<string, { readonly stamp: string; readonly paths: readonly string[] }>();
  private readonly memos = new Map<string, Memo>();

  /** `still`: the disk is taken not to change while the project lives, as in a scan; saves the `stat` calls. Projects of one root may share `calls`, `imports` and, when still, `kept`. */
  constructor(
    root: string,
    rules: () => RuleSet,
    read: (absolute: string) => Read = readText,
    still = false,
    calls: Calls = new Calls(root, read),
    imports: Imports = new Imports(root, read),
    kept?: Kept,
  ) {
    this.imports = imports;
    this.kept = still ? kept : undefined;
    this.root = root;
    this.still = still;
    this.calls = calls;
    this.rules = rules;
    this.read = read;
  }

  /** An editor holds the document with this text: from now on it counts, not the disk. Also for every change of it. */
  open(path: string, text: string): void {
    if (this.buffers.get(path)?.parsed.document.text === text) return;
    this.buffers.set(path, this.sourceOf(path, text));
    this.calls.update(path, text);
    this.imports.update(path, text);
  }

  /** The editor let go of the document: the disk counts again. */
  close(path: string): void {
    this.buffers.delete(path);
    this.invalidate(path);
  }

  /** Whether an editor holds the document. */
  isOpen(path: string): boolean {
    return this.buffers.has(path);
  }

  /** The analysis of a document as it is now. A file that can't be read has no findings and says why in `skipped`. */
  analysisOf(path: string): DocumentAnalysis {
    const source = this.source(path);
    const siblings = source.skipped ? [] : this.siblingsOf(path);
    const rules = this.rules();
    const memo = this.memos.get(path);
    const { version } = this.imports;
    const current = memo && (memo.imported.size === 0 || memo.version === version);
    if (current && memo.source === source && memo.rules === rules && same(memo.siblings, siblings)) return memo.analysis;
    const imported = new Set<string>();
    const analysis = this.analyse(source, siblings, rules, imported);
    this.memos.set(path, { source, siblings, rules, imported, version, analysis });
    return analysis;
  }

  /** The other documents that a document's references may lead to: those of its Terraform module and of those that call it, manifest folder or chart. */
  siblingsOf(path: string): readonly Parsed[] {
    const found: Parsed[] = [];
    const home = folderOf(path);
    for (const other of this.relatedPaths(path)) {
      if (other === path) continue;
      const source = this.source(other);
      if (folderOf(other) !== home) this.kept?.set(other, source);
      if (!source.skipped && source.parsed.document.syntax !== 'text') found.push(source.parsed);
    }
    return found;
  }

  /** A document as it is now, by its path; empty when it can't be read. */
  documentOf(path: string): SourceDocument {
    return this.source(path).parsed.document;
  }

  /** The open documents whose analysis may change when this one does; itself left out. */
  affectedBy(path: string): readonly string[] {
    const called = new Set(isTerraform(path) ? this.calls.calledBy(folderOf(path)) : []);
    return [...this.buffers.keys()].filter(
      (open) =>
        open !== path &&
        (sharesModule(open, path) ||
          (called.has(folderOf(open)) && isTerraform(open)) ||
          this.memos.get(open)?.imported.has(path) === true ||
          // It may have been related until just now.
          this.memos.get(open)?.siblings.some((sibling) => sibling.document.path === path)),
    );
  }

  /** All documents whose analysis may change when this one does, as far as the disk and the buffers tell now; itself left out. */
  dependentsOf(path: string): readonly string[] {
    const called = isTerraform(path) ? this.calls.calledBy(folderOf(path)) : [];
    const found = new Set([...this.modulePaths(path), ...called.flatMap((folder) => this.modulePaths(`${folder && `${folder}/`}main.tf`))]);
    found.delete(path);
    return [...found];
  }

  /** The file changed, came or went on disk. Without a path: everything may have. */
  invalidate(path?: string): void {
    if (path === undefined) {
      this.disk.clear();
      this.listings.clear();
      this.memos.clear();
      this.calls.forget();
      this.imports.forget();
      return;
    }
    this.disk.delete(path);
    if (!this.buffers.has(path)) {
      this.calls.forget(path);
      this.imports.forget(path);
    }
    this.listings.delete(folderOf(path));
    if (!this.buffers.has(path)) this.memos.delete(path);
  }

  private analyse(source: Source, siblings: readonly Parsed[], rules: RuleSet, imported: Set<string>): DocumentAnalysis {
    const { parsed } = source;
    const base = {
      document: parsed.document,
      parsed,
      ...(source.limited !== undefined && { limited: source.limited }),
      ...(source.skipped !== undefined && { skipped: source.skipped }),
    };
    if (source.skipped) return { ...base, platforms: [], findings: [], fixesOf: () => [], failures: [] };
    try {
      const { facts, literals, platforms } = extract(parsed, siblings, this.imports.lookup(imported));
      return { ...base, platforms, ...judged(parsed.document, facts, literals, rules) };
    } catch (error) {
      // A fault of ours in one document must cost neither the others nor its secrets.
      const limited = `analysed for secrets only: ${reasonOf(error)}`;
      return { ...base, limited, platforms: [], ...judged(parsed.document, [], [], rules) };
    }
  }

  /** The buffer, or the file as it is on disk now. */
  private source(path: string): Source {
    const buffer = this.buffers.get(path);
    if (buffer) return buffer;
    const absolute = join(this.root, path);
    const known = this.disk.get(path);
    if (known && this.still) return known;
    const stamp = stampOf(absolute);
    if (known?.stamp === stamp) return known;
    const kept = this.kept?.get(path);
    if (kept) return kept;
    const read = this.read(absolute);
    const source = 'text' in read ? this.sourceOf(path, read.text) : { parsed: nothing(path), skipped: read.skipped };
    const stamped = { ...source, stamp };
    this.disk.set(path, stamped);
    return stamped;
  }

  private sourceOf(path: string, text: string): Source {
    const { syntax, limited } = limitedSyntax(path, text, syntaxOf(path, text));
    const parsed = parse({ path, text, syntax });
    return limited === undefined ? { parsed } : { parsed, limited };
  }

  /** The paths of the module that the document belongs to, itself included, in order; open ones that aren't saved yet as well. */
  private modulePaths(path: string): readonly string[] {
    const module = moduleOf(path);
    if (!module) return [];
    const paths = new Set<string>();
    for (const folder of module.folders) for (const p of this.listing(folder)) if (module.has(p)) paths.add(p);
    for (const p of this.buffers.keys()) if (module.has(p)) paths.add(p);
    return [...paths].sort().slice(0, siblingLimit);
  }

  /** Those, and for Terraform the modules that call it. */
  private relatedPaths(path: string): readonly string[] {
    const own = this.modulePaths(path);
    if (!isTerraform(path)) return own;
    const callers = this.calls.callersOf(folderOf(path)).slice(0, callerLimit);
    return [...own, ...callers.flatMap((folder) => this.modulePaths(`${folder && `${folder}/`}main.tf`)).slice(0, siblingLimit)];
  }

  private listing(folder: string): readonly string[] {
    const absolute = join(this.root, folder);
    const known = this.listings.get(folder);
    if (known && this.still) return known.paths;
    const stamp = stampOf(absolute);
    if (known?.stamp === stamp) return known.paths;
    let paths: string[] = [];
    try {
      paths = readdirSync(absolute).map((name) => (folder ? `${folder}/${name}` : name));
    } catch {
      // A folder that isn't there (a buffer that was never saved) has no files.
    }
    this.listings.set(folder, { stamp, paths });
    return paths;
  }
}

function judged(document: SourceDocument, facts: readonly Fact[], literals: readonly Literal[], rules: RuleSet): Analysis {
  const analysis = analyze({ document, facts, literals }, rules);
  return { findings: analysis.findings, fixesOf: (finding) => analysis.fixesOf(finding), failures: analysis.failures };
}

function nothing(path: string): Parsed {
  return { document: { path, text: '', syntax: 'text' }, trees: [], problems: [] };
}

function same(a: readonly Parsed[], b: readonly Parsed[]): boolean {
  return a.length === b.length && a.every((x, i) => x === b[i]);
}

/** What changes when a file or a folder's list does; empty when it can't be seen. */
function stampOf(absolute: string): string {
  try {
    const stat = statSync(absolute);
    return `${stat.mtimeMs} ${stat.size} ${stat.ino}`;
  } catch {
    return '';
  }
}
