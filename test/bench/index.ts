/**
 * Measures what is built from the sources: `npm run bench [-- <folder to scan>]`. Prints a table; writes results.json and results.md.
 *
 *   --only <keystrokes|module|ratio|secrets|startup|scan>   runs one measurement and writes nothing
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import esbuild from 'esbuild';
import { latencies, moduleLatency, type Latency, type ModuleLatency } from './keystrokes.ts';
import type { Ratio } from './ratio.ts';
import type { Scan } from './scan.ts';
import type { Speed } from './secrets.ts';
import { startup, type Startup } from './startup.ts';
import { report } from './report.ts';

export interface Results {
  readonly date: string;
  readonly machine: { readonly cores: number; readonly node: string; readonly platform: string };
  readonly keystrokes?: readonly Latency[];
  readonly module?: ModuleLatency;
  readonly ratios?: readonly Ratio[];
  /** By the number of threads; 0 is the parse alone. */
  readonly scans?: readonly (Scan & { readonly jobs: number })[];
  readonly startup?: Startup;
  readonly secrets?: readonly Speed[];
}

const { values, positionals } = parseArgs({ options: { only: { type: 'string' } }, allowPositionals: true });
const root = fileURLToPath(new URL('../..', import.meta.url));
const cores = availableParallelism();
const temporary = realpathSync(mkdtempSync(join(tmpdir(), 'leftward-bench-')));
const built = join(temporary, 'dist');
const server = [join(built, 'server.cjs'), '--stdio'];
const wanted = (name: string): boolean => values.only === undefined || values.only === name;

/** On bundled code beside the grammars and the compiled rules, in a process of its own. */
function inside<T>(...args: readonly string[]): T {
  const output = execFileSync(process.execPath, [join(built, 'bench.mjs'), ...args], { cwd: root, encoding: 'utf8' });
  return JSON.parse(output) as T;
}

function scans(folder: string): NonNullable<Results['scans']> {
  const jobs = [...new Set([0, 1, 2, cores])];
  return jobs.map((count) => ({ jobs: count, ...inside<Scan>('scan', folder, String(count)) }));
}

try {
  execFileSync(process.execPath, ['scripts/build.mjs', '--out', built], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: ['test/bench/inside.ts'],
    outfile: join(built, 'bench.mjs'),
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    mainFields: ['module', 'main'],
    banner: { js: "import { createRequire as benchRequire } from 'node:module'; const require = benchRequire(import.meta.url);" },
    logLevel: 'warning',
  });
  const folder = positionals[0];
  const results: Results = {
    date: new Date().toISOString().slice(0, 10),
    machine: { cores, node: process.version, platform: `${process.platform} ${process.arch}` },
    ...(wanted('keystrokes') && { keystrokes: await latencies(server, temporary) }),
    ...(wanted('module') && { module: await moduleLatency(server, temporary) }),
    ...(wanted('ratio') && { ratios: inside<Ratio[]>('ratio') }),
    ...(wanted('scan') && folder !== undefined && { scans: scans(resolve(folder)) }),
    ...(wanted('startup') && { startup: await startup(built, temporary, root) }),
    ...(wanted('secrets') && { secrets: inside<Speed[]>('secrets') }),
  };
  const markdown = report(results);
  console.log(markdown);
  if (values.only === undefined) {
    writeFileSync(new URL('results.json', import.meta.url), `${JSON.stringify(results, undefined, 2)}\n`);
    writeFileSync(new URL('results.md', import.meta.url), markdown);
  }
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
