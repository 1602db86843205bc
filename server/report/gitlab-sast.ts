import type { Severity } from '../engine/types.ts';
import { fingerprints } from './fingerprints.ts';
import { pageOf, type Format } from './report.ts';

const levels: Readonly<Record<Severity, string>> = { critical: 'Critical', high: 'High', medium: 'Medium', low: 'Low' };
const scanner = { id: 'leftward', name: 'Leftward' };

/** GitLab's SAST report (`artifacts:reports:sast`, schema 15): findings in the vulnerability report of a project. */
export const gitlabSast: Format = ({ findings, rules, version, stats }) => {
  const prints = fingerprints(findings);
  const end = new Date();
  const time = (date: Date): string => date.toISOString().slice(0, 19);
  const about = { ...scanner, version, vendor: { name: 'Leftward' } };
  const report = {
    version: '15.0.7',
    scan: {
      type: 'sast',
      status: 'success',
      start_time: time(new Date(end.getTime() - stats.milliseconds)),
      end_time: time(end),
      analyzer: about,
      scanner: about,
    },
    vulnerabilities: findings.map(({ path, rule, severity, message, start, end: last }, i) => {
      const page = rules.get(rule);
      return {
        id: prints[i],
        name: page?.title ?? rule,
        description: message,
        severity: levels[severity],
        location: { file: path, start_line: start.line + 1, end_line: last.line + 1 },
        identifiers: [
          { type: 'leftward_rule', name: rule, value: rule, url: pageOf(rule) },
          ...(page?.cwe ?? []).map((number) => ({
            type: 'cwe',
            name: `CWE-${number}`,
            value: String(number),
            url: `https://cwe.mitre.org/data/definitions/${number}.html`,
          })),
        ],
        ...(page && { solution: page.why }),
      };
    }),
  };
  return `${JSON.stringify(report, undefined, 2)}\n`;
};
