import process from 'node:process';
import type { Rule } from '../engine/types.ts';
import { didYouMean, findConfig } from '../workspace/config.ts';
import { nearest } from '../workspace/nearest.ts';
import { targetsOf } from '../workspace/roots.ts';
import { explainHelp } from './help.ts';
import { usableRules } from './setup.ts';
import { readArguments, Trouble, type Command, type Terminal } from './terminal.ts';

/** `leftward explain`. */
export const explain: Command = async (args, terminal) => {
  const { values, positionals } = readArguments(args, { 'no-color': { type: 'boolean' } });
  if (values.help) return terminal.print(explainHelp).then(() => 0);
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) throw new Trouble(explainHelp);
  const rules = rulesHere(terminal);
  const rule = rules.find(({ id, aliases }) => id === name || aliases.includes(name));
  if (!rule) {
    const guess = nearest(
      name,
      rules.map(({ id }) => id),
    );
    throw new Trouble(`There is no rule "${name}".${didYouMean(guess)} \`leftward rules list\` names them all.`);
  }
  await terminal.print(page(rule, terminal.colour(!values['no-color'])));
  return 0;
};

/** The rules that a scan of the current folder has. */
export function rulesHere(terminal: Terminal): readonly Rule[] {
  const { root, start } = targetsOf([], process.cwd()).targets[0]!;
  return usableRules(findConfig(start, root), terminal);
}

function page(rule: Rule, colour: boolean): string {
  const bold = (words: string): string => (colour ? `\x1b[1m${words}\x1b[0m` : words);
  const fixes = rule.match.flatMap((match) => ('fix' in match && match.fix ? [match.fix] : []));
  const fix = rule.fix ?? fixes[0];
  const facts: [string, string][] = [
    ['Severity', `${rule.severity}, ${rule.confidence} confidence${rule.optional ? ', optional (in the preset `all`)' : ''}`],
    ['Fix', fix ? `${fix.title}${fix.safe ? ' (safe: `leftward fix` applies it)' : ' (in the editor)'}` : ''],
    ['CWE', rule.cwe.map((id) => `https://cwe.mitre.org/data/definitions/${id}.html`).join(' ')],
    ['OWASP', rule.owasp.join(', ')],
    ['STRIDE', rule.stride.join(', ')],
    ...Object.entries(rule.compliance).map(([name, items]): [string, string] => [name, items.join(', ')]),
    ['Elsewhere', rule.aliases.join(', ')],
    ['Ignore', `leftward-ignore ${rule.id} -- <reason>   (a comment on the line or above it)`],
    ['Switch off', `rules: { ${rule.id}: off }   (in .leftward.yaml)`],
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  const table = facts.filter(([, value]) => value !== '').map(([name, value]) => `  ${name.padEnd(width)}  ${value}\n`);
  return `${bold(rule.title)}\n${rule.id}\n\n${wrap(rule.why)}\n\n${table.join('')}`;
}

/** Paragraphs of at most 100 columns; other lines (lists, code) as they are. */
function wrap(text: string): string {
  const lines: string[] = [];
  for (const paragraph of text.split(/\n{2,}/)) {
    if (/^([-*\d|>]|\s)/m.test(paragraph)) {
      lines.push(paragraph, '');
      continue;
    }
    let line = '';
    for (const word of paragraph.split(/\s+/)) {
      if (line !== '' && line.length + 1 + word.length > 100) {
        lines.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    lines.push(line, '');
  }
  return lines.join('\n').trimEnd();
}
