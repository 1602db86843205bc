import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { requests } from '../server/lsp/requests.ts';

const scheme = 'leftward-rule';

/** Rules as read-only Markdown documents, so that they can be read offline. */
export function registerRulePages(context: vscode.ExtensionContext, client: LanguageClient): void {
  const provideTextDocumentContent = async ({ path }: vscode.Uri): Promise<string> => {
    const rule = path.replace(/^\/|\.md$/g, '');
    return (await client.sendRequest<string | null>(requests.explainRule, { rule })) ?? vscode.l10n.t('There is no rule {0}.', rule);
  };
  context.subscriptions.push(vscode.workspace.registerTextDocumentContentProvider(scheme, { provideTextDocumentContent }));
}

export async function showRulePage(rule: string): Promise<void> {
  await vscode.commands.executeCommand('markdown.showPreview', vscode.Uri.from({ scheme, path: `/${rule}.md` }));
}
