import { DiagnosticSeverity, type Diagnostic, type Range } from 'vscode-languageserver';
import type { PlacedFinding, Region } from '../engine/placed.ts';
import type { Lines } from '../engine/positions.ts';
import type { Span } from '../engine/tree.ts';
import type { Severity } from '../engine/types.ts';

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  critical: DiagnosticSeverity.Error,
  high: DiagnosticSeverity.Error,
  medium: DiagnosticSeverity.Warning,
  low: DiagnosticSeverity.Information,
};

/** The page of a rule for people. */
export function ruleLink(rule: string): string {
  return `https://github.com/leftward/leftward/blob/main/rules/${rule}.md`;
}

function toRange({ start, end }: Region): Range {
  return { start: { line: start.line, character: start.column }, end: { line: end.line, character: end.column } };
}

export function rangeOf(span: Span, lines: Lines): Range {
  return toRange({ start: lines.position(span.start), end: lines.position(span.end) });
}

/** `uriOf` names the documents of related places. */
export function diagnosticOf(finding: PlacedFinding, uriOf: (path: string) => string): Diagnostic {
  const related = finding.related.map(({ path, message, ...region }) => ({
    location: { uri: uriOf(path), range: toRange(region) },
    message,
  }));
  return {
    range: toRange(finding),
    severity: severities[finding.severity],
    source: 'leftward',
    code: finding.rule,
    codeDescription: { href: ruleLink(finding.rule) },
    message: finding.message,
    ...(related.length > 0 && { relatedInformation: related }),
  };
}

/** Something in `.leftward.yaml` that doesn't count. */
export function problemDiagnostic({ span, message }: { readonly span: Span; readonly message: string }, lines: Lines): Diagnostic {
  return { range: rangeOf(span, lines), severity: DiagnosticSeverity.Warning, source: 'leftward', code: 'configuration', message };
}
