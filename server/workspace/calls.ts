import { readdirSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { calledFolder } from '../facts/terraform-calls.ts';
import { readText, type Read } from './files.ts';
import { folderOf } from './modules.ts';

/** Folders beyond these aren't searched for calls, and files beyond these aren't read; those nearest to the project's own come first. */
const mostFolders = 4000;
const mostFiles = 4000;
const declares = /\.(?:tf|tofu)(?:\.json)?$/i;
/** What looks like the source of a local module, in HCL or JSON; the extractor decides whether it is one. */
const localSource = /\bsource"?[ \t]{0,200}[=:][ \t]{0,200}"(\.{1,2}\/[^"\r\n$]{0,500})"/g;

const none: ReadonlySet<string> = new Set();

type Edges = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Which folders of Terraform call which others as local modules, in a whole project. It is read at the first question and kept up to date by `update`
 * and `forget`. Never throws.
 */
export class Calls {
  private readonly root: string;
  private readonly read: (absolute: string) => Read;
  /** The folders that a file calls, for the files that call any. */
  private files: Map<string, ReadonlySet<string>> | undefined;
  private edges: { readonly callers: Edges; readonly called: Edges } | undefined;

  constructor(root: string, read: (absolute: string) => Read = readText) {
    this.root = root;
    this.read = read;
  }

  /** The folders whose files call `folder`, directly or through others, nearest first. */
  callersOf(folder: string): readonly string[] {
    return reached(folder, this.index().callers);
  }

  /** The folders that `folder` calls, directly or through others, nearest first. */
  calledBy(folder: string): readonly string[] {
    return reached(folder, this.index().called);
  }

  /** The file has this text now, in an editor. */
  update(path: string, text: string): void {
    if (this.files && declares.test(path)) this.enter(this.files, path, text);
  }

  /** The file or folder changed, came or went on disk. Without a path: anything may have. */
  forget(path?: string): void {
    const name = path?.slice(path.lastIndexOf('/') + 1);
    if (path !== undefined && declares.test(path)) {
      if (this.files) this.load(this.files, path);
    } else if (!name?.includes('.')) {
      this.files = undefined;
      this.edges = undefined;
    }
  }

  private load(files: Map<string, ReadonlySet<string>>, path: string): void {
    const read = this.read(join(this.root, path));
    this.enter(files, path, 'text' in read ? read.text : '');
  }

  private enter(files: Map<string, ReadonlySet<string>>, path: string, text: string): void {
    const folder = folderOf(path);
    const called = new Set<string>();
    for (const [, source] of text.matchAll(localSource)) {
      const target = calledFolder(folder, source!);
      if (target !== undefined && target !== folder) called.add(target);
    }
    const before = files.get(path);
    if (sameSet(before ?? none, called)) return;
    if (called.size > 0) files.set(path, called);
    else files.delete(path);
    this.edges = undefined;
  }

  private index(): { readonly callers: Edges; readonly called: Edges } {
    if (!this.files) {
      this.files = new Map();
      for (const path of terraformFiles(this.root)) this.load(this.files, path);
    }
    if (!this.edges) {
      const callers = new Map<string, Set<string>>();
      const called = new Map<string, Set<string>>();
      for (const [path, targets] of [...this.files].sort()) {
        for (const target of targets) {
          add(callers, target, folderOf(path));
          add(called, folderOf(path), target);
        }
      }
      this.edges = { callers, called };
    }
    return this.edges;
  }
}

function add(edges: Map<string, Set<string>>, from: string, to: string): void {
  const known = edges.get(from);
  if (known) known.add(to);
  else edges.set(from, new Set([to]));
}

function sameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((one) => b.has(one));
}

function reached(folder: string, edges: Edges): readonly string[] {
  const found = new Set([folder]);
  // A set grows while it is walked: callers of callers follow.
  for (const one of found) for (const next of edges.get(one) ?? []) found.add(next);
  found.delete(folder);
  return [...found];
}

/** Breadth first: what lies near the top is seen before the limits are reached. Links, hidden folders and dependencies are left out. */
function* terraformFiles(root: string): Generator<string> {
  const folders = [''];
  let files = 0;
  for (let i = 0; i < folders.length && i < mostFolders; i++) {
    const folder = folders[i]!;
    let entries: Dirent[];
    try {
      entries = readdirSync(join(root, folder), { withFileTypes: true });
    } catch {
      continue;
    }
    for (const entry of entries) {
      const path = folder ? `${folder}/${entry.name}` : entry.name;
      if (entry.isDirectory()) {
        if (!entry.name.startsWith('.') && entry.name !== 'node_modules') folders.push(path);
      } else if (declares.test(entry.name)) {
        if (++files > mostFiles) return;
        yield path;
      }
    }
  }
}
