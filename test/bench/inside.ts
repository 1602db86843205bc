/** The measurements that run on bundled code, in a process of their own: `ratio`, `secrets`, `scan <folder> <jobs>`. Prints JSON. */
import { ratios } from './ratio.ts';
import { scanned } from './scan.ts';
import { secretSpeeds } from './secrets.ts';

const [what, argument = '', jobs] = process.argv.slice(2);
const run = async (): Promise<unknown> => {
  switch (what) {
    case 'ratio':
      return ratios(argument);
    case 'secrets':
      return secretSpeeds();
    case 'scan':
      return scanned(argument, Number(jobs));
    default:
      throw new Error(`There is no measurement ${what}.`);
  }
};
process.stdout.write(JSON.stringify(await run()));
