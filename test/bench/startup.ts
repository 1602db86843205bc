/** (f) How long the built server takes to be there, and what it takes up. */
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
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

export async function startup(built: string, folder: string, root: string): Promise<Startup> {
  const server = [join(built, 'server.cjs'), '--stdio'];
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
  const vsix = packageSize(root, built, folder);
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

/** Of a package made from what was built; `dist/` may be older, or not there. */
function packageSize(root: string, built: string, folder: string): number | undefined {
  const stage = join(folder, 'package');
  const file = join(folder, 'leftward.vsix');
  try {
    for (const name of readdirSync(root).filter((name) =>
      /^(?:package\.(?:json|nls.*)|[A-Z]+(?:\.md)?|media|\.vscodeignore)$/.test(name),
    )) {
      cpSync(join(root, name), join(stage, name), { recursive: true });
    }
    cpSync(built, join(stage, 'dist'), { recursive: true });
    const vsce = createRequire(import.meta.url).resolve('@vscode/vsce/vsce');
    execFileSync(process.execPath, [vsce, 'package', '--no-dependencies', '-o', file], { cwd: stage, stdio: 'ignore' });
    return rounded(statSync(file).size / 1e6);
  } catch {
    return undefined;
  }
}
