import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { reasonOf } from './files.ts';

/** One project with what is to be looked at in it. */
export interface Target {
  /** Absolute. */
  readonly root: string;
  /** '/'-separated, relative to `root`; '' is the root itself. */
  readonly paths: { path: string; folder: boolean }[];
  /** Where the configuration is looked for first, absolute. */
  readonly start: string;
}

export interface Targets {
  readonly targets: readonly Target[];
  /** What paths in reports are relative to: the folder, when it is the only one named, else `cwd`. Absolute. */
  readonly base: string;
}

/**
 * Sorts the files and folders that a user named into projects. A project begins where its git repository does, so that what a file is (`.github/workflows/…`),
 * what is ignored and how it is configured don't depend on which part of it was named; without a repository it is the folder that was named.
 * Throws an Error that names the path when one can't be found.
 */
export function targetsOf(named: readonly string[], cwd: string): Targets {
  const found = (named.length > 0 ? named : ['.']).map((name) => {
    try {
      const path = realpathSync(resolve(cwd, name));
      return { path, folder: statSync(path).isDirectory() };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new Error(`${name}: ${code === 'ENOENT' ? 'there is no such file or folder' : reasonOf(error)}`, { cause: error });
    }
  });
  const here = realpathSync(cwd);
  const only = found.length === 1 && found[0]!.folder ? found[0]!.path : undefined;
  const byRoot = new Map<string, Target>();
  for (const { path, folder } of found) {
    const home = folder ? path : dirname(path);
    const root = repositoryOf(home) ?? (only === undefined && inside(here, path) ? here : home);
    let target = byRoot.get(root);
    if (!target) {
      target = { root, paths: [], start: only ?? (inside(root, here) ? here : root) };
      byRoot.set(root, target);
    }
    target.paths.push({ path: slashed(relative(root, path)), folder });
  }
  return { targets: [...byRoot.values()], base: only ?? here };
}

/** How a report calls a file of a project: relative to `base`, with '..' where it lies elsewhere. */
export function nameIn(base: string, root: string, path: string): string {
  return base === root ? path : slashed(relative(base, join(root, path)));
}

/** The nearest folder around (or at) `folder` that has a `.git`; both absolute. */
export function repositoryOf(folder: string): string | undefined {
  for (let here = folder; ; here = dirname(here)) {
    if (existsSync(join(here, '.git'))) return here;
    if (here === dirname(here)) return undefined;
  }
}

function inside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return !isAbsolute(way) && way !== '..' && !way.startsWith(`..${sep}`);
}

function slashed(path: string): string {
  return path.split(sep).join('/');
}
