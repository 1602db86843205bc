// What client and server call each other by. Imports nothing, so that both may import it.

/** The extension's commands; code actions carry `ignore` and `explainRule` where the client says that it has them. */
export const commands = {
  scanWorkspace: 'leftward.scanWorkspace',
  fixAllInFile: 'leftward.fixAllInFile',
  explainRule: 'leftward.explainRule',
  ignore: 'leftward.ignore',
  showOutput: 'leftward.showOutput',
  restartServer: 'leftward.restartServer',
} as const;

/** What `workspace/executeCommand` understands, in any editor. */
export const serverCommands = { scan: 'leftward.scan' } as const;

/** The kind of the code action that applies every safe fix of a file. */
export const fixAllKind = 'source.fixAll.leftward';

export const requests = {
  /** → RuleSummary[], sorted by id. */
  rules: 'leftward/rules',
  /** { rule } → the rule's page as Markdown, or null. */
  explainRule: 'leftward/explainRule',
  /** SuppressParams → WorkspaceEdit, or null where the finding is gone. */
  suppress: 'leftward/suppress',
  /** Notification from the server: Status. */
  status: 'leftward/status',
} as const;

/** `initializationOptions` of a client that offers more than the protocol does. */
export interface ClientOptions {
  /** It has the commands `explainRule` and `ignore`, and asks for the reason of a suppression. */
  readonly commands?: boolean;
}

export interface RuleSummary {
  readonly id: string;
  readonly title: string;
  readonly severity: string;
}

export type SuppressionScope = 'line' | 'file';

/** Names a finding by rule and position, because it may have moved since the menu was opened. */
export interface SuppressParams {
  readonly uri: string;
  readonly rule: string;
  readonly line: number;
  readonly character: number;
  readonly scope: SuppressionScope;
  readonly reason: string;
}

export interface ScanResult {
  readonly files: number;
  readonly findings: number;
  readonly cancelled: boolean;
}

export interface Status {
  readonly state: 'idle' | 'scanning';
  /** Findings on show in all files. */
  readonly findings: number;
  /** What keeps something from being analysed, in a sentence for the reader; the log has the details. */
  readonly problem?: string;
}
