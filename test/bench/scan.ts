/** (d) A scan of a folder, or its parse alone. Each runs in a process of its own: peak memory is the process's. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, syntaxOf } from '../../server/parse/index.ts';
import { findConfig, ignoredBy } from '../../server/workspace/config.ts';
import { limitedSyntax, readText, walk } from '../../server/workspace/files.ts';
import { loadParsers } from '../../server/workspace/parsers.ts';
import { checks, loadRules, optionsOf } from '../../server/workspace/rules.ts';
import { scan } from '../../server/workspace/scan.ts';
import { rounded } from './statistics.ts';

export interface Scan {
  readonly files: number;
  readonly megabytes: number;
  readonly seconds: number;
  readonly filesPerSecond: number;
  readonly megabytesPerSecond: number;
  /** Resident, in MB. */
  readonly peakMemory: number;
  readonly findings: number;
}

/** With `jobs` 0 the files are only read and parsed. */
export async function scanned(root: string, jobs: number): Promise<Scan> {
  const config = findConfig(root, root);
  const ignored = ignoredBy(config, root, '');
  const start = performance.now();
  let files: string[] = [];
  let findings = 0;
  if (jobs === 0) {
    await loadParsers();
    for await (const path of walk(root, '', ignored)) {
      if (typeof path !== 'string') continue;
      files.push(path);
      const read = readText(join(root, path));
      if ('text' in read) parse({ path, text: read.text, syntax: limitedSyntax(path, read.text, syntaxOf(path, read.text)).syntax });
    }
  } else {
    const paths = [{ path: '', folder: true }];
    const options = optionsOf(config, { preset: 'all' });
    const result = await scan({ root, paths, ignored: () => ignored, rules: loadRules(), options, jobs }, checks);
    files = result.files.map(({ path }) => path);
    for (const file of result.files) findings += file.findings.length;
  }
  const seconds = (performance.now() - start) / 1000;
  // kilobytes, whatever the platform
  const peakMemory = process.resourceUsage().maxRSS / 1024;
  const megabytes = files.reduce((sum, path) => sum + sizeOf(join(root, path)), 0) / 1e6;
  return {
    files: files.length,
    megabytes: rounded(megabytes),
    seconds: rounded(seconds),
    filesPerSecond: Math.round(files.length / seconds),
    megabytesPerSecond: rounded(megabytes / seconds),
    peakMemory: Math.round(peakMemory),
    findings,
  };
}

function sizeOf(path: string): number {
  try {
    return readFileSync(path).length;
  } catch {
    return 0;
  }
}
