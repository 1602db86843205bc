import { setImmediate } from 'node:timers/promises';
import { FileChangeType, WatchKind, type FileEvent, type FileSystemWatcher } from 'vscode-languageserver';
import type { Folder, Folders } from './folders.ts';
import type { OpenDocuments } from './open-documents.ts';
import type { Publisher } from './publisher.ts';
import { diskPath, liesIn, sameUri } from './uris.ts';

/** All files: any may be in Problems after a scan, and a folder that goes is told of by its own name only. */
export const watchers: FileSystemWatcher[] = [{ globPattern: '**/*', kind: WatchKind.Create | WatchKind.Change | WatchKind.Delete }];

/** More changes at once come from a checkout or an installation: scanning again is simpler and no slower. */
const many = 500;

/**
 * Brings up to date what depends on files that changed on disk. Answers the folders that have to be read anew (configuration, ignore files, pages of
 * own rules, or too many changes at once).
 */
export async function filesChanged(
  changes: readonly FileEvent[],
  folders: Folders,
  open: OpenDocuments,
  publisher: Publisher,
): Promise<ReadonlySet<Folder>> {
  const stale = new Set<Folder>();
  const touched = new Map<Folder, Set<string>>();
  for (const { uri, type } of changes) {
    const { folder, path } = folders.placeOf(uri);
    if (/(^|\/)(node_modules|\.git|\.terraform)\//.test(path)) continue;
    if (/(^|\/)(\.leftward\.yaml|\.leftward-baseline\.json|\.gitignore)$/.test(path)) stale.add(folder);
    const disk = diskPath(uri);
    if (disk !== undefined && folder.setup.config.ruleFolders.some((own) => disk.startsWith(own))) stale.add(folder);
    folder.project.invalidate(path);
    if (type === FileChangeType.Deleted) {
      const gone = sameUri(uri);
      publisher.clear((file) => (file === gone || liesIn(file, gone)) && !open.has(file));
    }
    const paths = touched.get(folder) ?? new Set();
    touched.set(folder, paths.add(path));
  }
  for (const [folder, paths] of touched) {
    if (stale.has(folder)) continue;
    if (folder.scanned && paths.size > many) {
      stale.add(folder);
      continue;
    }
    const closed = new Set<string>();
    for (const path of paths) {
      open.scheduleAffected({ folder, path });
      if (!folder.scanned || folder.leavesOut(path)) continue;
      closed.add(path);
      for (const other of folder.project.dependentsOf(path)) closed.add(other);
    }
    for (const path of closed) {
      if (!open.has(sameUri(folder.uriOf(path)))) open.publishClosed({ folder, path });
      await setImmediate(); // what is typed meanwhile comes first
    }
  }
  return stale;
}
