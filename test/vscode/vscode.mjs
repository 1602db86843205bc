// Starts a real VS Code (server, and workbench in Chromium) on a folder, with the extension under development.
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { format } from 'node:util';
import { chromium } from 'playwright-core';
import { ENTRY, NODE_BIN, findChromium } from './paths.mjs';

// VS Code's own chatter: native modules that were left uncompiled, a gallery that isn't asked.
const noise =
  /Could not locate the bindings file|spdlog\.node|native-watchdog|^(Resolv(ed|ing) connection token|Creating a socket|\[reconnection|\[AgentHost|\[AccountPolicy|\[Service Worker|Updating additional builtin|getaddrinfo )/;
const print = (_type, args) => {
  const line = format(...args);
  if (!noise.test(line)) console.log(line);
};

const quiet = {
  'workbench.startupEditor': 'none',
  'telemetry.telemetryLevel': 'off',
  'extensions.ignoreRecommendations': true,
  'chat.commandCenter.enabled': false,
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'git.enabled': false,
  'typescript.disableAutomaticTypeAcquisition': true,
  'js/ts.tsserver.automaticTypeAcquisition.enabled': false,
  'files.autoSave': 'off',
  'editor.minimap.enabled': false,
  'security.workspace.trust.startupPrompt': 'never',
};

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/**
 * The server alone. `folder` is absolute; `trusted: false` is Restricted Mode; `log` a file for what it prints.
 * Resolves to { base, port, close } when it answers.
 */
export async function startServer({ folder, settings = {}, trusted = true, port, log }) {
  port ??= await freePort();
  const home = mkdtempSync(join(tmpdir(), 'leftward-vscode-'));
  const data = join(home, 'data');
  const extensions = join(home, 'extensions');
  mkdirSync(join(data, 'User'), { recursive: true });
  mkdirSync(extensions);
  writeFileSync(join(data, 'User/settings.json'), JSON.stringify({ ...quiet, ...settings }));
  const options = ['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, '--disable-telemetry', '--disable-update-check'];
  if (trusted) options.push('--disable-workspace-trust');
  // The driver makes a built workbench honour `payload`, which names the extension under development.
  options.push('--vscode-option', 'enable-smoke-test-driver', '--user-data-dir', data, '--extensions-dir', extensions, folder);
  const server = spawn(NODE_BIN, [ENTRY, ...options], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const lines = createWriteStream(log ?? join(home, 'server.log'));
  server.stdout.pipe(lines);
  server.stderr.pipe(lines);
  const kill = (signal) => {
    try {
      process.kill(-server.pid, signal);
    } catch {
      // gone already
    }
  };
  const close = async () => {
    const gone = new Promise((resolve) => server.once('exit', resolve));
    if (server.exitCode === null) {
      kill('SIGTERM');
      await Promise.race([gone, sleep(3000)]);
    }
    kill('SIGKILL');
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  };
  const base = `http://127.0.0.1:${port}`;
  try {
    for (let attempt = 0; ; attempt++) {
      if (server.exitCode !== null) throw new Error(`VS Code's server ended with code ${server.exitCode}`);
      const answers = await fetch(`${base}/healthz`).then(
        (response) => response.ok,
        () => false,
      );
      if (answers) break;
      if (attempt > 300) throw new Error("VS Code's server did not answer");
      await sleep(100);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { base, port, close };
}

/** The address of the workbench on a folder, with the extension (and a test suite) under development. */
export function address({ base, port }, { folder, extension, tests }) {
  const remote = (path) => `vscode-remote://127.0.0.1:${port}${path}`;
  const payload = [
    ['extensionDevelopmentPath', remote(extension)],
    ['skipWelcome', 'true'],
  ];
  if (tests) payload.push(['extensionTestsPath', remote(tests)]);
  return `${base}/?folder=${encodeURIComponent(folder)}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
}

/**
 * Server and workbench. Options as `startServer`, and `extension`, `tests` (absolute paths), `viewport`, `onLog`.
 * Resolves to { page, exit, close }; `exit` to the exit code of the tests.
 */
export async function openVSCode(options) {
  const server = await startServer(options);
  let browser;
  const close = async () => {
    await browser?.close().catch(() => undefined);
    await server.close();
  };
  try {
    browser = await chromium.launch({
      executablePath: findChromium(),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    });
    const page = await browser.newPage({ viewport: options.viewport ?? { width: 1280, height: 800 } });
    let done;
    const exit = new Promise((resolve) => (done = resolve));
    await page.exposeFunction('codeAutomationExit', (code) => done(code));
    await page.exposeFunction('codeAutomationLog', (type, args) => (options.onLog ?? print)(type, args));
    await page.goto(address(server, options));
    return { page, exit, close };
  } catch (error) {
    await close();
    throw error;
  }
}
