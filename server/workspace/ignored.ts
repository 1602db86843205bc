import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ignore, { type Ignore } from 'ignore';

/** Folders that hold other people's code or a tool's own state; never entered, with or without a .gitignore. */
const never = new Set(['.git', '.hg', '.svn', 'node_modules', '.terraform', '.terragrunt-cache', '.vscode-test']);

/**
 * What is left out of a project: the folders above, what the `.gitignore` files on the way say (the deepest that has an opinion wins, as in git),
 * and the `exclude` patterns of the configuration, which are in the same notation. Paths are '/'-separated and relative to `root`.
 */
export class Ignored {
  private readonly root: string;
  private readonly exclude: Ignore | undefined;
  private readonly excludeBase: string;
  private readonly gitignores = new Map<string, Ignore | undefined>();
  private readonly folders = new Map<string, boolean>();
  /** `.gitignore` files above this folder have no say: the user named a folder that they leave out. */
  private readonly base: string = '';

  constructor(root: string, exclude: readonly string[] = [], excludeBase = '', start = '') {
    this.root = root;
    this.exclude = exclude.length > 0 ? ignore().add([...exclude]) : undefined;
    this.excludeBase = excludeBase;
    if (start && this.has(start, true)) this.base = start;
    this.folders.clear();
  }

  /** Whether a file or folder is left out, by itself or with a folder around it. */
  has(path: string, folder = false): boolean {
    const cut = path.lastIndexOf('/');
    return (cut > 0 && this.hasFolder(path.slice(0, cut))) || this.at(path, folder);
  }

  /** Whether the configuration leaves a path out, whatever git says. */
  excludes(path: string): boolean {
    const inside = below(this.excludeBase, path);
    return this.exclude !== undefined && inside !== undefined && inside !== '' && this.exclude.ignores(inside);
  }

  /** As `has`, for a path whose folder is known not to be left out. */
  at(path: string, folder: boolean): boolean {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (folder && never.has(name)) return true;
    if (this.excludes(folder ? path + '/' : path)) return true;
    for (let above = parent(path); above !== undefined; above = parent(above)) {
      if (below(this.base, above) === undefined) break;
      const rules = this.gitignore(above);
      const inside = below(above, path);
      if (!rules || !inside) continue;
      // Only this very entry is asked about: the folders above it were decided before.
      const answer = rules.test(folder ? inside + '/' : inside);
      if (answer.ignored) return true;
      if (answer.unignored) return false;
    }
    return false;
  }

  private hasFolder(path: string): boolean {
    if (path === this.base || below(path, this.base) !== undefined) return false;
    let known = this.folders.get(path);
    if (known === undefined) {
      known = this.has(path, true);
      this.folders.set(path, known);
    }
    return known;
  }

  private gitignore(folder: string): Ignore | undefined {
    if (!this.gitignores.has(folder)) {
      const text = read(join(this.root, folder, '.gitignore')) + (folder === '' ? '\n' + read(join(this.root, '.git/info/exclude')) : '');
      this.gitignores.set(folder, text.trim() ? ignore().add(text) : undefined);
    }
    return this.gitignores.get(folder);
  }
}

/** The folder that holds a path; '' is the root, which has none. */
function parent(path: string): string | undefined {
  if (path === '') return undefined;
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** `path` relative to `folder`, or undefined when it lies elsewhere. */
function below(folder: string, path: string): string | undefined {
  if (folder === '') return path;
  if (path === folder) return '';
  return path.startsWith(folder + '/') ? path.slice(folder.length + 1) : undefined;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
