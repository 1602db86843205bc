import { join } from 'node:path';
import { readText } from './files.ts';

export const baselineName = '.leftward-baseline.json';

/** A finding that the team knows of: it is told by its print, the rest is for the reader. */
export interface KnownFinding {
  readonly file: string;
  readonly rule: string;
  readonly fingerprint: string;
}

const nothing: ReadonlySet<string> = new Set();

/** The prints of what a project's baseline holds; none when there is no baseline. Throws an Error when the file is no baseline. `root` is absolute. */
export function readBaseline(root: string): ReadonlySet<string> {
  const read = readText(join(root, baselineName));
  if (!('text' in read)) return nothing;
  let content: unknown;
  try {
    content = JSON.parse(read.text);
  } catch {
    throw new Error(`${baselineName} is no JSON. Write it anew with \`leftward baseline\`.`);
  }
  const { version, findings } = (content ?? {}) as { readonly version?: unknown; readonly findings?: unknown };
  if (version !== 1 || !Array.isArray(findings))
    throw new Error(`${baselineName} is no baseline that this version knows. Write it anew with \`leftward baseline\`.`);
  return new Set(
    (findings as readonly Partial<KnownFinding>[]).flatMap(({ fingerprint }) => (typeof fingerprint === 'string' ? [fingerprint] : [])),
  );
}

/** A baseline's text: a line for each finding, sorted, so that merges of two branches seldom meet. */
export function baselineOf(findings: readonly KnownFinding[]): string {
  const sorted = [...findings].sort((a, b) => compare(a.file, b.file) || compare(a.rule, b.rule) || compare(a.fingerprint, b.fingerprint));
  const lines = sorted.map(({ file, rule, fingerprint }) => `    ${JSON.stringify({ file, rule, fingerprint })}`);
  return `{\n  "version": 1,\n  "findings": [${lines.length === 0 ? '' : `\n${lines.join(',\n')}\n  `}]\n}\n`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
