import { Lines, type Position } from './positions.ts';
import type { Span } from './tree.ts';
import type { Finding, Fix, Related, Rule, SourceDocument, TextEdit } from './types.ts';

/** Zero-based; `end` is exclusive, and never at the start of a line that has no character of the span. */
export interface Region {
  readonly start: Position;
  readonly end: Position;
}

export interface PlacedRelated extends Related, Region {}

export interface PlacedFix extends Omit<Fix, 'edits'> {
  readonly edits: readonly (TextEdit & Region)[];
}

/** A finding as reports show it: with lines and columns, and the line that it starts on. Plain data. */
export interface PlacedFinding extends Finding, Region {
  readonly related: readonly PlacedRelated[];
  /** A piece of the first line, from `from` on; secrets in it are overwritten character by character. */
  readonly excerpt: { readonly text: string; readonly from: number };
  readonly fixes?: readonly PlacedFix[];
}

/** Weaknesses that consist of a secret being written down. */
const exposing = new Set([259, 321, 522, 540, 547, 798]);

/** Whether what a rule underlines is a secret, or the name of one. */
function showsSecret(rule: Rule | undefined): boolean {
  return !rule || rule.match.some((match) => 'secret' in match) || rule.cwe.some((id) => exposing.has(id));
}

/** Gives the findings of one document lines and columns. `ruleOf` knows their rules; `documentOf` the documents of related places. */
export function place(
  document: SourceDocument,
  findings: readonly Finding[],
  ruleOf: (id: string) => Rule | undefined,
  documentOf: (path: string) => SourceDocument,
  fixesOf?: (finding: Finding) => readonly Fix[],
): readonly PlacedFinding[] {
  if (findings.length === 0) return [];
  const lines = new Lines(document.text);
  const secrets = findings
    .filter((finding) => showsSecret(ruleOf(finding.rule)))
    .map((finding) => secretAt(document.text, lines, finding.span));
  return findings.map((finding) => {
    const region = regionOf(lines, finding.span);
    return {
      ...finding,
      ...region,
      related: finding.related.map((one) => ({
        ...one,
        ...regionOf(one.path === document.path ? lines : new Lines(documentOf(one.path).text), one.span),
      })),
      excerpt: excerptOf(document.text, lines, region.start, secrets),
      ...(fixesOf && {
        fixes: fixesOf(finding).map((fix) => ({ ...fix, edits: fix.edits.map((edit) => ({ ...edit, ...regionOf(lines, edit.span) })) })),
      }),
    };
  });
}

/** What must not be shown: the span, or, where it is the name that a secret is given to, the rest of its line. */
function secretAt(text: string, lines: Lines, span: Span): Span {
  const end = lines.line(lines.position(span.end).line, text).end;
  const assigned = /^["'\])]*[ \t]*(=>|:=|[=:])[ \t]*(?=\S)/.exec(text.slice(span.end, Math.min(end, span.end + 50)));
  return assigned ? { start: span.end + assigned[0].length, end } : span;
}

function regionOf(lines: Lines, span: Span): Region {
  const start = lines.position(span.start);
  const end = lines.position(Math.max(span.start, span.end));
  if (end.column > 0 || end.line === start.line) return { start, end };
  // A span that takes the line end with it ends on the line before.
  const previous = lines.starts[end.line]! - lines.starts[end.line - 1]!;
  return { start, end: { line: end.line - 1, column: previous } };
}

const before = 60;
const length = 200;

function excerptOf(text: string, lines: Lines, start: Position, secrets: readonly Span[]): PlacedFinding['excerpt'] {
  const line = lines.line(start.line, text);
  const from = line.end - line.start <= length ? 0 : Math.max(0, start.column - before);
  const first = line.start + from;
  let piece = text.slice(first, Math.min(line.end, first + length));
  for (const secret of secrets) {
    const a = Math.max(0, secret.start - first);
    const b = Math.min(piece.length, secret.end - first);
    if (a < b) piece = piece.slice(0, a) + '*'.repeat(b - a) + piece.slice(b);
  }
  return { text: piece, from };
}
