import * as vscode from 'vscode';
import { State, type LanguageClient } from 'vscode-languageclient/node';
import { commands, requests, type Status } from '../server/lsp/requests.ts';

/** The one status item: findings of the current file, whether a scan runs, and what is wrong. */
export function registerStatus(context: vscode.ExtensionContext, client: LanguageClient, selector: vscode.DocumentSelector): void {
  const item = vscode.languages.createLanguageStatusItem('leftward', selector);
  item.name = 'Leftward';
  let status: Status = { state: 'idle', findings: 0 };
  let running = client.state !== State.Stopped;

  const show = (): void => {
    item.busy = status.state === 'scanning';
    if (!running) {
      item.text = vscode.l10n.t('Leftward is not running');
      item.detail = '';
      item.severity = vscode.LanguageStatusSeverity.Error;
      item.command = { title: vscode.l10n.t('Restart'), command: commands.restartServer };
      return;
    }
    item.text = status.state === 'scanning' ? vscode.l10n.t('Leftward is scanning') : vscode.l10n.t('Leftward: {0}', inCurrentFile());
    item.detail = status.problem ?? vscode.l10n.t('{0} in all files', status.findings);
    item.severity = status.problem ? vscode.LanguageStatusSeverity.Warning : vscode.LanguageStatusSeverity.Information;
    item.command = status.problem
      ? { title: vscode.l10n.t('Show Output'), command: commands.showOutput }
      : { title: vscode.l10n.t('Scan Workspace'), command: commands.scanWorkspace };
  };

  context.subscriptions.push(
    item,
    client.onNotification(requests.status, (next: Status) => {
      status = next;
      show();
    }),
    client.onDidChangeState(({ newState }) => {
      running = newState !== State.Stopped;
      show();
    }),
    vscode.window.onDidChangeActiveTextEditor(show),
    vscode.languages.onDidChangeDiagnostics(({ uris }) => {
      const shown = vscode.window.activeTextEditor?.document.uri.toString();
      if (uris.some((uri) => uri.toString() === shown)) show();
    }),
  );
  show();
}

function inCurrentFile(): string {
  const uri = vscode.window.activeTextEditor?.document.uri;
  const count = uri ? vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'leftward').length : 0;
  return count === 1 ? vscode.l10n.t('1 finding') : count === 0 ? vscode.l10n.t('nothing found') : vscode.l10n.t('{0} findings', count);
}
