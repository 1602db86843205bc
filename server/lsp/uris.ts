import { sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The path on disk of a `file:` URI, a Windows drive in lower case; undefined for any other document. */
export function diskPath(uri: string): string | undefined {
  if (!uri.startsWith('file:')) return undefined;
  try {
    return fileURLToPath(uri).replace(/^[A-Z]:/, (drive) => drive.toLowerCase());
  } catch {
    return undefined; // a host on a system that has none, an escaped slash
  }
}

/** The URI of a path on disk. */
export function fileUri(path: string): string {
  return pathToFileURL(path).href;
}

/** One name for all spellings of a URI, to compare by: editors differ in what they escape. */
export function sameUri(uri: string): string {
  const path = diskPath(uri);
  return path === undefined ? uri : `file:${path}`;
}

/** Whether a file lies in a folder, at any depth; both named as `sameUri` does. */
export function liesIn(file: string, folder: string): boolean {
  return file.startsWith(folder) && file.startsWith(folder.startsWith('file:') ? sep : '/', folder.length);
}
