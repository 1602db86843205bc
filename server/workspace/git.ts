import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { decode, readLimit } from './files.ts';

/**
 * Git as it is installed, asked about one repository. Nothing that the repository configures is run: no monitor, no external diff, no text conversion.
 * The methods throw an Error with git's own words when it refuses.
 */
const quiet = ['-c', 'core.fsmonitor=false', '-c', 'core.quotePath=false', '-c', 'diff.external='];
const environment = { ...process.env, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' };
/** More than any list of names or batch of texts needs. In bytes. */
const outputLimit = 2_000_000_000;

/** What a command of git prints. `root` is the folder that paths are relative to, absolute. */
export function git(root: string, args: readonly string[], input?: string): Buffer {
  const { status, stdout, stderr, error } = spawnSync('git', [...quiet, ...args], {
    cwd: root,
    env: environment,
    maxBuffer: outputLimit,
    ...(input !== undefined && { input }),
  });
  if (error) throw new Error((error as NodeJS.ErrnoException).code === 'ENOENT' ? 'git is not installed.' : `git failed: ${error.message}`);
  if (status !== 0) throw new Error(complaint(stderr.toString('utf8'), args[0]!));
  return stdout;
}

/** The NUL-separated words that a command of git prints. */
export function gitWords(root: string, args: readonly string[]): readonly string[] {
  return git(root, args)
    .toString('utf8')
    .split('\0')
    .filter((word) => word !== '');
}

/** The texts behind names that git knows (`HEAD:./main.tf`, `:./main.tf`): undefined for what is no text, too large or not there. */
export function textsOf(root: string, names: readonly string[]): readonly (string | undefined)[] {
  // A line end would be two names.
  const asked = names.map((name) => (/[\r\n]/.test(name) ? 'unnameable' : name));
  if (asked.length === 0) return [];
  const sizes = git(root, ['cat-file', '--batch-check=%(objecttype) %(objectsize)'], asked.join('\n') + '\n')
    .toString('utf8')
    .split('\n');
  const usable = asked.map((_, i) => {
    const [type, size] = (sizes[i] ?? '').split(' ');
    return type === 'blob' && Number(size) <= readLimit;
  });
  const wanted = asked.filter((_, i) => usable[i]);
  const output = wanted.length === 0 ? Buffer.alloc(0) : git(root, ['cat-file', '--batch'], wanted.join('\n') + '\n');
  let at = 0;
  return usable.map((is) => {
    if (!is) return undefined;
    const head = output.indexOf(0x0a, at);
    const size = Number(output.toString('latin1', at, head).split(' ')[2]);
    const read = decode(output.subarray(head + 1, head + 1 + size));
    at = head + 1 + size + 1;
    return 'text' in read ? read.text : undefined;
  });
}

/** A command of git whose output is read while it runs. Throws when git fails; `stop` ends it early. */
export async function* gitStream(root: string, args: readonly string[], signal?: AbortSignal): AsyncGenerator<Buffer> {
  const child = start(root, args);
  const stop = (): void => void child.kill();
  signal?.addEventListener('abort', stop, { once: true });
  let errors = '';
  child.stderr.on('data', (piece: Buffer) => (errors = (errors + piece.toString('utf8')).slice(0, 2000)));
  const ended = once(child, 'close') as Promise<[number | null]>;
  ended.catch(() => undefined);
  try {
    for await (const piece of child.stdout) yield piece as Buffer;
    const [status] = await ended;
    if (status !== 0 && !signal?.aborted) throw new Error(complaint(errors, args[0]!));
  } finally {
    signal?.removeEventListener('abort', stop);
    child.kill();
  }
}

/** Objects of a repository, one after the other, from one process of git. */
export class Blobs {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly pieces: AsyncIterator<Buffer>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(root: string) {
    this.child = start(root, ['cat-file', '--batch']);
    this.pieces = this.child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** The text of a blob; undefined for what is no text or too large. */
  async text(id: string): Promise<string | undefined> {
    this.child.stdin.write(`${id}\n`);
    let head: number;
    while ((head = this.rest.indexOf(0x0a)) < 0) if (!(await this.more())) return undefined;
    const [, type, size] = this.rest.toString('latin1', 0, head).split(' ');
    this.rest = this.rest.subarray(head + 1);
    if (type !== 'blob') return undefined;
    const length = Number(size);
    if (length > readLimit) {
      await this.skip(length + 1);
      return undefined;
    }
    const content = await this.take(length + 1);
    const read = decode(content.subarray(0, length));
    return 'text' in read ? read.text : undefined;
  }

  close(): void {
    this.child.kill();
  }

  private async take(length: number): Promise<Buffer> {
    const found: Buffer[] = [];
    let missing = length;
    while (missing > 0) {
      if (this.rest.length === 0 && !(await this.more())) break;
      const piece = this.rest.subarray(0, missing);
      found.push(piece);
      missing -= piece.length;
      this.rest = this.rest.subarray(piece.length);
    }
    return found.length === 1 ? found[0]! : Buffer.concat(found);
  }

  private async skip(length: number): Promise<void> {
    let missing = length;
    while (missing > 0) {
      if (this.rest.length === 0 && !(await this.more())) break;
      const size = Math.min(missing, this.rest.length);
      missing -= size;
      this.rest = this.rest.subarray(size);
    }
  }

  private async more(): Promise<boolean> {
    const next = await this.pieces.next();
    if (next.done) return false;
    this.rest = this.rest.length === 0 ? next.value : Buffer.concat([this.rest, next.value]);
    return true;
  }
}

function start(root: string, args: readonly string[]): ChildProcessWithoutNullStreams {
  const child = spawn('git', [...quiet, ...args], { cwd: root, env: environment });
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  return child;
}

function complaint(words: string, command: string): string {
  const line = words
    .split('\n')
    .find((one) => one.trim() !== '')
    ?.replace(/^(fatal|error): /, '');
  return line === undefined ? `git ${command} failed.` : `git: ${line}`;
}
