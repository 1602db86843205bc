import {
  CancellationToken,
  CodeActionKind,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  MarkupKind,
  TextDocuments,
  TextDocumentSyncKind,
  WorkDoneProgressReporter,
  type ClientCapabilities,
  type CodeAction,
  type Connection,
  type InitializeParams,
  type InitializeResult,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { suppression } from '../engine/suppress.ts';
import { loadParsers } from '../workspace/parsers.ts';
import { loadRules } from '../workspace/rules.ts';
import { codeActions, workspaceEdit, type ActionSupport, type FixAllData } from './code-actions.ts';
import { rangeOf } from './diagnostics.ts';
import { fixAll } from '../engine/fix-all.ts';
import { Folders, type Folder } from './folders.ts';
import { ruleHover, rulePage } from './hover.ts';
import { Log } from './log.ts';
import { OpenDocuments } from './open-documents.ts';
import { Publisher } from './publisher.ts';
import {
  fixAllKind,
  requests,
  serverCommands,
  type ClientOptions,
  type RuleSummary,
  type ScanResult,
  type Status,
  type SuppressParams,
} from './requests.ts';
import { scanFolders } from './scanning.ts';
import { defaults, readSettings } from './settings.ts';
import { liesIn, sameUri } from './uris.ts';
import { filesChanged, watchers } from './watching.ts';

/** Serves one client over a connection, and starts to listen on it. */
export function createServer(connection: Connection): void {
  const documents = new TextDocuments(TextDocument);
  const publisher = new Publisher((params) => {
    void connection.sendDiagnostics(params);
    tellStatus();
  });
  const log = new Log(connection.console, tellStatus);
  const folders = new Folders(log);
  const open = new OpenDocuments(documents, folders, publisher, log, () => loadRules().map(({ id }) => id));
  let client: ClientCapabilities = {};
  let support: ActionSupport = { commands: false, resolve: false, versions: false };
  let debounce = defaults.debounce;
  let scanning: Promise<ScanResult> | undefined;
  const leaving = new AbortController();
  /** Documents wait for the settings, so that none is analysed under wrong ones first. */
  let ready: Promise<void> = Promise.resolve();

  // ------------------------------------------------------------------------------------------------ life

  connection.onInitialize(async (params: InitializeParams): Promise<InitializeResult> => {
    client = params.capabilities;
    const options = params.initializationOptions as ClientOptions | null | undefined;
    support = {
      commands: options?.commands === true,
      resolve: client.textDocument?.codeAction?.resolveSupport?.properties.includes('edit') ?? false,
      versions: client.workspace?.workspaceEdit?.documentChanges ?? false,
    };
    const { rootUri } = params as { rootUri?: string | null }; // of clients that know no workspace folders
    for (const { uri } of params.workspaceFolders ?? (rootUri ? [{ uri: rootUri }] : [])) folders.add(uri);
    await loadParsers();
    return {
      serverInfo: { name: 'leftward' },
      capabilities: {
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
        codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, fixAllKind], resolveProvider: true },
        hoverProvider: true,
        executeCommandProvider: { commands: Object.values(serverCommands), workDoneProgress: true },
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      },
    };
  });

  connection.onInitialized(() => {
    if (client.workspace?.didChangeConfiguration?.dynamicRegistration) {
      void connection.client.register(DidChangeConfigurationNotification.type, { section: 'leftward' });
    }
    if (client.workspace?.didChangeWatchedFiles?.dynamicRegistration) {
      void connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
    }
    if (client.workspace?.workspaceFolders) {
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        for (const { uri } of removed) {
          const folder = folders.remove(uri);
          if (folder) publisher.clear((file) => liesIn(file, sameUri(folder.uri)) && !open.has(file));
        }
        for (const { uri } of added) folders.add(uri);
        configure();
      });
    }
    configure();
  });

  connection.onDidChangeConfiguration(configure);
  connection.onShutdown(() => {
    leaving.abort();
  });

  /** Asks for the settings of each folder, then analyses anew what is on show. */
  function configure(): void {
    ready = readAllSettings().catch((error: unknown) => log.problem('settings', 'The settings could not be read', error));
    void ready.then(() => {
      open.scheduleAll();
      rescan();
    });
  }

  async function readAllSettings(): Promise<void> {
    if (!client.workspace?.configuration) return;
    const all = folders.all;
    const sections = [{ section: 'leftward' }, ...all.map(({ uri }) => ({ scopeUri: uri, section: 'leftward' }))];
    const [general, ...own] = (await connection.workspace.getConfiguration(sections)) as unknown[];
    debounce = readSettings(general).debounce;
    folders.settings = readSettings(general);
    all.forEach((folder, index) => {
      folder.reconfigure(readSettings(own[index]));
    });
  }

  function tellStatus(): void {
    const status: Status = {
      state: scanning ? 'scanning' : 'idle',
      findings: publisher.total,
      ...(log.current !== undefined && { problem: log.current }),
    };
    const text = JSON.stringify(status);
    if (text === told) return;
    told = text;
    void connection.sendNotification(requests.status, status);
  }
  let told = '';

  // ------------------------------------------------------------------------------------------- documents

  documents.onDidChangeContent(
    ({ document }) =>
      void ready.then(() => {
        open.changed(document.uri, debounce);
      }),
  );
  documents.onDidClose(({ document }) => {
    open.close(document.uri);
  });

  connection.onDidChangeWatchedFiles(async ({ changes }) => {
    const stale = await filesChanged(changes, folders, open, publisher);
    if (stale.size === 0) return;
    for (const folder of stale) folder.reconfigure();
    open.scheduleAll();
    rescan();
  });

  async function analysed(uri: string) {
    await ready;
    const document = documents.get(uri);
    return document && open.analysed(document);
  }

  connection.onHover(async ({ textDocument: { uri }, position }) => {
    const found = await analysed(uri);
    if (!found) return null;
    const { rules } = folders.placeOf(uri).folder.setup;
    const offset = found.lines.offset({ line: position.line, column: position.character });
    const here = found.analysis.findings.filter(({ span }) => span.start <= offset && offset <= span.end);
    const value = here.flatMap(({ rule, message }) => {
      const page = rules.get(rule);
      // The extension's own editor shows the message above the hover.
      return page ? ruleHover(page, support.commands ? undefined : message) : [];
    });
    if (value.length === 0) return null;
    return { contents: { kind: MarkupKind.Markdown, value: value.join('\n\n---\n\n') }, range: rangeOf(here[0]!.span, found.lines) };
  });

  connection.onCodeAction(async ({ textDocument: { uri }, range, context }) => {
    const found = await analysed(uri);
    if (!found) return [];
    const offset = ({ line, character }: typeof range.start) => found.lines.offset({ line, column: character });
    return codeActions(found, { start: offset(range.start), end: offset(range.end) }, context, support, () => fixAllEdit(uri));
  });

  connection.onCodeActionResolve((action: CodeAction) => {
    const edit = fixAllEdit((action.data as FixAllData).fixAll);
    return edit ? { ...action, edit } : action;
  });

  function fixAllEdit(uri: string): WorkspaceEdit | undefined {
    const document = documents.get(uri);
    const found = document && open.analysed(document);
    const edit = found && fixAll(document.getText(), (text) => open.analysisOfText(document, text));
    return edit && workspaceEdit(found, [edit], support.versions);
  }

  connection.onRequest(requests.suppress, async ({ uri, rule, line, character, scope, reason }: SuppressParams) => {
    const found = await analysed(uri);
    if (!found) return null;
    const asked = found.lines.offset({ line, column: character });
    const distance = ({ span }: { readonly span: { readonly start: number } }) => Math.abs(span.start - asked);
    const [finding] = found.analysis.findings.filter((one) => one.rule === rule).sort((a, b) => distance(a) - distance(b));
    const edit = finding && suppression(found.document, rule, finding.span, scope, reason);
    return edit ? workspaceEdit(found, [edit], support.versions) : null;
  });

  // ----------------------------------------------------------------------------------------------- rules

  connection.onRequest(requests.rules, (): RuleSummary[] => {
    const all = new Map(loadRules().map((rule) => [rule.id, rule]));
    for (const folder of folders.workspace.values()) for (const rule of folder.setup.rules.values()) all.set(rule.id, rule);
    return [...all.values()].map(({ id, title, severity }) => ({ id, title, severity })).sort((a, b) => (a.id < b.id ? -1 : 1));
  });

  connection.onRequest(requests.explainRule, ({ rule }: { readonly rule: string }): string | null => {
    const setups = [...folders.workspace.values()].map((folder) => folder.setup.rules.get(rule));
    const page = setups.find(Boolean) ?? loadRules().find(({ id }) => id === rule);
    return page ? rulePage(page) : null;
  });

  // ------------------------------------------------------------------------------------------------ scan

  connection.onExecuteCommand(async ({ command }, token, progress) => {
    if (command !== serverCommands.scan) return null;
    await ready;
    const all = [...folders.workspace.values()];
    if (all.length === 0) log.info('No folder is open, so there is nothing to scan.');
    return scan(all, token, WorkDoneProgressReporter.isNullInstance(progress) ? undefined : progress);
  });

  /** Folders whose findings are on show, in the background, after the scan that runs. */
  function rescan(): void {
    const again = folders.all.filter((folder) => folder.scanned);
    if (again.length > 0) void (scanning ?? Promise.resolve()).finally(() => scan(again, CancellationToken.None));
  }

  /** One scan at a time: who asks for another while one runs gets its result. Without `given`, the client is asked to show the progress. */
  async function scan(chosen: readonly Folder[], token: CancellationToken, given?: WorkDoneProgressReporter): Promise<ScanResult> {
    scanning ??= run().finally(() => {
      scanning = undefined;
      tellStatus();
    });
    tellStatus();
    return scanning;

    async function run(): Promise<ScanResult> {
      const created = given ? undefined : await connection.window.createWorkDoneProgress();
      const progress = given ?? created!;
      const abort = new AbortController();
      const stop = (): void => {
        abort.abort();
      };
      if (token.isCancellationRequested) stop();
      token.onCancellationRequested(stop);
      created?.token.onCancellationRequested(stop);
      leaving.signal.addEventListener('abort', stop);
      progress.begin('Leftward: scanning the workspace', 0, '', token !== CancellationToken.None);
      try {
        return await scanFolders(chosen, open, publisher, log, progress, abort.signal);
      } finally {
        leaving.signal.removeEventListener('abort', stop);
        progress.done();
      }
    }
  }

  documents.listen(connection);
  connection.listen();
}
