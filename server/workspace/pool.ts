import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { RuleOptions } from '../engine/analyze.ts';
import type { Rule } from '../engine/types.ts';
import { bundled } from './bundled.ts';
import { reasonOf } from './files.ts';
import type { FileResult, Unit } from './unit.ts';

/** What a worker is told at its start. */
export interface Job {
  readonly root: string;
  readonly units: readonly Unit[];
  readonly rules: readonly Rule[];
  readonly options: RuleOptions;
  readonly fixes: boolean;
}

/** Shared with the workers: the next unit to take, and for each worker its unit and the file in it (-1 when it has none). */
export interface Shared {
  readonly next: Int32Array;
  readonly at: Int32Array;
}

/** A file that takes longer than this is given up, and its worker with it. In milliseconds. */
const patience = 30_000;
/** More deaths than this mean that something is wrong with the machine or with us, not with a file. */
const deaths = 5;

/**
 * Runs the units on `count` threads and reports each file once. A thread that dies or hangs costs the file it was at: that is reported as skipped, and
 * a new thread goes on with the rest. When aborted it resolves at once, with what was ready.
 */
export async function runPool(
  job: Job,
  count: number,
  report: (result: FileResult) => void,
  signal?: AbortSignal,
  budget = patience,
): Promise<void> {
  const shared: Shared = { next: new Int32Array(new SharedArrayBuffer(4)), at: new Int32Array(new SharedArrayBuffer(8 * count)).fill(-1) };
  const reported = new Set<string>();
  const once = (result: FileResult): void => {
    if (reported.has(result.path) || signal?.aborted) return;
    reported.add(result.path);
    report(result);
  };
  let lost = 0;
  let last = '';
  const slot = async (index: number): Promise<void> => {
    let first: Unit = [];
    for (;;) {
      const reason = await runWorker(job, shared, index, first, once, signal, budget);
      if (reason === undefined || signal?.aborted) return;
      last = `: ${reason}`;
      const unit = job.units[shared.at[2 * index]!] ?? first;
      const at = shared.at[2 * index + 1]!;
      const file = unit[at];
      if (file !== undefined) once(failed(file, reason));
      // Before its first file it can't have been a file's fault; trying again would not help.
      if (file === undefined || ++lost > deaths) {
        for (const path of unit) once(failed(path, reason));
        return;
      }
      first = unit.filter((path) => !reported.has(path));
    }
  };
  await Promise.all(Array.from({ length: count }, (_, index) => slot(index)));
  // Whatever no thread lived to take.
  for (const path of job.units.flat()) once(failed(path, `the threads that analyse files stopped${last}`));
}

/** From the sources, the worker has to be taught TypeScript first: a loader of its parent is not its own. */
function start(workerData: { job: Job; shared: Shared; index: number; first: Unit }): Worker {
  if (bundled) return new Worker(new URL('worker.mjs', import.meta.url), { workerData });
  const loader = JSON.stringify(
    new URL('dist/esm/api/index.mjs', pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json'))).href,
  );
  const module = JSON.stringify(new URL('worker.ts', import.meta.url).href);
  return new Worker(`import(${loader}).then(({ register }) => (register(), import(${module})))`, { eval: true, workerData });
}

/** Resolves with undefined when the worker ran out of units, else with why it stopped. */
function runWorker(
  job: Job,
  shared: Shared,
  index: number,
  first: Unit,
  report: (result: FileResult) => void,
  signal: AbortSignal | undefined,
  budget: number,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    shared.at.fill(-1, 2 * index, 2 * index + 2);
    let reason: string | undefined;
    const worker = start({ job, shared, index, first });
    const stop = (why?: string): void => {
      reason = why;
      void worker.terminate();
    };
    const abort = (): void => stop();
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
    let seen = -1;
    let since = Date.now();
    const watch = setInterval(
      () => {
        const at = shared.at[2 * index + 1]!;
        const now = shared.at[2 * index]! * 1000 + at;
        if (at < 0 || now !== seen) {
          seen = now;
          since = Date.now();
        } else if (Date.now() - since > budget) stop(`took longer than ${budget / 1000} s`);
      },
      Math.min(1000, budget / 4),
    );
    let complete = false;
    worker.on('message', (results: readonly FileResult[] | 'done') => {
      if (results === 'done') complete = true;
      else for (const result of results) report(result);
    });
    worker.on('error', (error) => (reason ??= `analysis stopped: ${reasonOf(error)}`));
    worker.on('exit', () => {
      clearInterval(watch);
      signal?.removeEventListener('abort', abort);
      resolve(complete ? undefined : (reason ?? 'analysis stopped'));
    });
  });
}

function failed(path: string, skipped: string): FileResult {
  return { path, findings: [], platforms: [], skipped };
}
