import { severities, type Rule, type Severity } from '../engine/types.ts';
import type { PlacedFinding } from '../engine/placed.ts';

/** What a scan found, as every format gets it. */
export interface Report {
  /** The folder that all paths are relative to, absolute. */
  readonly root: string;
  readonly version: string;
  /** Sorted by path, then place. */
  readonly findings: readonly PlacedFinding[];
  /** Files that were not looked at, or not in full. */
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  /** By id: every rule that ran. */
  readonly rules: ReadonlyMap<string, Rule>;
  readonly stats: Stats;
  /** Findings that are left out because the baseline has them. */
  readonly known?: number;
}

export interface Stats {
  readonly files: number;
  readonly milliseconds: number;
}

export interface Style {
  readonly colour: boolean;
}

/** One way to write a report down; the text ends with a line end. */
export type Format = (report: Report, style: Style) => string;

/** Whether a severity is `least` or worse. */
export function reaches(severity: Severity, least: Severity): boolean {
  return severities.indexOf(severity) <= severities.indexOf(least);
}

/** Where a rule's page is published. */
export function pageOf(rule: string): string {
  return `https://github.com/leftward/leftward/blob/main/rules/${rule}.md`;
}
