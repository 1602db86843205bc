import { isUtf8 } from 'node:buffer';
import { closeSync, fstatSync, openSync, readFileSync, constants } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Syntax } from '../engine/types.ts';
import type { Ignored } from './ignored.ts';

/** Larger files get the text rules only: a tree of that size is generated, and would stall an editor. In UTF-16 units. */
export const treeLimit = 1_000_000;
/** Still larger files aren't read at all. In bytes. */
export const readLimit = 10_000_000;

/** A file that wasn't looked at (or not in full), and why, in words that follow its name. */
export interface Skipped {
  readonly path: string;
  readonly reason: string;
}

/** How the bytes of a file stand for its text; `lossy` text can't be written back without damage. */
export type Encoding = 'utf-8' | 'utf-8-bom' | 'utf-16le' | 'utf-16be' | 'lossy';

export type Read = { readonly text: string; readonly encoding: Encoding } | { readonly skipped: string };

/** Reads a file as text. Never throws: what can't be read as text comes back with the reason. */
export function readText(path: string): Read {
  let bytes: Buffer;
  try {
    // Not blocking: a named pipe that nobody writes to would otherwise hang the scan.
    const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const stat = fstatSync(file);
      if (!stat.isFile()) return { skipped: 'not a regular file' };
      if (stat.size > readLimit) return { skipped: `larger than ${readLimit / 1e6} MB` };
      bytes = readFileSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return { skipped: reasonOf(error) };
  }
  return decode(bytes);
}

/** Bytes to text, without the byte order mark, as editors count it. */
export function decode(bytes: Buffer): Read {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { text: bytes.toString('utf16le', 2), encoding: 'utf-16le' };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) {
    return {
      text: Buffer.from(bytes.subarray(2, bytes.length & ~1))
        .swap16()
        .toString('utf16le'),
      encoding: 'utf-16be',
    };
  }
  if (bytes.subarray(0, 8000).includes(0)) return { skipped: 'binary' };
  const bom = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const text = bytes.toString('utf8', bom ? 3 : 0);
  return { text, encoding: !isUtf8(bytes) ? 'lossy' : bom ? 'utf-8-bom' : 'utf-8' };
}

/** The bytes of a text in an encoding that `decode` named; undefined for `lossy`. */
export function encode(text: string, encoding: Encoding): Buffer | undefined {
  switch (encoding) {
    case 'utf-8':
      return Buffer.from(text);
    case 'utf-8-bom':
      return Buffer.from('\ufeff' + text);
    case 'utf-16le':
      return Buffer.from('\ufeff' + text, 'utf16le');
    case 'utf-16be':
      return Buffer.from('\ufeff' + text, 'utf16le').swap16();
    case 'lossy':
      return undefined;
  }
}

/** Why the file system refused, in plain words. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
      return 'no longer there';
    case 'EACCES':
    case 'EPERM':
      return 'no permission to read it';
    case 'EISDIR':
      return 'a folder';
    case 'ELOOP':
      return 'a link to itself';
    case 'ENXIO':
      return 'not a regular file';
    default:
      return message;
  }
}

/** Written by tools, full of hashes, never by hand: the text rules suffice. */
const generated =
  /(^|\/)(package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lock|composer\.lock|Cargo\.lock|Gemfile\.lock|Pipfile\.lock|poetry\.lock|uv\.lock|go\.sum|flake\.lock|\.terraform\.lock\.hcl|packages\.lock\.json)$|[.-]min\.(js|mjs|cjs)$|\.map$/;

/** Lock files, minified code and source maps, by name. */
export function isGenerated(path: string): boolean {
  return generated.test(path);
}

/** The syntax that a document is analysed in: `text` for what is too large or generated, else what `syntax` says. */
export function limitedSyntax(path: string, text: string, syntax: Syntax): { syntax: Syntax; limited?: string } {
  if (syntax === 'text') return { syntax };
  if (text.length > treeLimit) return { syntax: 'text', limited: `larger than ${treeLimit / 1e6} MB: checked for secrets only` };
  return isGenerated(path) ? { syntax: 'text' } : { syntax };
}

/** Pictures, fonts, archives, compiled code: not worth opening only to find a NUL. */
const opaque =
  /\.(png|jpe?g|gif|webp|avif|ico|icns|bmp|tiff?|psd|woff2?|ttf|otf|eot|mp[34]|m4[av]|mov|avi|webm|ogg|wav|flac|pdf|zip|gz|tgz|bz2|xz|zst|7z|rar|jar|war|class|exe|dll|so|dylib|a|o|obj|lib|pyc|wasm|node|bin|dat|db|sqlite3?|vsix|parquet|pack|idx)$/i;

/** Whether a file's name says that it is no text. */
export function isOpaque(path: string): boolean {
  return opaque.test(path);
}

/**
 * The files below `start` ('' or a '/'-separated path relative to `root`), each relative to `root`, in no particular order between folders. Symbolic links
 * are not followed: what they point to is met where it lies, and no loop can form. A folder that can't be read is yielded as skipped.
 */
export async function* walk(root: string, start: string, ignored: Ignored): AsyncGenerator<string | Skipped> {
  const pending = [start];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    let entries;
    try {
      entries = await readdir(join(root, folder), { withFileTypes: true });
    } catch (error) {
      yield { path: folder || '.', reason: reasonOf(error) };
      continue;
    }
    for (const entry of entries) {
      const path = folder ? `${folder}/${entry.name}` : entry.name;
      if (entry.isDirectory()) {
        if (!ignored.at(path, true)) pending.push(path);
      } else if (entry.isFile() && !opaque.test(entry.name) && !ignored.at(path, false)) {
        yield path;
      }
    }
  }
}
