import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { decode, encode, isGenerated, limitedSyntax, readText, treeLimit, walk, type Skipped } from '../server/workspace/files.ts';
import { Ignored } from '../server/workspace/ignored.ts';

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'leftward-'))));
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function put(files: Readonly<Record<string, string | Buffer>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

async function walked(ignored = new Ignored(root), start = ''): Promise<{ files: string[]; skipped: Skipped[] }> {
  const files: string[] = [];
  const skipped: Skipped[] = [];
  for await (const one of walk(root, start, ignored)) {
    if (typeof one === 'string') files.push(one);
    else skipped.push(one);
  }
  return { files: files.sort(), skipped };
}

describe('walking a folder', () => {
  it('obeys nested .gitignore files, the deepest first, and never enters tool folders', async () => {
    put({
      '.gitignore': 'dist/\n*.log\n/only-here.txt\n',
      'a.tf': '',
      'x.log': '',
      'only-here.txt': '',
      'sub/only-here.txt': '',
      'dist/out.js': '',
      'sub/.gitignore': '!keep.log\nsecret.*\n',
      'sub/keep.log': '',
      'sub/other.log': '',
      'sub/secret.env': '',
      'sub/deep/secret.yaml': '',
      'secret.env': '',
      '.github/workflows/ci.yml': '',
      'node_modules/p/index.js': '',
      'sub/.terraform/modules/m.tf': '',
      '.git/config': '',
      '.git/info/exclude': 'local.txt\n',
      'local.txt': '',
      'picture.png': '',
    });
    const { files, skipped } = await walked();
    assert.deepEqual(files, [
      '.github/workflows/ci.yml',
      '.gitignore',
      'a.tf',
      'secret.env',
      'sub/.gitignore',
      'sub/keep.log',
      'sub/only-here.txt',
    ]);
    assert.deepEqual(skipped, []);
  });

  it('obeys `exclude`, relative to the configuration', async () => {
    put({ 'a/gen/x.tf': '', 'gen/x.tf': '', 'a/y.tf': '', 'a/z.test.tf': '' });
    assert.deepEqual((await walked(new Ignored(root, ['/gen', '*.test.tf'], 'a'))).files, ['a/y.tf', 'gen/x.tf']);
    assert.deepEqual((await walked(new Ignored(root, ['gen/']))).files, ['a/y.tf', 'a/z.test.tf']);
  });

  it('looks at a folder that git ignores when it is the one that was named', async () => {
    put({ '.gitignore': 'build\n', 'build/a.tf': '', 'build/.gitignore': 'b.tf', 'build/b.tf': '', 'build/c/d.tf': '' });
    const ignored = new Ignored(root, [], '', 'build');
    assert.deepEqual((await walked(ignored, 'build')).files, ['build/.gitignore', 'build/a.tf', 'build/c/d.tf']);
    assert.ok(new Ignored(root).has('build/c/d.tf'), 'and leaves it out otherwise');
  });

  it('does not follow links, so loops end', async () => {
    put({ 'a/b/c.tf': '' });
    symlinkSync('..', join(root, 'a/b/up'));
    symlinkSync(join(root, 'a/b/c.tf'), join(root, 'link.tf'));
    assert.deepEqual((await walked()).files, ['a/b/c.tf']);
  });

  it('names a folder that is gone', async () => {
    assert.deepEqual((await walked(new Ignored(root), 'missing')).skipped, [{ path: 'missing', reason: 'no longer there' }]);
  });
});

describe('reading a file', () => {
  const read = (content: string | Buffer) => {
    put({ f: content });
    return readText(join(root, 'f'));
  };

  it('leaves out byte order marks and reads UTF-16', () => {
    assert.deepEqual(read('\ufeffa: ü'), { text: 'a: ü', encoding: 'utf-8-bom' });
    assert.deepEqual(read(Buffer.from('\ufeffa: ü', 'utf16le')), { text: 'a: ü', encoding: 'utf-16le' });
    assert.deepEqual(read(Buffer.from('\ufeffa: ü', 'utf16le').swap16()), { text: 'a: ü', encoding: 'utf-16be' });
    assert.deepEqual(read(''), { text: '', encoding: 'utf-8' });
  });

  it('writes back what it read, and refuses where that would do damage', () => {
    for (const bytes of ['a: ü', '\ufeffa: ü', Buffer.from('\ufeffa', 'utf16le'), Buffer.from('\ufeffa', 'utf16le').swap16()].map((b) =>
      Buffer.from(b as string),
    )) {
      const result = decode(bytes);
      assert.ok('text' in result);
      assert.deepEqual(encode(result.text, result.encoding), bytes);
    }
    const lossy = decode(Buffer.from([0x61, 0xff, 0x62]));
    assert.deepEqual(lossy, { text: 'a\ufffdb', encoding: 'lossy' });
    assert.equal(encode('a', 'lossy'), undefined);
  });

  it('says why a file is skipped', () => {
    assert.deepEqual(read(Buffer.from([0x7f, 0x45, 0, 1])), { skipped: 'binary' });
    assert.deepEqual(read(Buffer.alloc(10_000_001, 'a')), { skipped: 'larger than 10 MB' });
    assert.deepEqual(readText(join(root, 'nothing')), { skipped: 'no longer there' });
    assert.deepEqual(readText(root), { skipped: 'not a regular file' });
    symlinkSync('loop', join(root, 'loop'));
    assert.deepEqual(readText(join(root, 'loop')), { skipped: 'a link to itself' });
  });

  it('says when it has no permission', function () {
    put({ closed: 'x' });
    chmodSync(join(root, 'closed'), 0);
    if (process.getuid?.() === 0 || process.platform === 'win32') this.skip(); // root may read everything
    assert.deepEqual(readText(join(root, 'closed')), { skipped: 'no permission to read it' });
  });
});

describe('size and kind', () => {
  it('give large and generated files the text rules only', () => {
    assert.deepEqual(limitedSyntax('a.tf', '', 'hcl'), { syntax: 'hcl' });
    assert.equal(limitedSyntax('a.tf', ' '.repeat(treeLimit + 1), 'hcl').syntax, 'text');
    assert.match(limitedSyntax('a.tf', ' '.repeat(treeLimit + 1), 'hcl').limited!, /larger than 1 MB/);
    assert.deepEqual(limitedSyntax('app/package-lock.json', '{}', 'json'), { syntax: 'text' });
    for (const path of ['yarn.lock', 'x/go.sum', 'lib/jquery.min.js', 'app.js.map', '.terraform.lock.hcl'])
      assert.ok(isGenerated(path), path);
    for (const path of ['package.json', 'admin.js', 'map.js', 'lock.tf']) assert.ok(!isGenerated(path), path);
  });
});
