import { createHash } from 'node:crypto';
import type { PlacedFinding } from '../engine/placed.ts';

/** A print for each finding that stays when lines above it come and go: rule, file, subject and the line's words, then a number for repetitions. */
export function fingerprints(findings: readonly PlacedFinding[]): readonly string[] {
  const seen = new Map<string, number>();
  return findings.map(({ rule, path, subject, excerpt, message }) => {
    // The line of a secret is overwritten; the message has what may be shown of it, so that another secret there is another finding.
    const shown = rule.startsWith('secrets/') ? [message] : [];
    const key = [rule, path, subject, excerpt.text.replace(/\s+/g, ' ').trim(), ...shown].join('\0');
    const number = seen.get(key) ?? 0;
    seen.set(key, number + 1);
    return createHash('sha256').update(`${key}\0${number}`).digest('hex').slice(0, 32);
  });
}

/** The findings of one file that a baseline doesn't have. */
export function unknown<T extends PlacedFinding>(findings: readonly T[], known: ReadonlySet<string>): readonly T[] {
  if (known.size === 0 || findings.length === 0) return findings;
  const prints = fingerprints(findings);
  return findings.filter((_, i) => !known.has(prints[i]!));
}
