import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ruleSet, type Analysis, type RuleSet } from '../engine/analyze.ts';
import { applyEdits, compatible } from '../engine/fix.ts';
import { Lines } from '../engine/positions.ts';
import { fixAll, safeFixes } from '../engine/fix-all.ts';
import { encode, readText, reasonOf } from '../workspace/files.ts';
import { loadParsers } from '../workspace/parsers.ts';
import { Project } from '../workspace/project.ts';
import { nameIn } from '../workspace/roots.ts';
import { checks } from '../workspace/rules.ts';
import { diff } from './diff.ts';
import { fixHelp } from './help.ts';
import { choosing, jobsOf, presetOf, scanSetup } from './scan.ts';
import { setupsOf } from './setup.ts';
import { readArguments, type Command } from './terminal.ts';

interface Applied {
  readonly line: number;
  readonly rule: string;
  readonly title: string;
}

/** `leftward fix`. */
export const fix: Command = async (args, terminal) => {
  const { values, positionals } = readArguments(args, { ...choosing, 'dry-run': { type: 'boolean' } });
  if (values.help) return terminal.print(fixHelp).then(() => 0);
  const jobs = jobsOf(values.jobs);
  const { setups, base } = setupsOf(positionals, { preset: presetOf(values.preset), rule: values.rule }, terminal);
  const dry = values['dry-run'] ?? false;
  const colour = terminal.colour(!values['no-color']);
  let files = 0;
  let total = 0;
  let code = 0;
  await loadParsers();
  for (const setup of setups) {
    const result = await scanSetup(setup, terminal, jobs);
    if (result.cancelled) return 130;
    const rules = ruleSet(setup.rules, checks, setup.options);
    for (const { path } of result.files.filter((file) => file.findings.some((finding) => finding.fixable))) {
      const absolute = join(setup.root, path);
      const name = nameIn(base, setup.root, path);
      const read = readText(absolute);
      if ('skipped' in read) continue;
      const { text, applied } = fixed(setup.root, rules, path, read.text);
      if (applied.length === 0) continue;
      const bytes = encode(text, read.encoding);
      try {
        if (!bytes) throw new Error('it has bytes that are no UTF-8, which writing would damage');
        if (!dry) await writeFile(absolute, bytes);
      } catch (error) {
        terminal.say(`${name} was not changed: ${reasonOf(error)}`);
        code = 2;
        continue;
      }
      files++;
      total += applied.length;
      const list = applied.map(({ line, rule, title }) => `  ${line}  ${title}  (${rule})\n`).join('');
      await terminal.print(`${name}\n${list}${dry ? diff(read.text, text, colour) : ''}\n`);
    }
  }
  const fixes = `${total} ${total === 1 ? 'fix' : 'fixes'} in ${files} ${files === 1 ? 'file' : 'files'}`;
  await terminal.print(total === 0 ? 'Nothing to fix safely.\n' : dry ? `${fixes} would be applied.\n` : `${fixes} applied.\n`);
  return code;
};

/** A document after its safe fixes, and which they were, in the order in which they were made. */
function fixed(root: string, rules: RuleSet, path: string, text: string): { readonly text: string; readonly applied: readonly Applied[] } {
  const project = new Project(root, () => rules);
  const applied: Applied[] = [];
  const analyse = (current: string): Analysis => {
    project.open(path, current);
    const analysis = project.analysisOf(path);
    const lines = new Lines(current);
    const chosen = new Set(compatible(safeFixes(analysis)).fixes);
    for (const finding of analysis.findings) {
      const one = analysis.fixesOf(finding).find((candidate) => candidate.safe);
      if (one && chosen.has(one)) applied.push({ line: lines.position(finding.span.start).line + 1, rule: finding.rule, title: one.title });
    }
    return analysis;
  };
  const edit = fixAll(text, analyse);
  return edit ? { text: applyEdits(text, [edit]), applied } : { text, applied: [] };
}
