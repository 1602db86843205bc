import type { Diagnostic, PublishDiagnosticsParams } from 'vscode-languageserver';
import { sameUri } from './uris.ts';

/**
 * The one way out for findings, whether an open document or a scan brought them, so that a file never shows one twice: what was published
 * last for a file is all that it shows.
 */
export class Publisher {
  private readonly send: (params: PublishDiagnosticsParams) => void;
  /** By file: what it is called in the editor and how many findings it shows; files without are left out. */
  private readonly shown = new Map<string, { readonly uri: string; readonly count: number }>();

  constructor(send: (params: PublishDiagnosticsParams) => void) {
    this.send = send;
  }

  /** Findings on show, in all files. */
  get total(): number {
    let total = 0;
    for (const { count } of this.shown.values()) total += count;
    return total;
  }

  /** Replaces what the file shows. `version` is the document's, for open ones. */
  publish(uri: string, diagnostics: readonly Diagnostic[], version?: number): void {
    const key = sameUri(uri);
    const before = this.shown.get(key);
    if (diagnostics.length > 0) this.shown.set(key, { uri, count: diagnostics.length });
    else if (before) this.shown.delete(key);
    else if (version === undefined) return;
    if (before && before.uri !== uri) this.send({ uri: before.uri, diagnostics: [] });
    this.send({ uri, diagnostics: [...diagnostics], ...(version !== undefined && { version }) });
  }

  /** Clears the files that `gone` picks by the name they have in `sameUri`. */
  clear(gone: (file: string) => boolean): void {
    for (const [file, { uri }] of [...this.shown]) if (gone(file)) this.publish(uri, []);
  }
}
