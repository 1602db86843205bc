// Where the VS Code for tests lives, and the browser that shows it.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const CACHE = join(ROOT, '.vscode-test');
export const CODE_SERVER = 'code-server@4.139.1';
/** code-server wants Node 24, whatever runs the tests; this package is the plain binary. */
const nodePackage = `${process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node'}-${process.platform}-${process.arch}`;
export const NODE = `${nodePackage}@24`;
export const NODE_BIN = join(CACHE, 'node_modules', nodePackage, 'bin/node');
export const ENTRY = join(CACHE, 'node_modules/code-server/out/node/entry.js');

/** The full path of a program, or undefined where the PATH has none. */
export function which(program) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const names = process.platform === 'win32' ? [`${program}.cmd`, `${program}.exe`] : [program];
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find((path) => existsSync(path));
}

/** A Chromium or Chrome of the machine: named by CHROMIUM, found, or installed where this is Debian and we are root. */
export function findChromium() {
  const found = () =>
    [
      process.env.CHROMIUM,
      ...['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].map(which),
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    ].find((path) => path && existsSync(path));
  const path = found();
  if (path) return path;
  if (which('apt-get') && process.getuid?.() === 0) {
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'inherit' });
    const packages = ['chromium', 'fonts-dejavu-core'];
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { stdio: 'inherit' });
  }
  return found();
}
