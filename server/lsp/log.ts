import type { RemoteConsole } from 'vscode-languageserver';

/** The output channel, and the problems that the status item shows until they are solved. */
export class Log {
  private readonly console: Pick<RemoteConsole, 'info' | 'error'>;
  private readonly changed: () => void;
  private readonly problems = new Map<string, string>();

  constructor(console: Pick<RemoteConsole, 'info' | 'error'>, changed: () => void) {
    this.console = console;
    this.changed = changed;
  }

  /** One of the problems that stand, in words for the reader. */
  get current(): string | undefined {
    return this.problems.values().next().value;
  }

  info(message: string): void {
    this.console.info(message);
  }

  /** `about` is what the problem is solved with; the same words about it are logged once. */
  problem(about: string, message: string, error?: unknown): void {
    if (this.problems.get(about) === message) return;
    this.problems.set(about, message);
    this.console.error(error instanceof Error ? `${message}: ${error.stack ?? error.message}` : message);
    this.changed();
  }

  solved(about: string): void {
    if (this.problems.delete(about)) this.changed();
  }
}
