import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { reasonOf } from '../workspace/files.ts';
import { git } from '../workspace/git.ts';
import { repositoryOf } from '../workspace/roots.ts';
import { hookHelp } from './help.ts';
import { readArguments, Trouble, type Command } from './terminal.ts';

/** Tells our hook from another. */
const mark = '# Written by `leftward install-hook`.';

/** `leftward install-hook`: git's pre-commit hook of this repository, in the folder that git looks in (`core.hooksPath`). */
export const installHook: Command = async (args, terminal) => {
  const { values, positionals } = readArguments(args, { force: { type: 'boolean' }, 'fail-on': { type: 'string' } });
  if (values.help) return terminal.print(hookHelp).then(() => 0);
  if (positionals.length > 0) throw new Trouble('install-hook takes no paths: it is about the repository of this folder.');
  const root = repositoryOf(process.cwd());
  if (root === undefined) throw new Trouble(`${process.cwd()} lies in no git repository.`);
  const file = resolve(root, hooksFolder(root), 'pre-commit');
  if (existsSync(file) && !readFileSync(file, 'utf8').includes(mark) && !values.force)
    throw new Trouble(`${file} exists and isn't ours. Add \`leftward scan --staged\` to it, or replace it with --force.`);
  const options = values['fail-on'] === undefined ? '' : ` --fail-on ${quoted(values['fail-on'])}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, script(options));
    chmodSync(file, 0o755);
  } catch (error) {
    throw new Trouble(`${file} could not be written: ${reasonOf(error)}`);
  }
  terminal.say(`${file} written: git asks Leftward before each commit. \`git commit --no-verify\` goes past it.`);
  return 0;
};

function hooksFolder(root: string): string {
  try {
    return git(root, ['rev-parse', '--git-path', 'hooks']).toString('utf8').trim();
  } catch (error) {
    throw new Trouble((error as Error).message);
  }
}

/** The command that this very process is; where it has gone since, the one on the PATH. */
function script(options: string): string {
  const [node, cli] = [process.execPath, fileURLToPath(import.meta.url)].map((path) => quoted(path.replaceAll('\\', '/')));
  return `#!/bin/sh
${mark}
if [ -x ${node} ] && [ -f ${cli} ]; then
  exec ${node} ${cli} scan --staged${options}
fi
exec leftward scan --staged${options}
`;
}

/** A word for sh. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
