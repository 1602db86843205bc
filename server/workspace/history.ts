import { createHash } from 'node:crypto';
import { ruleSet, type RuleOptions } from '../engine/analyze.ts';
import type { Check, Rule } from '../engine/types.ts';
import { isOpaque } from './files.ts';
import { Blobs, gitStream } from './git.ts';
import { loadParsers } from './parsers.ts';
import { Project } from './project.ts';
import type { ScanRequest, ScanResult } from './scan.ts';
import { resultOf, type FileResult } from './unit.ts';

/** A commit that a finding came with. */
export interface Commit {
  readonly id: string;
  /** ISO 8601. */
  readonly date: string;
}

/** One version of a file, with the first commit that has it. */
interface Version {
  readonly blob: string;
  readonly path: string;
  readonly commit: Commit;
}

/** Whether a rule is of use in old commits: a secret stays readable there, whatever came later. */
export function concernsHistory(rule: Rule): boolean {
  return rule.match.some((match) => 'secret' in match || 'literal' in match);
}

/**
 * Looks for secrets in every version of every file that any branch or tag reaches, oldest first. Each version is read once, and a secret is told once
 * for each file, with the commit that brought it: a result in `commits` is one version of a file.
 */
export async function scanHistory(
  request: ScanRequest,
  checks: Readonly<Record<string, Check>>,
): Promise<ScanResult & { readonly commits: ReadonlyMap<FileResult, Commit>; readonly versions: number }> {
  const { root, signal } = request;
  const options: RuleOptions = request.options;
  const rules = ruleSet(request.rules.filter(concernsHistory), checks, options);
  await loadParsers();
  const excluded = request.ignored?.('');
  const wanted = (path: string): boolean =>
    !isOpaque(path) &&
    excluded?.excludes(path) !== true &&
    request.paths.some((one) => (one.folder ? one.path === '' || path.startsWith(`${one.path}/`) : path === one.path));
  // Other versions of other files are no siblings of this one: the project sees one file at a time, and no disk.
  const project = new Project(
    root,
    () => rules,
    () => ({ skipped: 'no longer there' }),
    true,
  );
  const files: FileResult[] = [];
  const commits = new Map<FileResult, Commit>();
  const told = new Set<string>();
  const blobs = new Blobs(root);
  let seen = 0;
  let findings = 0;
  try {
    for await (const { blob, path, commit } of versions(root, signal)) {
      if (signal?.aborted) break;
      if (!wanted(path)) continue;
      const text = await blobs.text(blob);
      if (text === undefined) continue;
      seen++;
      project.open(path, text);
      const result = resultOf(project, path, rules, false);
      project.close(path);
      const fresh = result.findings.filter(({ rule, span }) => {
        const key = createHash('sha256')
          .update(`${rule}\0${path}\0${text.slice(span.start, span.end)}`)
          .digest('base64');
        return !told.has(key) && told.add(key);
      });
      if (fresh.length > 0) {
        const kept = { ...result, findings: fresh };
        files.push(kept);
        commits.set(kept, commit);
        findings += fresh.length;
      }
      request.onProgress?.({ files: seen, total: seen, findings });
    }
  } finally {
    blobs.close();
  }
  return { files, skipped: [], cancelled: signal?.aborted ?? false, commits, versions: seen };
}

/** Every pair of content and name, once. Merges are compared with each parent, because a merge can bring what no parent had. */
async function* versions(root: string, signal: AbortSignal | undefined): AsyncGenerator<Version> {
  const seen = new Set<string>();
  const args = ['log', '--all', '--reverse', '--raw', '-z', '--no-abbrev', '--no-renames', '--diff-merges=separate', '--diff-filter=AMT'];
  let commit: Commit = { id: '', date: '' };
  let blob: string | undefined;
  for await (const word of wordsOf(gitStream(root, [...args, '--format=%x01%H %aI'], signal))) {
    const words = word.replace(/^\n+/, '');
    if (words.startsWith('\x01')) {
      const [id, date] = words.slice(1).trim().split(' ');
      commit = { id: id!, date: date! };
    } else if (words.startsWith(':')) {
      const [, mode, , id] = words.split(' ');
      // Links and submodules have no text.
      blob = mode!.startsWith('100') ? id : undefined;
    } else if (blob !== undefined) {
      const key = `${blob} ${word}`;
      if (!seen.has(key)) {
        seen.add(key);
        yield { blob, path: word, commit };
      }
      blob = undefined;
    }
  }
}

/** The NUL-separated words of a stream. */
async function* wordsOf(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of stream) {
    const all = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    let from = 0;
    for (let end = all.indexOf(0); end >= 0; end = all.indexOf(0, from)) {
      yield all.toString('utf8', from, end);
      from = end + 1;
    }
    rest = all.subarray(from);
  }
  if (rest.length > 0) yield rest.toString('utf8');
}
