import { createHash } from 'node:crypto';
import type { PlacedFinding } from '../engine/placed.ts';

/** A print for each finding that stays when lines above it come and go: rule, file, subject and the line's words, then a number for repetitions. */
export function fingerprints(findings: readonly PlacedFinding[]): readonly string[] {
  const seen = new Map<string, number>();
  return findings.map(({ rule, path, subject, excerpt }) => {
    const key = [rule, path, subject, excerpt.text.replace(/\s+/g, ' ').trim()].join('\0');
    const number = seen.get(key) ?? 0;
    seen.set(key, number + 1);
    return createHash('sha256').update(`${key}\0${number}`).digest('hex').slice(0, 32);
  });
}
