import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checks } from '../../rules/checks.ts';
import { ruleSet, type RuleOptions, type RuleSet } from '../engine/analyze.ts';
import type { Rule } from '../engine/types.ts';
import { compilePage, type Page, type PageProblem } from '../pages/index.ts';
import { bundled } from './bundled.ts';
import type { Config } from './config.ts';
import { reasonOf } from './files.ts';

export { checks };

let builtIn: readonly Rule[] | undefined;

/** The rules that come with Leftward, by id: from `rules.json` beside the bundle, or compiled from `rules/` when run from the sources. */
export function loadRules(): readonly Rule[] {
  builtIn ??= bundled
    ? (JSON.parse(readFileSync(new URL('rules.json', import.meta.url), 'utf8')) as { rules: Rule[] }).rules
    : readPages().flatMap((page) => page.rule ?? []);
  return builtIn;
}

/** The rules of a configuration: those that come with Leftward and those of its own folders. */
export interface RuleBook {
  readonly rules: readonly Rule[];
  /** Pages of its own folders that can't be used. */
  readonly problems: readonly PageProblem[];
}

/** Never throws; a page of one's own that is wrong, or takes a name that is taken, is named in `problems`. */
export function rulesOf(config: Config): RuleBook {
  const rules = [...loadRules()];
  const problems: PageProblem[] = [];
  const taken = new Set(rules.map((rule) => rule.id));
  for (const folder of config.ruleFolders) {
    let pages: readonly Page[] = [];
    try {
      pages = readPages(folder);
    } catch (error) {
      problems.push({ page: folder, line: 1, field: 'rule-folders', message: reasonOf(error) });
    }
    for (const page of pages) {
      problems.push(...page.problems);
      if (!page.rule) continue;
      if (taken.has(page.id)) problems.push({ page: page.id, line: 1, field: 'id', message: 'there is a rule of this name already' });
      else if (page.rule.match.some((match) => 'check' in match && match.check !== undefined))
        problems.push({
          page: page.id,
          line: 1,
          field: 'match',
          message: '`check` is for built-in rules: pages of your own are data only',
        });
      else rules.push(page.rule);
      taken.add(page.id);
    }
  }
  return { rules, problems };
}

/** A configuration's rules, ready to run. `more` wins over what the configuration says. */
export function ruleSetOf(rules: readonly Rule[], config: Config, more: RuleOptions = {}): RuleSet {
  return ruleSet(rules, checks, optionsOf(config, more));
}

/** What a configuration makes of the rules, as of today. */
export function optionsOf(config: Config, more: RuleOptions = {}): RuleOptions {
  return {
    preset: more.preset ?? config.preset,
    severity: { ...config.severity, ...more.severity },
    approved: config.approved,
    exceptions: { today: new Date().toISOString().slice(0, 10), ...config.exceptions },
  };
}

/** The pages below a folder (default: the sources of the built-in rules), compiled, by id. A page at its top has the folder's own name before its id. Throws when the folder can't be read. */
export function readPages(folder: string = fileURLToPath(new URL('../../rules', import.meta.url))): readonly Page[] {
  return pagesIn(folder).map(({ id, text }) => compilePage(id, text, checks));
}

/** The texts of the pages below a folder, by id. Throws when the folder can't be read. */
export function pagesIn(folder: string): readonly { readonly id: string; readonly path: string; readonly text: string }[] {
  const found: { id: string; path: string; text: string }[] = [];
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.md') || /^(readme|contributing)\.md$/i.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    const inside = path.slice(folder.length).replaceAll('\\', '/').replace(/^\/+/, '').slice(0, -3);
    const id = inside.includes('/') ? inside : `${basename(folder).toLowerCase()}/${inside}`;
    found.push({ id, path, text: readFileSync(path, 'utf8') });
  }
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
}
