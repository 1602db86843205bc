// Runs test/vscode/suite/ in a real VS Code, once with the workspace trusted and once in Restricted Mode. The exit code says whether both passed.
// `--desktop` (always on Windows): the desktop edition, downloaded by @vscode/test-electron; otherwise the one of setup.mjs, in Chromium.
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import esbuild from 'esbuild';
import { CACHE, ROOT } from './paths.mjs';
import { setup } from './setup.mjs';

const desktop = process.argv.includes('--desktop') || process.platform === 'win32';
const limit = 180; // seconds

if (!existsSync(join(ROOT, 'dist/server.cjs'))) throw new Error('There is no dist/: run `npm run build` first.');
if (!desktop) setup();
const suite = join(CACHE, 'suite/index.cjs');
await esbuild.build({
  absWorkingDir: ROOT,
  entryPoints: ['test/vscode/suite/index.ts'],
  outfile: suite,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  sourcemap: 'inline',
  external: ['vscode', 'mocha'],
  logLevel: 'warning',
});

let failed = false;
for (const trusted of [true, false]) {
  console.log(trusted ? '\nVS Code, trusted workspace' : '\nVS Code, Restricted Mode');
  const start = Date.now();
  const folder = mkdtempSync(join(tmpdir(), 'leftward-workspace-')); // the tests write
  cpSync(join(ROOT, 'test/fixtures/workspace'), folder, { recursive: true });
  try {
    const code = await (desktop ? onDesktop(folder, trusted) : inBrowser(folder, trusted));
    console.log(`${code === 0 ? 'passed' : `failed (${code})`} in ${((Date.now() - start) / 1000).toFixed(1)} s`);
    failed ||= code !== 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
process.exit(failed ? 1 : 0);

/** The suite reads what is expected of it from a setting: there is no other way in. */
function expectations(trusted) {
  return { 'leftwardTest.trusted': trusted };
}

async function inBrowser(folder, trusted) {
  const { openVSCode } = await import('./vscode.mjs');
  const vscode = await openVSCode({ folder, trusted, settings: expectations(trusted), extension: ROOT, tests: suite });
  try {
    return await Promise.race([vscode.exit, sleep(limit * 1000, `nothing for ${limit} s`, { ref: false })]);
  } finally {
    await vscode.close();
  }
}

async function onDesktop(folder, trusted) {
  const { runTests } = await import('@vscode/test-electron');
  const { mkdirSync, writeFileSync } = await import('node:fs');
  const data = mkdtempSync(join(tmpdir(), 'leftward-vscode-'));
  mkdirSync(join(data, 'User'));
  const settings = { ...expectations(trusted), 'security.workspace.trust.startupPrompt': 'never', 'telemetry.telemetryLevel': 'off' };
  writeFileSync(join(data, 'User/settings.json'), JSON.stringify(settings));
  const launchArgs = [folder, '--user-data-dir', data, '--disable-extensions', ...(trusted ? ['--disable-workspace-trust'] : [])];
  try {
    return await runTests({ extensionDevelopmentPath: ROOT, extensionTestsPath: suite, launchArgs });
  } catch {
    return 1;
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}
