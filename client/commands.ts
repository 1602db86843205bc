import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import type { WorkspaceEdit } from 'vscode-languageclient/node';
import { commands, fixAllKind, requests, serverCommands, type RuleSummary, type SuppressParams } from '../server/lsp/requests.ts';
import { showRulePage } from './rule-pages.ts';

export function registerCommands(context: vscode.ExtensionContext, client: LanguageClient): void {
  const register = (command: string, run: (...args: never[]) => unknown): void => {
    context.subscriptions.push(vscode.commands.registerCommand(command, run));
  };
  register(commands.scanWorkspace, () => client.sendRequest('workspace/executeCommand', { command: serverCommands.scan }));
  register(commands.fixAllInFile, () => vscode.commands.executeCommand('editor.action.codeAction', { kind: fixAllKind, apply: 'first' }));
  register(commands.showOutput, () => {
    client.outputChannel.show();
  });
  register(commands.restartServer, () => client.restart());
  register(commands.explainRule, async (rule?: string) => {
    const chosen = rule ?? (await chooseRule(client));
    if (chosen) await showRulePage(chosen);
  });
  register(commands.ignore, (finding: Omit<SuppressParams, 'reason'>) => ignore(client, finding));
}

async function chooseRule(client: LanguageClient): Promise<string | undefined> {
  const rules = client.sendRequest<RuleSummary[]>(requests.rules);
  const items = rules.then((all) => all.map(({ id, title, severity }) => ({ label: id, description: severity, detail: title })));
  const placeHolder = vscode.l10n.t('Which rule?');
  return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDetail: true }))?.label;
}

/** Asks for the reason, without which a suppression has no effect, and writes the comment. */
async function ignore(client: LanguageClient, finding: Omit<SuppressParams, 'reason'>): Promise<void> {
  const reason = await vscode.window.showInputBox({
    title: vscode.l10n.t('Ignore {0}', finding.rule),
    prompt: vscode.l10n.t('Why is this acceptable? The reason is written into the comment.'),
    placeHolder: vscode.l10n.t('test data, never deployed'),
    validateInput: (text) => (text.trim() ? undefined : vscode.l10n.t('A suppression needs a reason.')),
  });
  if (!reason) return;
  const params: SuppressParams = { ...finding, reason: reason.trim() };
  const edit = await client.sendRequest<WorkspaceEdit | null>(requests.suppress, params);
  if (edit) await vscode.workspace.applyEdit(await client.protocol2CodeConverter.asWorkspaceEdit(edit));
}
