import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import {
  CodeActionRequest,
  CodeActionResolveRequest,
  DiagnosticSeverity,
  DidChangeWatchedFilesNotification,
  DidChangeWorkspaceFoldersNotification,
  ExecuteCommandRequest,
  FileChangeType,
  HoverRequest,
  WorkDoneProgress,
  type CodeAction,
  type FileEvent,
  type MarkupContent,
  type PublishDiagnosticsParams,
  type Range,
  type TextDocumentEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { ruleSet } from '../server/engine/analyze.ts';
import { place } from '../server/engine/placed.ts';
import { fingerprints } from '../server/report/index.ts';
import { baselineOf } from '../server/workspace/baseline.ts';
import { Project } from '../server/workspace/project.ts';
import { readPages } from '../server/workspace/rules.ts';
import { commands, requests, serverCommands, type RuleSummary, type ScanResult } from '../server/lsp/requests.ts';
import { Client, uriOf, type ClientSetup } from './lsp-client.ts';

// Rules of a team's own, so that these tests are about the server and not about rules that may change.
const page = (title: string, front: string) =>
  `---\ntitle: ${title}\nseverity: high\nconfidence: high\ncwe: [250]\ncompliance: { pci-dss-4.0: [6.2.4] }\n${front}\n---\nBecause it goes wrong.\n`;
const fences = (bad: string, line: number, good: string) =>
  `\n\`\`\`yaml path=.github/workflows/a.yml bad ${line}\n${bad}\`\`\`\n\`\`\`yaml path=.github/workflows/a.yml good\n${good}\`\`\`\n`;
const job = (timeout: string) => `on: push\njobs:\n  build:\n    runs-on: x\n${timeout}    steps: []\n`;
const rules = {
  'rules/team/no-timeout.md':
    page(
      'Job has no time limit',
      'message: "The job has no limit."\nmatch:\n  - on: github-actions job\n    where: { timeout-minutes: absent }\nfix:\n  title: Limit the job\n  safe: true\n  set: { github-actions: { timeout-minutes: 90 } }',
    ) + fences(job(''), 3, job('    timeout-minutes: 5\n')),
  'rules/team/long-timeout.md':
    page(
      'Job may run for long',
      'message: "{value} minutes are long."\nmatch:\n  - on: github-actions job\n    where: { timeout-minutes: { at-least: 60 } }\nfix:\n  title: Half an hour\n  safe: true\n  set: { github-actions: { timeout-minutes: 30 } }',
    ) + fences(job('    timeout-minutes: 60\n'), 5, job('    timeout-minutes: 5\n')),
  'rules/team/token.md':
    page(
      'Token of the team is written down',
      'message: "A token ({value}) is written down."\nmatch:\n  - secret: { keywords: [tok_], pattern: "(?<secret>tok_[a-z0-9]{20})" }',
    ) + '\n```text bad 1\nkey tok_a1b2c3d4e5f6g7h8i9j0\n```\n```text good\nkey\n```\n',
};
const config = 'rule-folders: [rules]\n';
const workflow = '.github/workflows/ci.yml';
const secret = 'tok_q1w2e3r4t5y6u7i8o9p0';

describe('language server', function () {
  this.timeout(30_000);
  let root: string;
  const clients: Client[] = [];

  const write = (files: Readonly<Record<string, string>>, folder = root): void => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  };
  const start = async (setup: ClientSetup = {}): Promise<Client> => {
    const client = new Client();
    clients.push(client);
    return client.start({ folders: [root], ...setup });
  };
  const uri = (path: string): string => uriOf(join(root, path));
  const ours = ({ diagnostics }: PublishDiagnosticsParams) =>
    diagnostics.map(({ code }) => String(code)).filter((code) => code.startsWith('team/'));
  const showing =
    (...codes: string[]) =>
    (params: PublishDiagnosticsParams) =>
      ours(params).join() === codes.join();
  const edited = (text: string, edit: WorkspaceEdit | null | undefined): string => {
    const [change] = (edit?.documentChanges ?? []) as TextDocumentEdit[];
    assert.ok(change, 'a versioned edit');
    return TextDocument.applyEdits(TextDocument.create('x:', '', 1, text), change.edits as never);
  };
  const at = (line: number): Range => ({ start: { line, character: 2 }, end: { line, character: 2 } });
  const actionsAt = async (client: Client, path: string, line: number, only?: string[]): Promise<CodeAction[]> => {
    const { diagnostics } = client.shown(uri(path)) ?? { diagnostics: [] };
    const context = { diagnostics, ...(only && { only }) };
    return (await client.connection.sendRequest(CodeActionRequest.type, {
      textDocument: { uri: uri(path) },
      range: at(line),
      context,
    })) as CodeAction[];
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'leftward lsp ü-'));
    write({ ...rules, '.leftward.yaml': config, [workflow]: job('') });
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) assert.equal(await client.stop(), 0);
    rmSync(root, { recursive: true, force: true });
  });

  it('publishes what it finds with all that an editor shows', async () => {
    const client = await start();
    assert.equal(client.initialized.capabilities.hoverProvider, true);
    await client.open(uri(workflow), job(''), 'yaml');
    const { diagnostics, version } = await client.until(uri(workflow), showing('team/no-timeout'));
    assert.equal(version, 1);
    assert.deepEqual(
      diagnostics.find(({ code }) => code === 'team/no-timeout'),
      {
        range: { start: { line: 2, character: 2 }, end: { line: 2, character: 7 } },
        severity: DiagnosticSeverity.Error,
        source: 'leftward',
        code: 'team/no-timeout',
        codeDescription: { href: 'https://github.com/leftward/leftward/blob/main/rules/team/no-timeout.md' },
        message: 'The job has no limit.',
      },
    );
  });

  it('follows the text, names its version and clears what is gone', async () => {
    const client = await start();
    await client.open(uri(workflow), job(''), 'yaml');
    await client.until(uri(workflow), showing('team/no-timeout'));
    const line = { line: 4, character: 0 };
    for (let version = 2; version <= 6; version++) {
      const text = version === 2 ? '    timeout-minutes: 5' : version === 6 ? '\n' : '0';
      const character = version === 2 ? 0 : '    timeout-minutes: 5'.length + version - 3;
      const position = version === 2 ? line : { line: 4, character };
      await client.change(uri(workflow), version, [{ range: { start: position, end: position }, text }]);
    }
    const last = await client.until(uri(workflow), showing('team/long-timeout'));
    assert.equal(last.version, 6, 'only the last version was analysed');
    assert.match(JSON.stringify(last.diagnostics), /5000 minutes/);
    await client.change(uri(workflow), 7, [{ text: '' }]);
    assert.deepEqual((await client.until(uri(workflow), ({ version }) => version === 7)).diagnostics, []);
  });

  it('offers the fix first, for the version it was made for', async () => {
    const client = await start();
    await client.open(uri(workflow), job(''), 'yaml');
    await client.until(uri(workflow), showing('team/no-timeout'));
    const [fix] = await actionsAt(client, workflow, 2);
    assert.equal(fix?.title, 'Limit the job');
    assert.equal(fix.isPreferred, true);
    assert.equal(fix.diagnostics?.[0]?.code, 'team/no-timeout');
    assert.equal((fix.edit?.documentChanges?.[0] as TextDocumentEdit).textDocument.version, 1);
    assert.match(edited(job(''), fix.edit), /^ {4}timeout-minutes: 90$/m);
  });

  it('fixes a whole file until nothing is left to fix', async () => {
    const client = await start();
    await client.open(uri(workflow), job(''), 'yaml');
    await client.until(uri(workflow), showing('team/no-timeout'));
    const actions = await actionsAt(client, workflow, 0, ['source.fixAll']);
    const ids = actions.map(({ kind }) => kind);
    assert.deepEqual(ids, ['source.fixAll.leftward']);
    const { edit } = await client.connection.sendRequest(CodeActionResolveRequest.type, actions[0]!);
    const text = edited(job(''), edit);
    assert.match(text, /^ {4}timeout-minutes: 30$/m, 'the fix of what the first fix brought up');
    assert.deepEqual(ours(client.shown(uri(workflow))!), ['team/no-timeout'], 'the buffer itself is not touched');
  });

  it('rests when nothing changes, also where documents of one module are open', async () => {
    const client = await start();
    const bucket = (name: string) => `resource "aws_s3_bucket" "${name}" {\n  bucket = var.${name}\n}\n`;
    const files = { 'a.tf': bucket('a'), 'b.tf': bucket('b'), 'compose.yaml': 'services: { a: { image: a } }\n', '.env': 'A=b\n' };
    for (const [path, text] of Object.entries(files)) await client.open(uri(path), text);
    for (const path of Object.keys(files)) await client.until(uri(path), () => true);
    await client.change(uri('a.tf'), 2, [{ text: 'variable "b" {}\n' }]);
    await client.until(uri('a.tf'), ({ version }) => version === 2);
    await setTimeout(200);
    const before = client.published.length;
    await setTimeout(300);
    assert.equal(client.published.length, before);
  });

  it('explains what is under the cursor, without the secret', async () => {
    write({ 'notes.txt': `key ${secret}\n` });
    const client = await start();
    await client.open(uri('notes.txt'), `key ${secret}\n`);
    await client.until(uri('notes.txt'), showing('team/token'));
    const hover = await client.connection.sendRequest(HoverRequest.type, {
      textDocument: { uri: uri('notes.txt') },
      position: { line: 0, character: 8 },
    });
    const { value } = hover!.contents as MarkupContent;
    for (const piece of ['Token of the team is written down', 'high severity', 'Because it goes wrong.', 'CWE-250', 'PCI DSS 4.0 6.2.4']) {
      assert.ok(value.includes(piece), `${piece} in ${value}`);
    }
    assert.ok(!JSON.stringify([hover, client.published]).includes(secret));
    const nothing = { textDocument: { uri: uri('notes.txt') }, position: { line: 1, character: 0 } };
    assert.equal(await client.connection.sendRequest(HoverRequest.type, nothing), null);
  });

  it('suppresses one finding with a reason', async () => {
    const client = await start();
    await client.open(uri(workflow), job(''), 'yaml');
    await client.until(uri(workflow), showing('team/no-timeout'));
    const ignore = (await actionsAt(client, workflow, 2)).find(({ title }) =>
      title.startsWith('Leftward: ignore team/no-timeout on this line'),
    );
    assert.match(edited(job(''), ignore?.edit), /^ {2}# leftward-ignore team\/no-timeout -- TODO: say why\n {2}build:$/m);

    const asked = { uri: uri(workflow), rule: 'team/no-timeout', line: 2, character: 2, scope: 'line', reason: 'it is quick' };
    const edit = await client.connection.sendRequest<WorkspaceEdit | null>(requests.suppress, asked);
    const text = edited(job(''), edit);
    assert.match(text, /-- it is quick\n/);
    await client.change(uri(workflow), 2, [{ text }]);
    await client.until(uri(workflow), showing());
    assert.equal(await client.connection.sendRequest(requests.suppress, asked), null, 'the finding is gone');
  });

  it('leaves the question for the reason to a client that can ask', async () => {
    const client = await start({ commands: true });
    await client.open(uri(workflow), job(''), 'yaml');
    await client.until(uri(workflow), showing('team/no-timeout'));
    const actions = (await actionsAt(client, workflow, 2)).filter(({ title }) => title.includes('team/no-timeout'));
    assert.deepEqual(
      actions.map(({ title, command }) => [title, command?.command]),
      [
        ['Leftward: ignore team/no-timeout on this line…', commands.ignore],
        ['Leftward: ignore team/no-timeout in this file…', commands.ignore],
        ['Leftward: explain team/no-timeout', commands.explainRule],
      ],
    );
    const all = await client.connection.sendRequest<RuleSummary[]>(requests.rules);
    assert.ok(all.some(({ id }) => id === 'team/token') && all.some(({ id }) => id.startsWith('docker/')));
    assert.match(
      await client.connection.sendRequest<string>(requests.explainRule, { rule: 'team/token' }),
      /^# Token of the team is written down\n/,
    );
    assert.equal(await client.connection.sendRequest(requests.explainRule, { rule: 'no/such' }), null);
  });

  it('scans files that were never opened, and keeps them up to date', async () => {
    write({ 'deep/notes.txt': secret, 'ignored/notes.txt': secret, '.gitignore': 'ignored/\n' });
    const client = await start();
    await client.open(uri(workflow), job('    timeout-minutes: 5\n'), 'yaml');
    await client.until(uri(workflow), showing());
    const reports: string[] = [];
    client.connection.onProgress(WorkDoneProgress.type, 'scan-1', ({ kind }) => void reports.push(kind));
    const result = (await client.connection.sendRequest(ExecuteCommandRequest.type, {
      command: serverCommands.scan,
      workDoneToken: 'scan-1',
    })) as ScanResult;
    assert.equal(result.cancelled, false);
    await client.until(uri('deep/notes.txt'), showing('team/token'));
    assert.equal(client.shown(uri('ignored/notes.txt')), undefined);
    assert.deepEqual(ours(client.shown(uri(workflow))!), [], 'an open file shows its buffer, not the disk');
    assert.equal(reports[0], 'begin');
    assert.equal(reports.at(-1), 'end');

    await client.close(uri(workflow));
    await client.until(uri(workflow), showing('team/no-timeout'));

    unlinkSync(join(root, 'deep/notes.txt'));
    write({ 'new.txt': secret });
    const changes: FileEvent[] = [
      { uri: uri('deep'), type: FileChangeType.Deleted },
      { uri: uri('new.txt'), type: FileChangeType.Created },
    ];
    await client.connection.sendNotification(DidChangeWatchedFilesNotification.type, { changes });
    await client.until(uri('deep/notes.txt'), showing());
    await client.until(uri('new.txt'), showing('team/token'));

    write({ '.leftward.yaml': `${config}rules: { team/token: off }\n` });
    await client.connection.sendNotification(DidChangeWatchedFilesNotification.type, {
      changes: [{ uri: uri('.leftward.yaml'), type: FileChangeType.Changed }],
    });
    await client.until(uri('new.txt'), showing());
  });

  it('stops a scan when asked to', async () => {
    write(Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`many/${i}.txt`, `${secret}\n`])));
    const client = await start();
    const cancelled = new Promise<void>((resolve) => {
      client.connection.onProgress(WorkDoneProgress.type, 'scan-2', ({ kind }) => {
        if (kind === 'report') resolve();
      });
    });
    const { CancellationTokenSource } = await import('vscode-languageserver/node');
    const source = new CancellationTokenSource();
    const running = client.connection.sendRequest(
      ExecuteCommandRequest.type,
      { command: serverCommands.scan, workDoneToken: 'scan-2' },
      source.token,
    );
    await cancelled;
    source.cancel();
    const result = (await running) as ScanResult;
    assert.equal(result.cancelled, true);
    assert.ok(result.files < 150, `${result.files} files`);
  });

  it('serves several folders, each by its own rules, and documents outside of them', async () => {
    const other = mkdtempSync(join(tmpdir(), 'leftward-other-'));
    const outside = mkdtempSync(join(tmpdir(), 'leftward-outside-'));
    try {
      write({ 'notes.txt': secret }, other);
      const client = await start({ folders: [root, other], settings: { [uriOf(other)]: { rules: { 'docker/*': 'off' } } } });
      const dockerfile = 'FROM scratch\nUSER root\n';
      const docker = (folder: string) => uriOf(join(folder, 'Dockerfile'));
      await client.open(docker(root), dockerfile);
      await client.open(docker(other), dockerfile);
      await client.open(docker(outside), dockerfile);
      await client.open('untitled:Untitled-1', dockerfile, 'dockerfile');
      const rooted = ({ diagnostics }: PublishDiagnosticsParams) => diagnostics.some(({ code }) => code === 'docker/root-user');
      await client.until(docker(root), rooted);
      await client.until(docker(outside), rooted);
      await client.until('untitled:Untitled-1', rooted);
      assert.deepEqual((await client.until(docker(other), () => true)).diagnostics, []);
      await client.open(uriOf(join(other, 'notes.txt')), secret);
      assert.deepEqual(
        ours(await client.until(uriOf(join(other, 'notes.txt')), () => true)),
        [],
        'the rules of one folder are not those of the other',
      );

      const event = { added: [], removed: [{ uri: uriOf(other), name: 'other' }] };
      await client.connection.sendNotification(DidChangeWorkspaceFoldersNotification.type, { event });
      await client.until(docker(other), rooted);
    } finally {
      rmSync(other, { recursive: true });
      rmSync(outside, { recursive: true });
    }
  });

  it('knows the repository around a folder, as the command line does', async () => {
    mkdirSync(join(root, '.git'));
    const client = await start({ folders: [join(root, '.github')] });
    await client.open(uri(workflow), job(''));
    const { diagnostics } = await client.until(uri(workflow), (params) => params.diagnostics.length > 0);
    assert.ok(
      diagnostics.some(({ code }) => code === 'team/no-timeout'),
      'the configuration lies above the folder, and the path says what the file is',
    );
  });

  it('shows what the baseline does not know', async () => {
    write({ 'two.txt': `${secret}\nx\n` });
    const client = await start();
    await client.open(uri('two.txt'), `${secret}\nx\n`);
    await client.until(uri('two.txt'), showing('team/token'));
    const analysis = new Project(root, () => ruleSet(readPages(join(root, 'rules')).flatMap(({ rule }) => rule ?? []))).analysisOf(
      'two.txt',
    );
    const placed = place(
      analysis.document,
      analysis.findings,
      () => undefined,
      () => analysis.document,
    );
    write({ '.leftward-baseline.json': baselineOf([{ file: 'two.txt', rule: 'team/token', fingerprint: fingerprints(placed)[0]! }]) });
    const changed = (type: FileChangeType) =>
      client.connection.sendNotification(DidChangeWatchedFilesNotification.type, {
        changes: [{ uri: uri('.leftward-baseline.json'), type }],
      });
    await changed(FileChangeType.Created);
    await client.until(uri('two.txt'), showing());
    assert.deepEqual(await actionsAt(client, 'two.txt', 0), []);
    await client.change(uri('two.txt'), 2, [{ text: `x\n${secret}\n${secret.replace('tok_q', 'tok_z')}\n` }]);
    await client.until(
      uri('two.txt'),
      ({ version, diagnostics }) => version === 2 && diagnostics.map(({ range }) => range.start.line).join() === '2',
    );
    unlinkSync(join(root, '.leftward-baseline.json'));
    await changed(FileChangeType.Deleted);
    await client.until(uri('two.txt'), showing('team/token', 'team/token'));
  });

  it('can be switched off', async () => {
    const client = await start({ settings: { '': { enable: false } } });
    await client.open(uri(workflow), job(''), 'yaml');
    assert.deepEqual((await client.until(uri(workflow), () => true)).diagnostics, []);
  });

  it('says in the configuration what is wrong with it', async () => {
    const client = await start();
    await client.open(uri('.leftward.yaml'), 'presett: all\nrules: { docker/root-usr: off }\n', 'yaml');
    const { diagnostics } = await client.until(uri('.leftward.yaml'), (params) => params.diagnostics.length > 0);
    const text = diagnostics.map(({ message }) => message as string).join('\n');
    assert.match(text, /"presett".*Did you mean "preset".*"docker\/root-usr"/s);
  });

  it('outlives damaged and hostile texts', async () => {
    const client = await start();
    const texts: Readonly<Record<string, string>> = {
      'a.yaml': '- '.repeat(20_000),
      'b.json': '['.repeat(100_000),
      'c.js': '('.repeat(20_000),
      'd.tf': 'a {\n'.repeat(10_000),
      'e.yaml': '\ud800\u0000: [}\r\r\n',
    };
    for (const [name, text] of Object.entries(texts)) await client.open(uri(name), text);
    for (const name of Object.keys(texts)) await client.until(uri(name), ({ version }) => version === 1);
    await client.open(uri(workflow), job(''), 'yaml');
    await client.until(uri(workflow), showing('team/no-timeout'));
  });
});
