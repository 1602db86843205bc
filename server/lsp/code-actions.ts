import {
  CodeActionKind,
  type CodeAction,
  type CodeActionContext,
  type Command,
  type Diagnostic,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import type { Analysis } from '../engine/analyze.ts';
import type { Lines } from '../engine/positions.ts';
import { suppression } from '../engine/suppress.ts';
import type { Span } from '../engine/tree.ts';
import type { Finding, SourceDocument, TextEdit } from '../engine/types.ts';
import { rangeOf } from './diagnostics.ts';
import { safeFixes } from '../engine/fix-all.ts';
import { commands, fixAllKind, type SuppressParams, type SuppressionScope } from './requests.ts';

/** An open document with its analysis, which the actions are made from: they can't be older than the text. */
export interface Analysed {
  readonly uri: string;
  readonly version: number;
  readonly document: SourceDocument;
  readonly lines: Lines;
  readonly analysis: Analysis;
}

/** What the client can do with an action. */
export interface ActionSupport {
  /** It has the extension's own commands. */
  readonly commands: boolean;
  /** It asks for the edit of a chosen action later. */
  readonly resolve: boolean;
  /** It takes edits that name the version they are for. */
  readonly versions: boolean;
}

/** The edit of an action that is resolved later. */
export interface FixAllData {
  readonly fixAll: string;
}

const placeholder = 'TODO: say why';

/**
 * Fixes and suppressions for what is found at `span`, and the fix of the whole file. `fixAll` makes the latter's edit; it is called only
 * where the client asks for it by kind and can't resolve.
 */
export function codeActions(
  at: Analysed,
  span: Span,
  context: CodeActionContext,
  support: ActionSupport,
  fixAll: () => WorkspaceEdit | undefined,
): CodeAction[] {
  const here = at.analysis.findings.filter((finding) => finding.span.start <= span.end && span.start <= finding.span.end);
  const actions: CodeAction[] = [];
  if (wants(context, CodeActionKind.QuickFix)) {
    for (const finding of here) actions.push(...fixes(at, finding, context.diagnostics, support));
  }
  const safe = safeFixes(at.analysis).length;
  if (safe > 0) {
    const title = safe === 1 ? 'Apply the safe fix in this file' : `Apply all ${safe} safe fixes in this file`;
    const whole = (kind: string): CodeAction | undefined => {
      if (support.resolve) return { title, kind, data: { fixAll: at.uri } satisfies FixAllData };
      const edit = context.only ? fixAll() : undefined;
      return edit && { title, kind, edit };
    };
    const listed = here.length > 0 && safe > 1 && wants(context, CodeActionKind.QuickFix) ? whole(CodeActionKind.QuickFix) : undefined;
    const source = wants(context, fixAllKind) ? whole(fixAllKind) : undefined;
    actions.push(...[listed, source].filter((action) => action !== undefined));
  }
  if (wants(context, CodeActionKind.QuickFix)) {
    for (const finding of here) actions.push(...remarks(at, finding, context.diagnostics, support));
  }
  return actions;
}

/** Versioned edits of one document, so that they fail rather than land in a text they weren't made for. */
export function workspaceEdit(
  at: Pick<Analysed, 'uri' | 'version' | 'lines'>,
  edits: readonly TextEdit[],
  versions: boolean,
): WorkspaceEdit {
  const changes = edits.map(({ span, text }) => ({ range: rangeOf(span, at.lines), newText: text }));
  return versions
    ? { documentChanges: [{ textDocument: { uri: at.uri, version: at.version }, edits: changes }] }
    : { changes: { [at.uri]: changes } };
}

/** A kind is asked for by itself, by what it is a part of (`source` asks for `source.fixAll`), or by asking for nothing in particular. */
function wants({ only }: CodeActionContext, kind: string): boolean {
  return !only || only.some((asked) => kind === asked || kind.startsWith(`${asked}.`));
}

function fixes(at: Analysed, finding: Finding, shown: readonly Diagnostic[], support: ActionSupport): CodeAction[] {
  const found = at.analysis.fixesOf(finding);
  const preferred = found.find((fix) => fix.safe) ?? found[0];
  return found.map((fix) => ({
    title: fix.title,
    kind: CodeActionKind.QuickFix,
    diagnostics: diagnosticsOf(finding, at, shown),
    isPreferred: fix === preferred,
    edit: workspaceEdit(at, fix.edits, support.versions),
  }));
}

function remarks(at: Analysed, finding: Finding, shown: readonly Diagnostic[], support: ActionSupport): CodeAction[] {
  const diagnostics = diagnosticsOf(finding, at, shown);
  const { line, character } = rangeOf(finding.span, at.lines).start;
  const ignore = (scope: SuppressionScope, where: string): CodeAction | undefined => {
    const edit = suppression(at.document, finding.rule, finding.span, scope, placeholder);
    if (!edit) return undefined;
    const action = { title: `Leftward: ignore ${finding.rule} ${where}`, kind: CodeActionKind.QuickFix, diagnostics };
    if (!support.commands) return { ...action, edit: workspaceEdit(at, [edit], support.versions) };
    const asked: Omit<SuppressParams, 'reason'> = { uri: at.uri, rule: finding.rule, line, character, scope };
    const title = `${action.title}…`;
    return { ...action, title, command: { title, command: commands.ignore, arguments: [asked] } };
  };
  const explain: Command = { title: `Leftward: explain ${finding.rule}`, command: commands.explainRule, arguments: [finding.rule] };
  return [
    ignore('line', 'on this line'),
    ignore('file', 'in this file'),
    support.commands ? { title: explain.title, kind: CodeActionKind.QuickFix, diagnostics, command: explain } : undefined,
  ].filter((action) => action !== undefined);
}

/** The diagnostics of the client that stand for a finding. */
function diagnosticsOf(finding: Finding, at: Analysed, shown: readonly Diagnostic[]): Diagnostic[] {
  const { line } = rangeOf(finding.span, at.lines).start;
  return shown.filter((one) => one.source === 'leftward' && one.code === finding.rule && one.range.start.line === line);
}
