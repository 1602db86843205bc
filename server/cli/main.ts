import process from 'node:process';
import { baseline } from './baseline.ts';
import { explain } from './explain.ts';
import { fix } from './fix.ts';
import { installHook } from './hook.ts';
import { overview, version } from './help.ts';
import { rulesCommand } from './rules.ts';
import { scanCommand } from './scan.ts';
import { didYouMean } from '../workspace/config.ts';
import { nearest } from '../workspace/nearest.ts';
import { Terminal, Trouble, type Command } from './terminal.ts';

const commands: Readonly<Record<string, Command>> = {
  scan: scanCommand,
  fix,
  baseline,
  explain,
  'install-hook': installHook,
  rules: rulesCommand,
};

/** Exit codes: 0 nothing found, 1 something found, 2 could not run. */
async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    await terminal.print(overview);
    return name === undefined ? 2 : 0;
  }
  if (name === '--version' || name === '-v') {
    await terminal.print(`${version}\n`);
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new Trouble(`There is no command "${name}".${didYouMean(nearest(name, Object.keys(commands)))}\n\n${overview}`);
  return command(rest, terminal);
}

const terminal = new Terminal();
try {
  process.exitCode = await main(process.argv.slice(2), terminal);
} catch (error) {
  process.exitCode = 2;
  // Trouble is the user's to mend and says how; anything else is a fault of ours, whose stack is wanted in a report.
  terminal.say(error instanceof Trouble ? error.message : `Leftward failed, which is a bug: ${(error as Error).stack ?? String(error)}`);
}
