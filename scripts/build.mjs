// Builds dist/: the extension, the language server, the command and its worker, the grammars and the compiled rules.
// `--watch` rebuilds when a source or a page changes; `--dev` leaves names readable and adds source maps; `--out` names another folder.
import { execFile } from 'node:child_process';
import { watch } from 'node:fs';
import { chmod, copyFile, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { clearTimeout, setTimeout } from 'node:timers';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import esbuild from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = process.argv.indexOf('--out');
const dist = resolve(root, out > 0 ? process.argv[out + 1] : 'dist');
const watching = process.argv.includes('--watch');
const readable = watching || process.argv.includes('--dev');
const require = createRequire(import.meta.url);

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  minify: !readable,
  keepNames: false,
  sourcemap: readable,
  metafile: true,
  legalComments: 'none', // dist/third-party-licenses.txt has them in full
  mainFields: ['module', 'main'], // some packages' `main` is UMD, which can't be bundled
  logLevel: 'warning',
};
// CommonJS has no import.meta.url, ES modules no require; bundled packages use both.
const cjs = {
  format: 'cjs',
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
};
const require_ = "import { createRequire as leftwardRequire } from 'node:module'; const require = leftwardRequire(import.meta.url);";
const builds = [
  { ...common, ...cjs, entryPoints: ['client/extension.ts'], outfile: join(dist, 'client.cjs'), external: ['vscode'] },
  { ...common, ...cjs, entryPoints: ['server/lsp/main.ts'], outfile: join(dist, 'server.cjs') },
  { ...common, format: 'esm', banner: { js: require_ }, entryPoints: ['server/workspace/worker.ts'], outfile: join(dist, 'worker.mjs') },
  {
    ...common,
    format: 'esm',
    banner: { js: `#!/usr/bin/env node\n${require_}` },
    entryPoints: ['server/cli/main.ts'],
    outfile: join(dist, 'cli.mjs'),
  },
];

/** The check table must exist before the bundles are made; the pages are compiled by the sources themselves. */
async function compileRules() {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', 'scripts/compile-rules.ts', join(dist, 'rules.json')],
    { cwd: root },
  );
  process.stdout.write(stdout);
}

async function copyGrammars() {
  for (const file of ['web-tree-sitter/web-tree-sitter.wasm', '@tree-sitter-grammars/tree-sitter-hcl/tree-sitter-terraform.wasm']) {
    await copyFile(require.resolve(file), join(dist, basename(file)));
  }
}

/** The licences of everything that the bundles hold, as those licences ask. */
async function writeLicences(results) {
  const folders = new Set(['node_modules/@tree-sitter-grammars/tree-sitter-hcl']);
  for (const { metafile } of results) {
    for (const input of Object.keys(metafile.inputs)) {
      const found = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input);
      if (found) folders.add(found[0]);
    }
  }
  const texts = [];
  for (const folder of [...folders].sort()) {
    const { name, version, license } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
    const file = (await readdir(join(root, folder))).find((one) => /^licen[cs]e/i.test(one));
    texts.push(`${name} ${version} (${license})\n\n${file ? (await readFile(join(root, folder, file), 'utf8')).trim() : ''}\n`);
  }
  await writeFile(join(dist, 'third-party-licenses.txt'), texts.join(`\n${'-'.repeat(80)}\n\n`));
}

async function build() {
  if (out < 0) await rm(dist, { recursive: true, force: true }); // a folder that was named may hold other things
  await mkdir(dist, { recursive: true });
  await compileRules();
  const results = await Promise.all(builds.map((options) => esbuild.build(options)));
  await Promise.all([copyGrammars(), writeLicences(results), chmod(join(dist, 'cli.mjs'), 0o755)]);
  for (const { metafile } of results) {
    for (const [file, { bytes }] of Object.entries(metafile.outputs)) {
      if (!file.endsWith('.map')) console.log(`${relative(root, resolve(root, file))}  ${Math.round(bytes / 1024)} KB`);
    }
  }
}

await build().catch((error) => {
  console.error(error.stderr || error.message);
  if (!watching) process.exit(1);
});
if (watching) {
  for (const options of builds) await (await esbuild.context({ ...options, logLevel: 'info' })).watch();
  let pending;
  watch(join(root, 'rules'), { recursive: true }, (_event, file) => {
    if (dirname(file ?? '') === '.') return; // the table that compiling writes
    clearTimeout(pending);
    pending = setTimeout(() => compileRules().catch((error) => console.error(error.stderr || error.message)), 200);
  });
  console.log('Watching client/, server/ and rules/ …');
}
