import { existsSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import process from 'node:process';
import { runPage, type Page } from '../pages/index.ts';
import { didYouMean, findConfig, type Config } from '../workspace/config.ts';
import { nearest } from '../workspace/nearest.ts';
import { loadParsers } from '../workspace/parsers.ts';
import { targetsOf } from '../workspace/roots.ts';
import { checks, readPages } from '../workspace/rules.ts';
import { rulesHere } from './explain.ts';
import { rulesHelp } from './help.ts';
import { readArguments, Trouble, type Command, type Terminal } from './terminal.ts';

/** `leftward rules list|test|new`. */
export const rulesCommand: Command = async (args, terminal) => {
  const { values, positionals } = readArguments(args, {});
  if (values.help) return terminal.print(rulesHelp).then(() => 0);
  const [action, argument, ...more] = positionals;
  if (more.length > 0) throw new Trouble(rulesHelp);
  switch (action) {
    case 'list':
      return list(terminal);
    case 'test':
      return test(argument, terminal);
    case 'new':
      return create(argument, terminal);
    case undefined:
      throw new Trouble(rulesHelp);
    default:
      throw new Trouble(`There is no "rules ${action}".${didYouMean(nearest(action, ['list', 'test', 'new']))}\n\n${rulesHelp}`);
  }
};

async function list(terminal: Terminal): Promise<number> {
  const rules = [...rulesHere(terminal)].sort((a, b) => (a.id < b.id ? -1 : 1));
  const width = Math.max(0, ...rules.map(({ id }) => id.length));
  const lines = rules.map(
    ({ id, severity, title, optional }) => `${id.padEnd(width)}  ${severity.padEnd(8)}  ${title}${optional ? ' (optional)' : ''}\n`,
  );
  await terminal.print(lines.join(''));
  return 0;
}

async function test(named: string | undefined, terminal: Terminal): Promise<number> {
  const folders = named === undefined ? ownFolders(config()) : [resolve(named)];
  const pages: Page[] = [];
  for (const folder of folders) {
    if (!existsSync(folder) || !statSync(folder).isDirectory()) throw new Trouble(`There is no folder ${shown(folder)}.`);
    pages.push(...readPages(folder));
  }
  if (pages.length === 0)
    throw new Trouble(`There are no rule pages in ${folders.map(shown).join(', ')}. \`leftward rules new\` writes one.`);
  await loadParsers();
  const failures = pages.flatMap((page) => runPage(page, checks));
  for (const { page, line, message } of failures) await terminal.print(`${page}.md:${line}: ${message}\n`);
  const failed = new Set(failures.map(({ page }) => page)).size;
  const fences = pages.reduce((sum, page) => sum + page.fences.length, 0);
  await terminal.print(
    failed > 0 ? `${failed} of ${pages.length} pages failed.\n` : `${pages.length} pages with ${fences} fences passed.\n`,
  );
  return failed > 0 ? 1 : 0;
}

async function create(id: string | undefined, terminal: Terminal): Promise<number> {
  if (id === undefined || !/^[a-z0-9-]+\/[a-z0-9-]+$/.test(id)) {
    throw new Trouble(
      'Name the rule <folder>/<name>, in lower case with hyphens, after the flaw: leftward rules new team/bucket-without-owner',
    );
  }
  const own = config();
  const folder = ownFolders(own)[0]!;
  const path = join(folder, `${id}.md`);
  if (existsSync(path)) throw new Trouble(`${shown(path)} exists already.`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, template);
  const hint =
    own.ruleFolders.length > 0 || existsSync(join(folder, 'checks.ts'))
      ? ''
      : `Add it to .leftward.yaml to use it: rule-folders: [${shown(folder)}]\n`;
  await terminal.print(`Wrote ${shown(path)}. It works as it is; change it, then run: leftward rules test ${shown(folder)}\n${hint}`);
  return 0;
}

function config(): Config {
  const { root, start } = targetsOf([], process.cwd()).targets[0]!;
  return findConfig(start, root);
}

function ownFolders({ ruleFolders }: Config): readonly string[] {
  return ruleFolders.length > 0 ? ruleFolders : [resolve('rules')];
}

function shown(path: string): string {
  return (relative(process.cwd(), path) || '.').replaceAll('\\', '/');
}

const template = `---
title: S3 bucket has no owner tag
severity: low
confidence: high
cwe: [1059]
owasp: []
stride: []
compliance: {}
aliases: []
message: "\`{name}\` has no \`owner\` tag, so nobody knows whom to ask about it."
match:
  - on: terraform aws_s3_bucket
    where: { tags.owner: absent }
---
Why it matters, in three sentences a developer remembers. How it was abused in the real world. What to do instead.

\`\`\`terraform bad 1
resource "aws_s3_bucket" "logs" {
  bucket = "logs"
}
\`\`\`
\`\`\`terraform good
resource "aws_s3_bucket" "logs" {
  bucket = "logs"
  tags   = { owner = "platform" }
}
\`\`\`
`;
