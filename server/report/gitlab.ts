import type { Severity } from '../engine/types.ts';
import { fingerprints } from './fingerprints.ts';
import type { Format } from './report.ts';

const levels: Readonly<Record<Severity, string>> = { critical: 'blocker', high: 'critical', medium: 'major', low: 'minor' };

/** GitLab's code quality report (`artifacts:reports:codequality`): findings beside the lines of a merge request. */
export const gitlab: Format = ({ findings }) => {
  const prints = fingerprints(findings);
  const issues = findings.map(({ path, rule, severity, message, start, end }, i) => ({
    description: message,
    check_name: rule,
    fingerprint: prints[i],
    severity: levels[severity],
    location: { path, lines: { begin: start.line + 1, end: end.line + 1 } },
  }));
  return `${JSON.stringify(issues, undefined, 2)}\n`;
};
