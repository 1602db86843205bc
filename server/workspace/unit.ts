import type { RuleSet } from '../engine/analyze.ts';
import { place, type PlacedFinding } from '../engine/placed.ts';
import type { Platform } from '../engine/types.ts';
import { Calls } from './calls.ts';
import { Imports } from './imports.ts';
import { moduleOf } from './modules.ts';
import { Project, type Kept } from './project.ts';

/** What a scan says about one file. Plain data. */
export interface FileResult {
  /** '/'-separated, relative to the scan's root. */
  readonly path: string;
  readonly findings: readonly PlacedFinding[];
  readonly platforms: readonly Platform[];
  /** Why the file wasn't looked at. */
  readonly skipped?: string;
  /** Why it got the text rules only, or what went wrong in single rules. */
  readonly limited?: string;
}

/** Files that are analysed together; a worker takes one unit at a time. */
export type Unit = readonly string[];

const loose = 16;
const together = 200;

/** Groups files so that the documents of a module are parsed once, by one worker; the rest goes in handfuls. */
export function unitsOf(paths: readonly string[]): readonly Unit[] {
  const modules = new Map<string, string[]>();
  const alone: string[] = [];
  for (const path of paths) {
    const module = moduleOf(path);
    if (!module) {
      alone.push(path);
      continue;
    }
    const known = modules.get(module.key);
    if (known) known.push(path);
    else modules.set(module.key, [path]);
  }
  const units: Unit[] = [...modules.values()].flatMap((module) => slices(module, together));
  return [...units, ...slices(alone, loose)];
}

function slices(paths: readonly string[], size: number): Unit[] {
  return Array.from({ length: Math.ceil(paths.length / size) }, (_, i) => paths.slice(i * size, (i + 1) * size));
}

/** Analyses the files of a unit, one for each step. Never throws. `fixes` adds them to the findings; `calls`, `imports` and `kept` go from unit to unit. */
export function* analyseUnit(
  root: string,
  unit: Unit,
  rules: RuleSet,
  fixes: boolean,
  calls = new Calls(root),
  imports = new Imports(root),
  kept?: Kept,
): Generator<FileResult> {
  const project = new Project(root, () => rules, undefined, true, calls, imports, kept);
  for (const path of unit) yield resultOf(project, path, rules, fixes);
}

/** What a scan says about a file of a project. */
export function resultOf(project: Project, path: string, rules: RuleSet, fixes: boolean): FileResult {
  const analysis = project.analysisOf(path);
  const { document, findings, platforms, skipped } = analysis;
  const failed = analysis.failures.map(({ rule, message }) => `${rule} failed: ${message}`);
  const limited = [...(analysis.limited === undefined ? [] : [analysis.limited]), ...failed].join('; ');
  return {
    path,
    findings: place(
      document,
      findings,
      (id) => rules.rules.get(id),
      (other) => project.documentOf(other),
      fixes ? (finding) => analysis.fixesOf(finding) : undefined,
    ),
    platforms,
    ...(skipped !== undefined && { skipped }),
    ...(limited !== '' && { limited }),
  };
}
