import type { WorkDoneProgressReporter } from 'vscode-languageserver';
import { unknown } from '../report/index.ts';
import { ignoredBy } from '../workspace/config.ts';
import { checks } from '../workspace/rules.ts';
import { scan } from '../workspace/scan.ts';
import type { Folder } from './folders.ts';
import type { Log } from './log.ts';
import type { OpenDocuments } from './open-documents.ts';
import type { Publisher } from './publisher.ts';
import type { ScanResult } from './requests.ts';
import { liesIn, sameUri } from './uris.ts';

/** Progress is told no more often than that. In milliseconds. */
const pause = 100;

/**
 * Analyses all files of the folders and publishes what is found in those that aren't open (the open ones show what is in their buffers). When it ran
 * to its end, files that it didn't meet show nothing any more. What was found before a cancellation stays.
 */
export async function scanFolders(
  folders: readonly Folder[],
  open: OpenDocuments,
  publisher: Publisher,
  log: Log,
  progress: Pick<WorkDoneProgressReporter, 'report'>,
  signal: AbortSignal,
): Promise<ScanResult> {
  const result = { files: 0, findings: 0 };
  for (const folder of folders) {
    const { root } = folder;
    if (signal.aborted) break;
    if (root === undefined) continue;
    const inner = folders
      .filter((other) => other !== folder && liesIn(sameUri(other.uri), sameUri(folder.uri)))
      .map(({ uri }) => sameUri(uri));
    const mine = (file: string): boolean => !open.has(file) && !inner.some((other) => liesIn(file, other));
    const clear = (but: ReadonlySet<string>): void => {
      publisher.clear((file) => liesIn(file, sameUri(folder.uri)) && !but.has(file) && mine(file));
    };
    if (!folder.settings.enable) {
      folder.scanned = false;
      clear(new Set());
      continue;
    }
    const start = performance.now();
    const { config, rules, options, baseline } = folder.setup;
    const met = new Set<string>();
    const before = { ...result };
    let told = 0;
    const outcome = await scan(
      {
        root,
        paths: [{ path: folder.start, folder: true }],
        ignored: (below) => ignoredBy(config, root, below),
        rules: [...rules.values()],
        options,
        signal,
        onFile: ({ path, findings }) => {
          const uri = folder.uriOf(path);
          const file = sameUri(uri);
          met.add(file);
          if (mine(file))
            publisher.publish(
              uri,
              unknown(findings, baseline).map((finding) => open.diagnostic(folder, finding)),
            );
        },
        onProgress: ({ files, total, findings }) => {
          result.files = before.files + files;
          result.findings = before.findings + findings;
          if (performance.now() - told < pause) return;
          told = performance.now();
          if (total === 0) progress.report('looking for files');
          else progress.report(Math.round((100 * files) / total), `${files} of ${total} files, ${result.findings} findings`);
        },
      },
      checks,
    );
    if (!outcome.cancelled) {
      folder.scanned = true;
      clear(met);
    }
    for (const { path, reason } of outcome.skipped) log.info(`${path}: ${reason}`);
    const took = `${outcome.files.length} files in ${((performance.now() - start) / 1000).toFixed(1)} s`;
    log.info(`Scan of ${root}: ${took}${outcome.cancelled ? ', cancelled' : ''}.`);
  }
  return { ...result, cancelled: signal.aborted };
}
