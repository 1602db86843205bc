import type { Severity } from '../engine/types.ts';
import type { Format } from './report.ts';

const commands: Readonly<Record<Severity, string>> = { critical: 'error', high: 'error', medium: 'warning', low: 'notice' };

/** Commands that GitHub Actions turns into annotations on the lines of a pull request. */
export const github: Format = ({ findings, rules }) =>
  findings
    .map(({ path, rule, severity, message, start, end }) => {
      const properties = {
        file: path,
        line: start.line + 1,
        endLine: end.line + 1,
        // Columns count on one line only.
        ...(start.line === end.line && { col: start.column + 1, endColumn: end.column + 1 }),
        title: `${rules.get(rule)?.title ?? rule} (${rule})`,
      };
      const list = Object.entries(properties).map(([name, value]) => `${name}=${property(String(value))}`);
      return `::${commands[severity]} ${list.join(',')}::${data(message)}\n`;
    })
    .join('');

/** As the runner reads them back; a message can't begin a command of its own. */
function data(text: string): string {
  return text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
}

function property(text: string): string {
  return data(text).replace(/:/g, '%3A').replace(/,/g, '%2C');
}
