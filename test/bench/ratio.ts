/** (c) The whole analysis of a document beside its parse alone. Runs in a bundle: a loader's helpers would slow functions down. */
import { analyze } from '../../server/engine/analyze.ts';
import { extract } from '../../server/facts/index.ts';
import { parse } from '../../server/parse/index.ts';
import { parseConfig } from '../../server/workspace/config.ts';
import { loadParsers } from '../../server/workspace/parsers.ts';
import { loadRules, ruleSetOf } from '../../server/workspace/rules.ts';
import { median, rounded, timed } from './statistics.ts';
import { documentOf, languages } from './texts.ts';

export interface Ratio {
  readonly language: string;
  /** Milliseconds, medians. */
  readonly parse: number;
  readonly whole: number;
  /** Median of the ratios of neighbours in time: what else the machine does slows both. */
  readonly ratio: number;
  readonly findings: number;
}

const lines = 1000;
const warmUp = 60;
const runs = 101;

export async function ratios(only?: string): Promise<Ratio[]> {
  await loadParsers();
  const rules = ruleSetOf(loadRules(), parseConfig('', ''), { preset: 'all' });
  return languages
    .filter(({ name }) => !only || name === only)
    .map((language) => {
      const { path, text, syntax } = documentOf(language, lines);
      const alone: number[] = [];
      const whole: number[] = [];
      let findings = 0;
      for (let i = -warmUp; i < runs; i++) {
        // A document of its own each time: what is remembered by identity must not help.
        const one = timed(() => parse({ path, text, syntax }));
        const all = timed(() => {
          const document = { path, text, syntax };
          const { facts, literals } = extract(parse(document), []);
          findings = analyze({ document, facts, literals }, rules).findings.length;
        });
        if (i < 0) continue;
        alone.push(one);
        whole.push(all);
      }
      const ratio = median(whole.map((all, i) => all / alone[i]!));
      return { language: language.name, parse: rounded(median(alone)), whole: rounded(median(whole)), ratio: rounded(ratio), findings };
    });
}
