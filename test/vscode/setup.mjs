// Puts a whole VS Code (code-server's) and a Node for it into .vscode-test/. Safe to call every time.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CACHE, CODE_SERVER, NODE, findChromium } from './paths.mjs';

/** Installs what is missing (about 25 s and 800 MB the first time). Throws where tests need a browser and there is none. */
export function setup({ browser = true } = {}) {
  const stamp = join(CACHE, 'stamp');
  const want = `${CODE_SERVER} ${NODE}`;
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== want) {
    // The native modules that scripts would compile only serve logs and watchdogs.
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    const npm = (cwd, ...args) =>
      execFileSync('npm', [...args, ...options], { cwd, stdio: 'inherit', shell: process.platform === 'win32' });
    mkdirSync(CACHE, { recursive: true });
    writeFileSync(join(CACHE, 'package.json'), '{"private":true}');
    console.log('Installing a VS Code for tests into .vscode-test/ …');
    npm(CACHE, 'install', CODE_SERVER, NODE);
    const vscode = join(CACHE, 'node_modules/code-server/lib/vscode');
    npm(vscode, 'install', '--omit=dev');
    npm(join(vscode, 'extensions'), 'install', '--omit=dev'); // TypeScript, without which its extension complains aloud
    writeFileSync(stamp, want);
  }
  if (browser && !findChromium()) throw new Error('No Chromium or Chrome found: install one, or name it in CHROMIUM.');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) setup();
