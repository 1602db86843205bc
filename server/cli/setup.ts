import process from 'node:process';
import { Lines } from '../engine/positions.ts';
import type { RuleOptions } from '../engine/analyze.ts';
import type { Rule } from '../engine/types.ts';
import { didYouMean, findConfig, fits, ignoredBy, unknownRules, type Config, type ConfigProblem } from '../workspace/config.ts';
import type { Ignored } from '../workspace/ignored.ts';
import { nearest } from '../workspace/nearest.ts';
import { targetsOf, type Target } from '../workspace/roots.ts';
import { optionsOf, rulesOf } from '../workspace/rules.ts';
import { Trouble, type Terminal } from './terminal.ts';

/** A project with its rules, ready to be scanned. */
export interface Setup extends Pick<Target, 'root' | 'paths'> {
  readonly config: Config;
  readonly rules: readonly Rule[];
  readonly options: RuleOptions;
  readonly ignored: (start: string) => Ignored;
}

/** The options that choose rules, as parsed. */
export interface Choice {
  readonly preset: 'recommended' | 'all' | undefined;
  readonly rule: readonly string[] | undefined;
}

/** The projects that the paths lie in, each with its configuration and rules. Throws Trouble when a path, a configuration or a rule is wrong. */
export function setupsOf(named: readonly string[], choice: Choice, terminal: Terminal): { setups: readonly Setup[]; base: string } {
  const { targets, base } = tried(() => targetsOf(named, process.cwd()));
  const setups = targets.map(({ root, paths, start }): Setup => {
    const config = findConfig(start, root);
    const rules = usableRules(config, terminal);
    const only = choice.rule;
    for (const pattern of only ?? []) mustFit(pattern, rules);
    const options = optionsOf(config, choice.preset === undefined ? {} : { preset: choice.preset });
    const ignored = (from: string): Ignored => ignoredBy(config, root, from);
    if (!only) return { root, paths, config, rules, options, ignored };
    // Who names a rule wants it to run, optional or switched off as it may be.
    const severity = Object.fromEntries(Object.entries(config.severity).filter(([, level]) => level !== 'off'));
    const chosen = rules.filter(({ id }) => only.some((pattern) => fits(pattern, id)));
    return { root, paths, config, rules: chosen, options: { ...options, preset: 'all', severity }, ignored };
  });
  return { setups, base };
}

/** The rules of a configuration. Throws Trouble when it is wrong: half a configuration would silently check something else than was asked for. */
export function usableRules(config: Config, terminal: Terminal): readonly Rule[] {
  if (config.problems.length > 0) throw new Trouble(config.problems.map((problem) => located(config, problem)).join('\n'));
  const { rules, problems } = rulesOf(config);
  if (problems.length > 0) {
    throw new Trouble(problems.map(({ page, line, field, message }) => `${page}:${line}: ${field}: ${message}`).join('\n'));
  }
  // A rule may have been renamed since: no reason to stop a build.
  for (const problem of unknownRules(
    config,
    rules.map((rule) => rule.id),
  ))
    terminal.say(located(config, problem));
  return rules;
}

/** Throws Trouble unless a rule id or pattern fits some rule. */
export function mustFit(pattern: string, rules: readonly Rule[]): void {
  const ids = rules.map((rule) => rule.id);
  if (!ids.some((id) => fits(pattern, id))) throw new Trouble(`There is no rule "${pattern}".${didYouMean(nearest(pattern, ids))}`);
}

function located({ path, text }: Config, { span, message }: ConfigProblem): string {
  const { line, column } = new Lines(text).position(span.start);
  return `${path ?? 'configuration'}:${line + 1}:${column + 1}: ${message}`;
}

function tried<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new Trouble((error as Error).message);
  }
}
