import process from 'node:process';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { didYouMean } from '../workspace/config.ts';
import { nearest } from '../workspace/nearest.ts';

/** Arguments after the command's name in, exit code out. */
export type Command = (args: readonly string[], terminal: Terminal) => Promise<number>;

/** Something that the user can mend: the message says what is wrong and what to do. Exit code 2. */
export class Trouble extends Error {}

/** stdout for results, stderr for everything else; colour and progress only where a person looks at them. */
export class Terminal {
  private progressShown = 0;

  constructor() {
    // `leftward scan | head`: who reads us may leave early, and that is no failure.
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit();
      throw error;
    });
    process.stderr.on('error', () => undefined);
  }

  /** Writes a result; resolves when it is out. */
  print(text: string): Promise<void> {
    return new Promise((resolve) => process.stdout.write(text, () => resolve()));
  }

  /** A line for the user that isn't part of the result. */
  say(text: string): void {
    this.clearProgress();
    process.stderr.write(text.endsWith('\n') ? text : `${text}\n`);
  }

  /** A line that the next one overwrites. */
  progress(text: string): void {
    if (!process.stderr.isTTY || process.env.CI || performance.now() - this.progressShown < 80) return;
    this.progressShown = performance.now();
    process.stderr.write(`\r\x1b[K${text}`);
  }

  clearProgress(): void {
    if (this.progressShown > 0) process.stderr.write('\r\x1b[K');
    this.progressShown = 0;
  }

  /** As `NO_COLOR` (no-color.org) and `FORCE_COLOR` ask, else when stdout is a terminal. */
  colour(wanted: boolean): boolean {
    const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
    if (!wanted || NO_COLOR) return false;
    if (FORCE_COLOR) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
    return process.stdout.isTTY && TERM !== 'dumb';
  }
}

type Options = NonNullable<ParseArgsConfig['options']>;

/** Reads the arguments of a command. Throws Trouble, with the nearest option on a typo. */
export function readArguments<T extends Options>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options: { ...options, help: { type: 'boolean', short: 'h' } }, allowPositionals: true });
  } catch (error) {
    const given = /Unknown option '--?([^']+)'/.exec((error as Error).message)?.[1];
    if (given === undefined) throw new Trouble((error as Error).message);
    const guess = nearest(given, Object.keys(options));
    throw new Trouble(`There is no option --${given}.${didYouMean(guess && `--${guess}`)} See --help.`);
  }
}

/** The value, when it is one of `choices`. */
export function oneOf<T extends string>(name: string, value: string | undefined, choices: readonly T[]): T | undefined {
  if (value === undefined || choices.includes(value as T)) return value as T | undefined;
  throw new Trouble(`${name} takes ${choices.join(', ')}, not "${value}".${didYouMean(nearest(value, choices))}`);
}
