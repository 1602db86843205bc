import type { PlacedFinding, Region } from '../engine/placed.ts';
import type { Format, Report } from './report.ts';

/** A finding in JSON: lines and columns are one-based, `end_column` is the first one after it; the names are those of every machine format here. */
export function plain(finding: PlacedFinding): Record<string, unknown> {
  return {
    file: finding.path,
    ...linesOf(finding),
    rule: finding.rule,
    severity: finding.severity,
    confidence: finding.confidence,
    message: finding.message,
  };
}

/** One object for the whole scan. */
export const json: Format = (report: Report) => {
  const findings = report.findings.map((finding) => ({
    ...plain(finding),
    ...(finding.subject !== '' && { subject: finding.subject }),
    fixable: finding.fixable,
    related: finding.related.map((one) => ({ file: one.path, ...linesOf(one), message: one.message })),
  }));
  const used = new Set(report.findings.map((finding) => finding.rule));
  const rules = [...report.rules.values()]
    .filter((rule) => used.has(rule.id))
    .map(({ id, title, cwe, owasp, stride, compliance }) => ({ id, title, cwe, owasp, stride, compliance }));
  const { version, stats, skipped } = report;
  const skips = skipped.map(({ path, reason }) => ({ file: path, reason }));
  return (
    JSON.stringify({ version, files: stats.files, milliseconds: stats.milliseconds, findings, rules, skipped: skips }, undefined, 2) + '\n'
  );
};

function linesOf({ start, end }: Region): Record<string, number> {
  return { line: start.line + 1, end_line: end.line + 1, column: start.column + 1, end_column: end.column + 1 };
}
