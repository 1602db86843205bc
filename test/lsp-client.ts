import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  createProtocolConnection,
  DidChangeTextDocumentNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  ExitNotification,
  InitializedNotification,
  InitializeRequest,
  PublishDiagnosticsNotification,
  RegistrationRequest,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
  WorkDoneProgressCreateRequest,
  type InitializeResult,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  type TextDocumentContentChangeEvent,
} from 'vscode-languageserver/node';

export interface ClientSetup {
  readonly folders?: readonly string[];
  /** The `leftward.*` settings, by folder URI or '' for the rest. */
  readonly settings?: Readonly<Record<string, object>>;
  readonly commands?: boolean;
}

export const uriOf = (path: string): string => pathToFileURL(path).href;

/** The server in a process of its own, over stdio, and an editor's side of the protocol. */
export class Client {
  readonly connection: ProtocolConnection;
  /** Everything that was published, in order. */
  readonly published: PublishDiagnosticsParams[] = [];
  private readonly process: ChildProcess;
  private readonly waiting = new Set<() => void>();
  initialized!: InitializeResult;

  /** What Node is to run: the sources, if not a bundle is named. */
  constructor(server: readonly string[] = ['--import', 'tsx', 'server/lsp/main.ts', '--stdio']) {
    const root = fileURLToPath(new URL('..', import.meta.url));
    this.process = spawn(process.execPath, server, {
      cwd: root,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const { stdin, stdout } = this.process;
    this.connection = createProtocolConnection(new StreamMessageReader(stdout!), new StreamMessageWriter(stdin!));
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  async start({ folders = [], settings = {}, commands = false }: ClientSetup): Promise<this> {
    this.connection.onNotification(PublishDiagnosticsNotification.type, (params) => {
      this.published.push(params);
      for (const wake of this.waiting) wake();
    });
    this.connection.onRequest(RegistrationRequest.type, () => undefined);
    this.connection.onRequest(WorkDoneProgressCreateRequest.type, () => undefined);
    this.connection.onRequest('workspace/configuration', ({ items }: { items: { scopeUri?: string }[] }) =>
      items.map(({ scopeUri }) => settings[scopeUri ?? ''] ?? settings[''] ?? null),
    );
    this.connection.listen();
    this.initialized = await this.connection.sendRequest(InitializeRequest.type, {
      processId: process.pid,
      rootUri: null,
      workspaceFolders: folders.map((folder) => ({ uri: uriOf(folder), name: folder })),
      initializationOptions: { commands },
      capabilities: {
        window: { workDoneProgress: true },
        workspace: {
          configuration: true,
          workspaceFolders: true,
          workspaceEdit: { documentChanges: true },
          didChangeWatchedFiles: { dynamicRegistration: true },
          didChangeConfiguration: { dynamicRegistration: true },
        },
        textDocument: { codeAction: { resolveSupport: { properties: ['edit'] } } },
      },
    });
    await this.connection.sendNotification(InitializedNotification.type, {});
    return this;
  }

  open(uri: string, text: string, languageId = 'plaintext'): Promise<void> {
    return this.connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument: { uri, languageId, version: 1, text } });
  }

  change(uri: string, version: number, contentChanges: TextDocumentContentChangeEvent[]): Promise<void> {
    return this.connection.sendNotification(DidChangeTextDocumentNotification.type, { textDocument: { uri, version }, contentChanges });
  }

  close(uri: string): Promise<void> {
    return this.connection.sendNotification(DidCloseTextDocumentNotification.type, { textDocument: { uri } });
  }

  /** What the file shows now. */
  shown(uri: string): PublishDiagnosticsParams | undefined {
    return this.published.findLast((one) => one.uri === uri);
  }

  /** The next publication of a file that passes, or the last one if it does already. */
  async until(uri: string, passes: (params: PublishDiagnosticsParams) => boolean): Promise<PublishDiagnosticsParams> {
    for (;;) {
      const last = this.shown(uri);
      if (last && passes(last)) return last;
      await new Promise<void>((resolve, reject) => {
        const late = setTimeout(() => {
          this.waiting.delete(wake);
          reject(new Error(`${uri} shows ${JSON.stringify(last)}`));
        }, 10_000);
        const wake = (): void => {
          clearTimeout(late);
          this.waiting.delete(wake);
          resolve();
        };
        this.waiting.add(wake);
      });
    }
  }

  async stop(): Promise<number | null> {
    const exit = new Promise<number | null>((resolve) => this.process.once('exit', resolve));
    await this.connection.sendRequest(ShutdownRequest.type);
    await this.connection.sendNotification(ExitNotification.type);
    const code = await exit;
    this.connection.dispose();
    return code;
  }
}
