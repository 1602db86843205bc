import type { Results } from './index.ts';

/** The results as Markdown tables. */
export function report({ date, machine, keystrokes, module, ratios, scans, startup, secrets }: Results): string {
  const parts = [`# Measurements\n\n${date}, ${machine.cores} cores, ${machine.platform}, Node ${machine.node}. All rules are on.`];
  if (keystrokes) {
    parts.push(
      'From a keystroke to its diagnostics, in the built server over stdio, in a file of 1,000 lines. The debounce (150 ms by default) is set to 0.',
      table(
        ['language', 'p50 ms', 'p95 ms', 'diagnostics'],
        keystrokes.map((one) => [one.language, one.p50, one.p95, one.diagnostics]),
      ),
    );
  }
  if (module) {
    parts.push(
      `The same in one file of a Terraform module of ${module.files} files and ${module.lines} lines together.`,
      table(['opened → diagnostics ms', 'p50 ms', 'p95 ms', 'diagnostics'], [[module.first, module.p50, module.p95, module.diagnostics]]),
    );
  }
  if (ratios) {
    parts.push(
      'The whole analysis of a file of 1,000 lines beside its parse alone, warm medians in one process.',
      table(
        ['language', 'parse ms', 'whole ms', 'ratio', 'findings'],
        ratios.map((one) => [one.language, one.parse, one.whole, one.ratio, one.findings]),
      ),
    );
  }
  const [first] = scans ?? [];
  if (scans && first) {
    parts.push(
      `A scan of a folder of ${first.files} files, ${first.megabytes} MB, reading and starting included.`,
      table(
        ['threads', 'seconds', 'files/s', 'MB/s', 'peak memory MB', 'findings'],
        scans.map((one) => [
          one.jobs || 'parse only',
          one.seconds,
          one.filesPerSecond,
          one.megabytesPerSecond,
          one.peakMemory,
          one.jobs ? one.findings : '',
        ]),
      ),
    );
  }
  if (startup) {
    parts.push(
      'Start of the server, medians.',
      table(
        ['what', 'value'],
        [
          ['process started → `initialize` answered', `${startup.initialized} ms`],
          ['small Dockerfile opened → first diagnostics', `${startup.firstDockerfile} ms`],
          ['small Terraform file opened → first diagnostics', `${startup.firstTerraform} ms`],
          ['memory at rest', `${startup.memoryAtRest} MB`],
          ['VSIX', startup.vsix === undefined ? 'not made' : `${startup.vsix} MB`],
        ],
      ),
    );
  }
  if (secrets) {
    parts.push(
      'Search for secrets.',
      table(
        ['what', 'MB/s'],
        secrets.map((one) => [one.what, one.megabytesPerSecond]),
      ),
    );
  }
  return `${parts.join('\n\n')}\n`;
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}
