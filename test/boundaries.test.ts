import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'mocha';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The table of docs/architecture.md: room → rooms it may import. A room may always import itself. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  'server/engine': [],
  'server/parse': ['server/engine'],
  'server/dataflow': ['server/engine', 'server/parse'],
  'server/facts': ['server/engine', 'server/parse', 'server/dataflow'],
  'server/pages': ['server/engine', 'server/parse', 'server/dataflow', 'server/facts'],
  rules: ['server/engine'],
  'server/workspace': ['server/engine', 'server/parse', 'server/facts', 'server/pages', 'rules'],
  'server/report': ['server/engine'],
  'server/lsp': ['server'],
  'server/cli': ['server', 'rules'],
  client: ['server/lsp/requests.ts'],
};

/** Packages and Node modules: only these rooms may name them. */
const owners: readonly { readonly name: RegExp; readonly rooms: readonly string[] }[] = [
  { name: /^vscode$|^vscode-languageclient/, rooms: ['client'] },
  { name: /^vscode-languageserver(?!-textdocument)/, rooms: ['server/lsp'] },
  { name: /^node:(fs|worker_threads)/, rooms: ['server/workspace', 'server/cli'] },
  { name: /^node:child_process$/, rooms: ['server/workspace'] },
  { name: /^node:(net|http|https|http2|dgram|tls|dns)$/, rooms: [] },
  { name: /^(web-tree-sitter$|jsonc-parser|dockerfile-ast|unbash|@babel\/parser)/, rooms: ['server/parse'] },
  { name: /^yaml$/, rooms: ['server/parse', 'server/pages', 'server/workspace'] },
  { name: /^ajv/, rooms: ['server/pages', 'server/workspace'] },
];

interface Import {
  readonly file: string;
  readonly room: string;
  readonly target: string;
  readonly typeOnly: boolean;
}

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* sources(path);
    else if (path.endsWith('.ts')) yield path;
  }
}

const imports: readonly Import[] = ['server', 'client', 'rules']
  .flatMap((folder) => [...sources(folder)])
  .flatMap((file) => {
    const room = Object.keys(rooms).find((name) => file.startsWith(`${name}/`));
    assert.ok(room, `${file} stands in no room of the table`);
    const text = readFileSync(join(root, file), 'utf8');
    return [
      ...text.matchAll(
        /^(?:import|export)\s+(type\s)?[^'"`;=(]*?\bfrom\s+['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm,
      ),
    ].map((match) => {
      const name = match[2] ?? match[3] ?? match[4]!;
      const target = name.startsWith('.') ? normalize(join(dirname(file), name)).replaceAll('\\', '/') : name;
      return { file, room, target, typeOnly: match[1] !== undefined };
    });
  });

describe('boundaries', () => {
  it('rooms import only the rooms of the table', () => {
    const wrong = imports.filter(({ file, room, target }) => {
      if (!/^(server|client|rules|test|scripts)\//.test(target)) return false;
      // The generated index of check modules lies among the rules, which are data to everybody else.
      return (
        ![room, ...rooms[room]!].some((allowed) => target === allowed || target.startsWith(`${allowed}/`)) && file !== 'rules/checks.ts'
      );
    });
    assert.deepEqual(
      wrong.map(({ file, target }) => `${file} imports ${target}`),
      [],
    );
  });

  it('packages are used only in the rooms that own them', () => {
    const wrong = imports.filter(({ room, target }) =>
      owners.some(({ name, rooms: allowed }) => name.test(target) && !allowed.includes(room)),
    );
    assert.deepEqual(
      wrong.map(({ file, target }) => `${file} imports ${target}`),
      [],
    );
  });

  it('the engine is pure: no Node module, no package', () => {
    const wrong = imports.filter(({ room, target }) => room === 'server/engine' && !target.startsWith('server/'));
    assert.deepEqual(
      wrong.map(({ file, target }) => `${file} imports ${target}`),
      [],
    );
  });

  it('files are short enough to read', () => {
    const long = [...sources('server'), ...sources('client')].filter(
      (file) => readFileSync(join(root, file), 'utf8').split('\n').length > 450,
    );
    assert.deepEqual(
      long.map((file) => relative('.', file)),
      [],
    );
  });
});
