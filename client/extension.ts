import * as vscode from 'vscode';
import { LanguageClient, RevealOutputChannelOn, TransportKind } from 'vscode-languageclient/node';
import type { ClientOptions } from '../server/lsp/requests.ts';
import { registerCommands } from './commands.ts';
import { registerRulePages } from './rule-pages.ts';
import { registerStatus } from './status.ts';

/** Every document: secrets can be anywhere, and the server leaves alone what it has no rules for. */
const documentSelector = ['file', 'untitled', 'vscode-vfs'].map((scheme) => ({ scheme }));

let client: LanguageClient | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const module = context.asAbsolutePath('dist/server.cjs');
  const initializationOptions: ClientOptions = { commands: true };
  client = new LanguageClient(
    'leftward',
    'Leftward',
    {
      run: { module, transport: TransportKind.ipc },
      debug: { module, transport: TransportKind.ipc, options: { execArgv: ['--nolazy', '--inspect=6009'] } },
    },
    // The status item says when something is wrong; nothing pops up unasked.
    { documentSelector, initializationOptions, revealOutputChannelOn: RevealOutputChannelOn.Never },
  );
  registerStatus(context, client, documentSelector);
  registerRulePages(context, client);
  registerCommands(context, client);
  await client.start();
}

export async function deactivate(): Promise<void> {
  await client?.stop();
}
