import { setImmediate } from 'node:timers/promises';
import { availableParallelism } from 'node:os';
import { ruleSet, type RuleOptions } from '../engine/analyze.ts';
import type { Check, Rule } from '../engine/types.ts';
import { Calls } from './calls.ts';
import { Imports } from './imports.ts';
import { walk, type Skipped } from './files.ts';
import { Ignored } from './ignored.ts';
import { loadParsers } from './parsers.ts';
import { runPool } from './pool.ts';
import { Kept } from './project.ts';
import { analyseUnit, unitsOf, type FileResult } from './unit.ts';

export interface ScanRequest {
  /** The project's folder, absolute: paths are relative to it, and what a file is can depend on them (`.github/workflows/…`). */
  readonly root: string;
  /** What to look at: folders and files relative to `root`, '/'-separated; '' is everything. */
  readonly paths: readonly { readonly path: string; readonly folder: boolean }[];
  /** What is left out below `folder`. */
  readonly ignored?: (folder: string) => Ignored;
  readonly rules: readonly Rule[];
  readonly options: RuleOptions;
  /** How many threads at most; default: as many as the machine runs at once. */
  readonly jobs?: number;
  /** Adds the fixes to the findings. */
  readonly fixes?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Each file's result as soon as it is there, in no particular order. */
  readonly onFile?: (result: FileResult) => void;
}

export interface Progress {
  readonly files: number;
  /** 0 while files are still being looked for. */
  readonly total: number;
  readonly findings: number;
}

export interface ScanResult {
  /** Sorted by path. When cancelled, those that were ready. */
  readonly files: readonly FileResult[];
  /** Folders that could not be read, and files that could not be looked at, sorted by path. */
  readonly skipped: readonly Skipped[];
  readonly cancelled: boolean;
}

/** Fewer files than this are sooner read than threads are started. */
const fewFiles = 200;

/** Analyses the files below some paths. Rejects only when the rules don't compile; a file or a thread that fails is named in `skipped`. */
export async function scan(request: ScanRequest, checks: Readonly<Record<string, Check>>): Promise<ScanResult> {
  const { signal } = request;
  const skipped: Skipped[] = [];
  const paths = await filesOf(request, skipped);
  const files: FileResult[] = [];
  let findings = 0;
  const report = (result: FileResult): void => {
    files.push(result);
    findings += result.findings.length;
    if (result.skipped !== undefined) skipped.push({ path: result.path, reason: result.skipped });
    else if (result.limited !== undefined) skipped.push({ path: result.path, reason: result.limited });
    request.onFile?.(result);
    request.onProgress?.({ files: files.length, total: paths.length, findings });
  };
  const units = unitsOf(paths);
  const jobs = Math.max(1, Math.min(request.jobs ?? availableParallelism(), Math.ceil(paths.length / 50)));
  if (jobs > 1 && paths.length >= fewFiles) {
    await runPool(
      { root: request.root, units, rules: request.rules, options: request.options, fixes: request.fixes ?? false },
      jobs,
      report,
      signal,
    );
  } else if (paths.length > 0) {
    const rules = ruleSet(request.rules, checks, request.options);
    await loadParsers();
    const calls = new Calls(request.root);
    const imports = new Imports(request.root);
    const kept = new Kept();
    for (const unit of units) {
      if (signal?.aborted) break;
      for (const result of analyseUnit(request.root, unit, rules, request.fixes ?? false, calls, imports, kept)) {
        report(result);
        // Others of this thread get their turn between two files.
        await setImmediate();
        if (signal?.aborted) break;
      }
    }
  }
  return { files: files.sort(byPath), skipped: skipped.sort(byPath), cancelled: signal?.aborted ?? false };
}

async function filesOf({ root, paths, ignored, signal, onProgress }: ScanRequest, skipped: Skipped[]): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const { path, folder } of paths) {
    if (!folder) {
      found.add(path);
      continue;
    }
    for await (const one of walk(root, path, ignored?.(path) ?? new Ignored(root, [], '', path))) {
      if (signal?.aborted) return [];
      if (typeof one !== 'string') skipped.push(one);
      else found.add(one);
    }
    onProgress?.({ files: 0, total: 0, findings: 0 });
  }
  return [...found].sort();
}

function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
