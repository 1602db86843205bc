import { writeFile } from 'node:fs/promises';
import process from 'node:process';
import { severities, type Rule, type Severity } from '../engine/types.ts';
import { formats, reaches, unknown, type Report } from '../report/index.ts';
import { readBaseline } from '../workspace/baseline.ts';
import { reasonOf, type Skipped } from '../workspace/files.ts';
import { nameIn } from '../workspace/roots.ts';
import { checks } from '../workspace/rules.ts';
import { scan, type ScanResult } from '../workspace/scan.ts';
import { scanHelp, version } from './help.ts';
import { setupsOf, type Setup } from './setup.ts';
import { oneOf, readArguments, Trouble, type Command, type Terminal } from './terminal.ts';

const levels = [...severities].reverse();
const presets = ['recommended', 'all'] as const;

/** The options that `scan` and `fix` share. */
export const choosing = {
  preset: { type: 'string' },
  rule: { type: 'string', multiple: true },
  jobs: { type: 'string' },
  'no-color': { type: 'boolean' },
} as const;

/** `leftward scan`. */
export const scanCommand: Command = async (args, terminal) => {
  const start = performance.now();
  const { values, positionals } = readArguments(args, {
    ...choosing,
    format: { type: 'string', default: 'text' },
    output: { type: 'string' },
    severity: { type: 'string' },
    'fail-on': { type: 'string' },
    'no-baseline': { type: 'boolean' },
  });
  if (values.help) return terminal.print(scanHelp).then(() => 0);
  const format = oneOf('--format', values.format, Object.keys(formats))!;
  const least = oneOf('--severity', values.severity, levels);
  const failOn = oneOf('--fail-on', values['fail-on'], [...levels, 'never'] as const);
  const jobs = jobsOf(values.jobs);
  const choice = { preset: oneOf('--preset', values.preset, presets), rule: values.rule };
  const { setups, base } = setupsOf(positionals, choice, terminal);

  const report = { files: 0, findings: [] as Report['findings'][number][], skipped: [] as Skipped[], rules: new Map<string, Rule>() };
  let failed = false;
  let known = 0;
  for (const setup of setups) {
    const result = await scanSetup(setup, terminal, jobs, format === 'sarif');
    if (result.cancelled) {
      terminal.say('Cancelled.');
      return 130;
    }
    const named = (path: string): string => nameIn(base, setup.root, path);
    const threshold: Severity | 'never' = failOn ?? setup.config.failOn ?? 'low';
    report.files += result.files.filter((file) => file.skipped === undefined).length;
    for (const rule of setup.rules) report.rules.set(rule.id, rule);
    for (const { path, reason } of result.skipped) report.skipped.push({ path: named(path), reason });
    const baseline = values['no-baseline'] ? undefined : usableBaseline(setup.root);
    const found = result.files.flatMap(({ findings }) => findings);
    const fresh = baseline ? result.files.flatMap(({ findings }) => unknown(findings, baseline)) : found;
    known += found.length - fresh.length;
    for (const finding of fresh) {
      if (threshold !== 'never' && reaches(finding.severity, threshold)) failed = true;
      if (least && !reaches(finding.severity, least)) continue;
      const related = finding.related.map((one) => ({ ...one, path: named(one.path) }));
      report.findings.push({ ...finding, path: named(finding.path), related });
    }
  }
  report.findings.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.span.start - b.span.start));

  const { files, ...rest } = report;
  const whole: Report = { ...rest, root: base, version, known, stats: { files, milliseconds: Math.round(performance.now() - start) } };
  const text = formats[format]!(whole, { colour: values.output === undefined && terminal.colour(!values['no-color']) });
  if (values.output === undefined) {
    await terminal.print(text);
  } else {
    await writeFile(values.output, text).catch((error: unknown) => {
      throw new Trouble(`${values.output} could not be written: ${reasonOf(error)}`);
    });
    terminal.say(`${whole.findings.length} findings in ${files} files, written to ${values.output}.`);
  }
  // The text report names them itself.
  if (format !== 'text' || values.output !== undefined) for (const { path, reason } of whole.skipped) terminal.say(`${path}: ${reason}`);
  return failed ? 1 : 0;
};

/** The prints of a project's baseline. Throws Trouble when it is damaged: a build must not pass, or fail, for that. */
function usableBaseline(root: string): ReadonlySet<string> {
  try {
    return readBaseline(root);
  } catch (error) {
    throw new Trouble((error as Error).message);
  }
}

/** Scans a project with progress on the terminal; Ctrl-C stops it. Files that are named though the configuration excludes them are skipped. */
export async function scanSetup(setup: Setup, terminal: Terminal, jobs: number | undefined, fixes = false): Promise<ScanResult> {
  const { root, rules, options, ignored } = setup;
  const stop = new AbortController();
  const interrupt = (): void => {
    stop.abort();
  };
  process.once('SIGINT', interrupt);
  const excluded = ignored('');
  try {
    return await scan(
      {
        root,
        paths: setup.paths.filter(({ path, folder }) => folder || !excluded.excludes(path)),
        ignored,
        rules,
        options,
        fixes,
        ...(jobs !== undefined && { jobs }),
        signal: stop.signal,
        onProgress: ({ files, total, findings }) => {
          terminal.progress(total === 0 ? 'Looking for files …' : `${files} of ${total} files, ${findings} findings`);
        },
      },
      checks,
    );
  } finally {
    terminal.clearProgress();
    process.off('SIGINT', interrupt);
  }
}

export function jobsOf(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const jobs = Number(value);
  if (!Number.isInteger(jobs) || jobs < 1) throw new Trouble(`--jobs takes a number of threads, not "${value}".`);
  return Math.min(jobs, 64);
}

export function presetOf(value: string | undefined): (typeof presets)[number] | undefined {
  return oneOf('--preset', value, presets);
}
