// `npm start`: builds, scans demo/ in the terminal, then opens VS Code on it with the extension. `--no-editor` stops after the scan.
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT, which } from '../test/vscode/paths.mjs';
import { setup } from '../test/vscode/setup.mjs';

const demo = join(ROOT, 'demo');
const node = (...args) => spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' }).status;

if (node('scripts/build.mjs') !== 0) process.exit(1);
console.log('\nleftward scan demo\n');
const status = node('dist/cli.mjs', 'scan', 'demo');
// 1 says that there are findings, which is what the demo is for.
if (status !== 0 && status !== 1) process.exit(status ?? 1);
if (process.argv.includes('--no-editor')) process.exit(0);

const code = which('code');
if (code) {
  console.log('\nOpening demo/ in VS Code with the extension …');
  execFileSync(code, ['--new-window', `--extensionDevelopmentPath=${ROOT}`, demo], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
} else {
  console.log('\n`code` is not on the PATH: serving a VS Code for the browser instead.');
  setup({ browser: false });
  const { address, startServer } = await import('../test/vscode/vscode.mjs');
  const server = await startServer({ folder: demo, log: join(ROOT, '.vscode-test/server.log') });
  console.log(`\nOpen this address in a browser; Ctrl+C stops the server.\n\n  ${address(server, { folder: demo, extension: ROOT })}\n`);
  const stop = async () => {
    await server.close();
    process.exit(0);
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}
