import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { severities, type Rule, type Severity } from '../engine/types.ts';
import type { PlacedFinding } from '../engine/placed.ts';
import { fingerprints, formats, reaches, unknown, type Report } from '../report/index.ts';
import { readBaseline } from '../workspace/baseline.ts';
import { changesSince, scanChanges, stagedChanges } from '../workspace/changes.ts';
import { reasonOf, type Skipped } from '../workspace/files.ts';
import { scanHistory, type Commit } from '../workspace/history.ts';
import { nameIn } from '../workspace/roots.ts';
import { checks } from '../workspace/rules.ts';
import { scan, type ScanRequest, type ScanResult } from '../workspace/scan.ts';
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
    staged: { type: 'boolean' },
    since: { type: 'string' },
    history: { type: 'boolean' },
  });
  if (values.help) return terminal.print(scanHelp).then(() => 0);
  const format = oneOf('--format', values.format, Object.keys(formats))!;
  const least = oneOf('--severity', values.severity, levels);
  const failOn = oneOf('--fail-on', values['fail-on'], [...levels, 'never'] as const);
  const jobs = jobsOf(values.jobs);
  const part = partOf(values);
  const choice = { preset: oneOf('--preset', values.preset, presets), rule: values.rule };
  const { setups, base } = setupsOf(positionals, choice, terminal);

  const report = { files: 0, findings: [] as Report['findings'][number][], skipped: [] as Skipped[], rules: new Map<string, Rule>() };
  let failed = false;
  let known = 0;
  for (const setup of setups) {
    const result = await scanSetup(setup, terminal, jobs, format === 'sarif', part);
    if (result.cancelled) {
      terminal.say('Cancelled.');
      return 130;
    }
    const named = (path: string): string => nameIn(base, setup.root, path);
    const threshold: Severity | 'never' = failOn ?? setup.config.failOn ?? 'low';
    report.files += result.versions ?? result.files.filter((file) => file.skipped === undefined).length;
    for (const rule of setup.rules) report.rules.set(rule.id, rule);
    for (const { path, reason } of result.skipped) report.skipped.push({ path: named(path), reason });
    const baseline = values['no-baseline'] ? undefined : usableBaseline(setup.root);
    const fresh = result.files.flatMap((file) => {
      const here = unknown(file.findings, new Set(fingerprints(result.earlier?.get(file) ?? [])));
      const unlisted = baseline ? unknown(here, baseline) : here;
      known += here.length - unlisted.length;
      const commit = result.commits?.get(file);
      return commit ? unlisted.map((finding) => dated(finding, commit)) : unlisted;
    });
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

/** What is looked at, other than the files as they are. */
type Part = 'staged' | 'history' | { readonly since: string };

function partOf(values: { readonly staged?: boolean; readonly since?: string; readonly history?: boolean }): Part | undefined {
  const { staged, since, history } = values;
  if ([staged, since !== undefined, history].filter(Boolean).length > 1)
    throw new Trouble('--staged, --since and --history exclude each other: take one of them.');
  return staged ? 'staged' : history ? 'history' : since === undefined ? undefined : { since };
}

/** A finding of an old version; its line may be elsewhere now, or gone. */
function dated(finding: PlacedFinding, { id, date }: Commit): PlacedFinding {
  return { ...finding, message: `${finding.message} (In commit ${id.slice(0, 12)} of ${date.slice(0, 10)}.)` };
}

type PartResult = ScanResult &
  Partial<Pick<Awaited<ReturnType<typeof scanChanges>>, 'earlier'> & Pick<Awaited<ReturnType<typeof scanHistory>>, 'commits' | 'versions'>>;

/** Throws Trouble when git has no answer. */
async function scanPart(request: ScanRequest, part: Part | undefined): Promise<PartResult> {
  if (part === undefined) return scan(request, checks);
  if (!existsSync(join(request.root, '.git'))) throw new Trouble(`${request.root} is no git repository.`);
  try {
    if (part === 'history') return await scanHistory(request, checks);
    return await scanChanges(request, part === 'staged' ? stagedChanges(request.root) : changesSince(request.root, part.since), checks);
  } catch (error) {
    throw new Trouble((error as Error).message);
  }
}

/** Scans a project with progress on the terminal; Ctrl-C stops it. Files that are named though the configuration excludes them are skipped. */
export async function scanSetup(
  setup: Setup,
  terminal: Terminal,
  jobs: number | undefined,
  fixes = false,
  part?: Part,
): Promise<PartResult> {
  const { root, rules, options, ignored } = setup;
  const stop = new AbortController();
  const interrupt = (): void => {
    stop.abort();
  };
  process.once('SIGINT', interrupt);
  const excluded = ignored('');
  try {
    return await scanPart(
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
      part,
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
