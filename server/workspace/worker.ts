import { parentPort, workerData } from 'node:worker_threads';
import { checks } from '../../rules/checks.ts';
import { ruleSet } from '../engine/analyze.ts';
import { Calls } from './calls.ts';
import { Imports } from './imports.ts';
import { loadParsers } from './parsers.ts';
import type { Job, Shared } from './pool.ts';
import { Kept } from './project.ts';
import { analyseUnit, type FileResult, type Unit } from './unit.ts';

const { job, shared, index, first } = workerData as { job: Job; shared: Shared; index: number; first: Unit };
const port = parentPort!;

await loadParsers();
const rules = ruleSet(job.rules, checks, job.options);
const calls = new Calls(job.root);
const imports = new Imports(job.root);
const kept = new Kept();

const run = (unit: Unit, number: number): void => {
  const results: FileResult[] = [];
  shared.at[2 * index] = number;
  // Written before each file is begun: when this thread dies, its parent reads here which file it was.
  shared.at[2 * index + 1] = 0;
  for (const result of analyseUnit(job.root, unit, rules, job.fixes, calls, imports, kept)) {
    results.push(result);
    shared.at[2 * index + 1] = results.length;
  }
  shared.at[2 * index + 1] = -1;
  port.postMessage(results);
};

if (first.length > 0) run(first, -1);
for (;;) {
  const number = Atomics.add(shared.next, 0, 1);
  const unit = job.units[number];
  if (!unit) break;
  run(unit, number);
}
port.postMessage('done');
