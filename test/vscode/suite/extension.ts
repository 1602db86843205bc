import assert from 'node:assert/strict';
import * as vscode from 'vscode';

/** One flaw of each kind of file: the rule, its line (one-based) and its severity in the editor. */
const expected: readonly (readonly [file: string, rule: string, line: number, severity: vscode.DiagnosticSeverity])[] = [
  ['Dockerfile', 'docker/root-user', 4, vscode.DiagnosticSeverity.Warning],
  ['infra/main.tf', 'aws/s3-public-acl', 3, vscode.DiagnosticSeverity.Error],
  ['infra/template.yaml', 'aws/s3-public-acl', 6, vscode.DiagnosticSeverity.Error],
  ['k8s/deployment.yaml', 'kubernetes/privileged-container', 16, vscode.DiagnosticSeverity.Error],
  ['compose.yaml', 'kubernetes/privileged-container', 4, vscode.DiagnosticSeverity.Error],
  ['.github/workflows/ci.yml', 'github-actions/unpinned-action', 9, vscode.DiagnosticSeverity.Warning],
  ['src/server.js', 'javascript/command-injection', 7, vscode.DiagnosticSeverity.Error],
  ['src/lookup.ts', 'javascript/command-injection', 7, vscode.DiagnosticSeverity.Error],
  ['.env', 'secrets/aws-access-key', 2, vscode.DiagnosticSeverity.Error],
];

const folder = vscode.workspace.workspaceFolders![0]!.uri;
const uriOf = (file: string): vscode.Uri => vscode.Uri.joinPath(folder, file);
const found = (uri: vscode.Uri) => vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'leftward');
const ruleOf = ({ code }: vscode.Diagnostic): string => String(typeof code === 'object' ? code.value : code);

/** Waits until a file shows a rule (or doesn't any more). */
async function until(uri: vscode.Uri, rule: string, there = true): Promise<vscode.Diagnostic | undefined> {
  const look = () => found(uri).find((one) => ruleOf(one) === rule);
  for (const end = Date.now() + 15_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 20))) {
    if (Boolean(look()) === there) return look();
  }
  throw new Error(`${uri.path}: ${there ? 'no' : 'still'} ${rule}, but ${found(uri).map(ruleOf).join(', ') || 'nothing'}`);
}

async function open(file: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(uriOf(file));
  await vscode.window.showTextDocument(document);
  return document;
}

function actionsAt(uri: vscode.Uri, range: vscode.Range, kind?: string): Thenable<vscode.CodeAction[]> {
  return vscode.commands.executeCommand('vscode.executeCodeActionProvider', uri, range, kind);
}

async function replace(document: vscode.TextDocument, text: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text);
  assert.ok(await vscode.workspace.applyEdit(edit));
}

describe('Leftward in VS Code', () => {
  it('runs in the mode that was asked for', async () => {
    assert.equal(vscode.workspace.isTrusted, vscode.workspace.getConfiguration('leftwardTest').get('trusted'));
    await vscode.extensions.getExtension('leftward.leftward')!.activate();
  });

  it('fills Problems with files that were never opened', async () => {
    await vscode.commands.executeCommand('leftward.scanWorkspace');
    for (const [file, rule] of expected) await until(uriOf(file), rule);
    const opened = vscode.workspace.textDocuments.map(({ uri }) => uri.path);
    assert.deepEqual(
      expected.filter(([file]) => opened.includes(uriOf(file).path)),
      [],
    );
  });

  for (const [file, rule, line, severity] of expected) {
    it(`underlines ${rule} in ${file}, once`, async () => {
      const { uri } = await open(file);
      const diagnostic = (await until(uri, rule))!;
      assert.equal(diagnostic.range.start.line + 1, line);
      assert.equal(diagnostic.range.isSingleLine && !diagnostic.range.isEmpty, true);
      assert.equal(diagnostic.severity, severity);
      const twice = found(uri).filter((one) => ruleOf(one) === rule && one.range.isEqual(diagnostic.range));
      assert.equal(twice.length, 1, 'the scan had found it before');
      assert.ok(typeof diagnostic.code === 'object' && diagnostic.code.target.scheme === 'https');
    });
  }

  it('analyses documents that were never saved', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'dockerfile', content: 'FROM scratch\nUSER root\n' });
    await vscode.window.showTextDocument(document);
    await until(document.uri, 'docker/root-user');
    await replace(document, 'FROM scratch\nUSER 10001\n');
    await until(document.uri, 'docker/root-user', false);
  });

  it('fixes what is underlined, text and squiggle', async () => {
    const document = await open('infra/main.tf');
    const diagnostic = (await until(document.uri, 'aws/s3-public-acl'))!;
    const fix = (await actionsAt(document.uri, diagnostic.range, 'quickfix')).find(({ isPreferred }) => isPreferred);
    assert.ok(fix?.edit, 'a preferred fix');
    assert.ok(await vscode.workspace.applyEdit(fix.edit));
    assert.match(document.getText(), /acl\s+= "private"/);
    await until(document.uri, 'aws/s3-public-acl', false);
  });

  it('suppresses a finding with the reason that is given', async () => {
    const document = await open('k8s/deployment.yaml');
    const diagnostic = (await until(document.uri, 'kubernetes/privileged-container'))!;
    const actions = await actionsAt(document.uri, diagnostic.range, 'quickfix');
    const ignore = actions.find(({ title }) => title.startsWith('Leftward: ignore kubernetes/privileged-container on this line'));
    assert.ok(ignore?.command, 'an action that asks for the reason');
    const window = vscode.window as { showInputBox: unknown };
    const { showInputBox } = window;
    window.showInputBox = () => Promise.resolve('node agent');
    try {
      await vscode.commands.executeCommand(ignore.command.command, ...((ignore.command.arguments ?? []) as unknown[]));
    } finally {
      window.showInputBox = showInputBox;
    }
    assert.match(document.getText(), /# leftward-ignore kubernetes\/privileged-container -- node agent\n +privileged: true/);
    await until(document.uri, 'kubernetes/privileged-container', false);
  });

  it('explains on hover', async () => {
    const { uri } = await open('Dockerfile');
    const diagnostic = (await until(uri, 'docker/root-user'))!;
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', uri, diagnostic.range.start);
    const text = hovers.flatMap(({ contents }) => contents.map((one) => (typeof one === 'string' ? one : one.value))).join('\n');
    assert.match(text, /Image runs as root/);
    assert.match(text, /CWE-250/);
  });

  it('never shows a secret', async () => {
    const { uri } = await open('.env');
    const diagnostic = (await until(uri, 'secrets/aws-access-key'))!;
    const value = (await vscode.workspace.openTextDocument(uri)).getText().split('AWS_ACCESS_KEY_ID=')[1]!.trim();
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', uri, diagnostic.range.start);
    assert.ok(!JSON.stringify([found(uri), hovers]).includes(value));
  });

  it('explains a rule in a document of its own', async () => {
    await vscode.commands.executeCommand('leftward.explainRule', 'docker/root-user');
    const page = await vscode.workspace.openTextDocument(vscode.Uri.parse('leftward-rule:/docker/root-user.md'));
    assert.match(page.getText(), /^# Image runs as root\n/);
  });

  it('comes back after a restart', async () => {
    const document = await open('src/server.js');
    await vscode.commands.executeCommand('leftward.restartServer');
    await until(document.uri, 'javascript/command-injection');
    await replace(document, 'module.exports = 1;\n');
    await until(document.uri, 'javascript/command-injection', false);
  });
});
