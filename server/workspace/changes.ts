import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { ruleSet } from '../engine/analyze.ts';
import type { PlacedFinding } from '../engine/placed.ts';
import type { Check } from '../engine/types.ts';
import { isOpaque, readText, type Read, type Skipped } from './files.ts';
import { git, gitWords, textsOf } from './git.ts';
import { loadParsers } from './parsers.ts';
import { Project } from './project.ts';
import type { ScanRequest, ScanResult } from './scan.ts';
import { resultOf, type FileResult } from './unit.ts';

/** Texts that stand for files instead of those on disk; null where there is no such file. */
type Contents = ReadonlyMap<string, string | null>;

/** Two states of a project, told by how they differ from the disk. */
export interface Changes {
  /** Files that the later state has and that differ from the earlier one, sorted. */
  readonly paths: readonly string[];
  readonly before: Contents;
  readonly after: Contents;
}

/** What git is about to commit, against the last commit. `root` is a repository's folder, absolute. Throws an Error with git's words. */
export function stagedChanges(root: string): Changes {
  const head = hasCommit(root) ? 'HEAD' : undefined;
  const changes = statuses(gitWords(root, ['diff', '--cached', '--name-status', '-z', '-M', '--no-ext-diff', '--relative']));
  // What the disk has beyond the index isn't committed, so it must not be taken for a part of it.
  const unstaged = gitWords(root, ['diff', '--name-only', '-z', '--no-ext-diff', '--relative']);
  const untracked = gitWords(root, ['ls-files', '--others', '--exclude-standard', '-z']);
  const indexed = [...new Set([...unstaged, ...changes.map(({ path }) => path)])];
  const texts = textsOf(
    root,
    indexed.map((path) => `:./${path}`),
  );
  const after = new Map<string, string | null>(untracked.map((path) => [path, null]));
  indexed.forEach((path, i) => after.set(path, texts[i] ?? null));
  const before = new Map(after);
  for (const [path, text] of textsBefore(root, head, changes)) before.set(path, text);
  return { paths: present(changes), before, after };
}

/** What the disk has that a revision doesn't; for a branch that went on since, that it didn't have when this one left it. */
export function changesSince(root: string, revision: string): Changes {
  const commit = commitOf(root, revision);
  const base = mergeBase(root, commit) ?? commit;
  const changes = statuses(gitWords(root, ['diff', '--name-status', '-z', '-M', '--no-ext-diff', '--relative', base, '--']));
  const untracked = gitWords(root, ['ls-files', '--others', '--exclude-standard', '-z']).map((path) => ({ kind: 'A', path, from: path }));
  const before = new Map<string, string | null>(textsBefore(root, base, [...changes, ...untracked]));
  return { paths: present([...changes, ...untracked]), before, after: new Map() };
}

/** Scans the changed files, and those of their modules, in both states. `earlier` has what was found in a file before. */
export async function scanChanges(
  request: ScanRequest,
  { paths, before, after }: Changes,
  checks: Readonly<Record<string, Check>>,
): Promise<ScanResult & { readonly earlier: ReadonlyMap<FileResult, readonly PlacedFinding[]> }> {
  const { root, signal } = request;
  const rules = ruleSet(request.rules, checks, request.options);
  await loadParsers();
  const now = projectOf(root, rules, after);
  const then = projectOf(root, rules, before);
  const excluded = request.ignored?.('');
  const wanted = (path: string): boolean =>
    !isOpaque(path) &&
    excluded?.excludes(path) !== true &&
    request.paths.some((one) => (one.folder ? one.path === '' || path.startsWith(`${one.path}/`) : path === one.path));
  const all = new Set(paths);
  for (const path of [...paths, ...before.keys()])
    for (const other of now.dependentsOf(path)) if (after.get(other) !== null) all.add(other);
  const chosen = [...all].filter(wanted).sort();
  const files: FileResult[] = [];
  const skipped: Skipped[] = [];
  const earlier = new Map<FileResult, readonly PlacedFinding[]>();
  for (const path of chosen) {
    if (signal?.aborted) break;
    const result = resultOf(now, path, rules, request.fixes ?? false);
    earlier.set(result, resultOf(then, path, rules, false).findings);
    files.push(result);
    const reason = result.skipped ?? result.limited;
    if (reason !== undefined && paths.includes(path)) skipped.push({ path, reason });
    request.onProgress?.({ files: files.length, total: chosen.length, findings: 0 });
    await setImmediate();
  }
  return { files, skipped, cancelled: signal?.aborted ?? false, earlier };
}

function projectOf(root: string, rules: ReturnType<typeof ruleSet>, contents: Contents): Project {
  const absent = new Set([...contents].filter(([, text]) => text === null).map(([path]) => join(root, path)));
  const read = (absolute: string): Read => (absent.has(absolute) ? { skipped: 'no longer there' } : readText(absolute));
  const project = new Project(root, () => rules, read, true);
  for (const [path, text] of contents) if (text !== null) project.open(path, text);
  return project;
}

interface Change {
  /** A letter of `git diff --name-status`. */
  readonly kind: string;
  readonly path: string;
  /** Its name before. */
  readonly from: string;
}

function statuses(words: readonly string[]): readonly Change[] {
  const found: Change[] = [];
  for (let i = 0; i < words.length;) {
    const kind = words[i++]![0]!;
    const from = words[i++]!;
    found.push({ kind, from, path: kind === 'R' || kind === 'C' ? words[i++]! : from });
  }
  return found;
}

/** The texts of changed files before. One that was renamed is taken to have had its new name, so that its findings stay known. */
function textsBefore(
  root: string,
  revision: string | undefined,
  changes: readonly Change[],
): readonly (readonly [string, string | null])[] {
  const old = changes.filter(({ kind }) => kind !== 'A');
  const texts =
    revision === undefined
      ? []
      : textsOf(
          root,
          old.map(({ from }) => `${revision}:./${from}`),
        );
  return [
    ...changes.filter(({ kind }) => kind === 'A').map(({ path }) => [path, null] as const),
    ...old.map(({ path }, i) => [path, texts[i] ?? null] as const),
  ];
}

const present = (changes: readonly Change[]): readonly string[] =>
  changes
    .filter(({ kind }) => kind !== 'D')
    .map(({ path }) => path)
    .sort();

function hasCommit(root: string): boolean {
  try {
    git(root, ['rev-parse', '--verify', '--quiet', 'HEAD']);
    return true;
  } catch {
    return false;
  }
}

/** The commit behind a name. Throws an Error when git knows none; a name that looks like an option is none. */
function commitOf(root: string, revision: string): string {
  try {
    return git(root, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`])
      .toString('utf8')
      .trim();
  } catch {
    throw new Error(`git knows no commit "${revision}".`);
  }
}

function mergeBase(root: string, commit: string): string | undefined {
  try {
    return git(root, ['merge-base', commit, 'HEAD']).toString('utf8').trim() || undefined;
  } catch {
    // Branches without a common beginning.
    return undefined;
  }
}
