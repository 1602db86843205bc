/** (f) How long the built server takes to be there, and what it takes up. */
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { join } from 'node:path';
import { Client, uriOf } from '../lsp-client.ts';
import { median, rounded } from './statistics.ts';
import { languages } from './texts.ts';

export interface Startup {
  /** Milliseconds from the start of the process to the answer to `initialize`. */
  readonly initialized: number;
  /** Milliseconds from opening a small file to its diagnostics, in a fresh server: a Dockerfile, and Terraform. */
  readonly firstDockerfile: number;
  readonly firstTerraform: number;
  /** MB, resident, a moment after that. */
  readonly memoryAtRest: number;
  /** MB; absent where the package could not be made. */
  readonly vsix?: number;
}

const runs = 7;

export async function startup(server: readonly string[], folder: string, root: string): Promise<Startup> {
  const initialized: number[] = [];
  const memory: number[] = [];
  const first = { Dockerfile: [] as number[], Terraform: [] as number[] };
  for (let i = 0; i < runs; i++) {
    for (const name of ['Dockerfile', 'Terraform'] as const) {
      const start = performance.now();
      const client = await new Client(server).start({ folders: [folder] });
      initialized.push(performance.now() - start);
      const language = languages.find((one) => one.name === name)!;
      const uri = uriOf(`${folder}/${language.path}`);
      const opened = performance.now();
      await client.open(uri, language.begin + language.part(0), language.languageId);
      await client.until(uri, ({ version }) => version === 1);
      first[name].push(performance.now() - opened);
      await setTimeout(500);
      memory.push(residentOf(client.pid));
      await client.stop();
    }
  }
  const vsix = packageSize(root, folder);
  return {
    initialized: rounded(median(initialized)),
    firstDockerfile: rounded(median(first.Dockerfile)),
    firstTerraform: rounded(median(first.Terraform)),
    memoryAtRest: rounded(median(memory)),
    ...(vsix !== undefined && { vsix }),
  };
}

/** MB; NaN where there is no `ps`. */
function residentOf(pid: number | undefined): number {
  try {
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
  } catch {
    return NaN;
  }
}

function packageSize(root: string, folder: string): number | undefined {
  const file = join(folder, 'leftward.vsix');
  try {
    execFileSync('npx', ['vsce', 'package', '--no-dependencies', '-o', file], { cwd: root, stdio: 'ignore' });
    return rounded(statSync(file).size / 1e6);
  } catch {
    return undefined;
  }
}
