import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fingerprints } from '../report/index.ts';
import { baselineName, baselineOf } from '../workspace/baseline.ts';
import { reasonOf } from '../workspace/files.ts';
import { baselineHelp } from './help.ts';
import { choosing, jobsOf, presetOf, scanSetup } from './scan.ts';
import { setupsOf } from './setup.ts';
import { readArguments, Trouble, type Command } from './terminal.ts';

/** `leftward baseline`: what is found today is known from now on. */
export const baseline: Command = async (args, terminal) => {
  const { values, positionals } = readArguments(args, { preset: choosing.preset, jobs: choosing.jobs, 'no-color': choosing['no-color'] });
  if (values.help) return terminal.print(baselineHelp).then(() => 0);
  const { setups } = setupsOf(positionals, { preset: presetOf(values.preset), rule: undefined }, terminal);
  for (const setup of setups) {
    // All of the project: a part would make the rest new.
    const whole = { ...setup, paths: [{ path: '', folder: true }] };
    const result = await scanSetup(whole, terminal, jobsOf(values.jobs));
    if (result.cancelled) return 130;
    const known = result.files.flatMap(({ path, findings }) => {
      const prints = fingerprints(findings);
      return findings.map(({ rule }, i) => ({ file: path, rule, fingerprint: prints[i]! }));
    });
    const file = join(setup.root, baselineName);
    await writeFile(file, baselineOf(known)).catch((error: unknown) => {
      throw new Trouble(`${file} could not be written: ${reasonOf(error)}`);
    });
    await terminal.print(
      `${known.length === 1 ? '1 finding' : `${known.length} findings`} in ${file}. Commit it: from now on only what is new is reported.\n`,
    );
  }
  return 0;
};
