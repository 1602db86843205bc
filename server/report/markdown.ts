import { severities } from '../engine/types.ts';
import { pageOf, type Format } from './report.ts';

/** A table for a comment on a pull request or a job's summary. */
export const markdown: Format = ({ findings, skipped, stats }) => {
  const files = `${stats.files} ${stats.files === 1 ? 'file' : 'files'}`;
  if (findings.length === 0) return `**Leftward** found nothing in ${files}.\n${skips(skipped)}`;
  const counts = severities
    .map((severity) => [severity, findings.filter((finding) => finding.severity === severity).length] as const)
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => `${count} ${severity}`);
  const rows = severities.flatMap((severity) =>
    findings
      .filter((finding) => finding.severity === severity)
      .map(({ path, start, rule, message }) => {
        const place = `${path.split('/').map(encodeURIComponent).join('/')}#L${start.line + 1}`;
        return `| ${severity} | [${cell(`${path}:${start.line + 1}`)}](${place}) | ${cell(message)} | [${rule}](${pageOf(rule)}) |`;
      }),
  );
  const head = `**Leftward** found ${findings.length === 1 ? '1 flaw' : `${findings.length} flaws`} in ${files}: ${counts.join(', ')}.`;
  return [head, '', '| | where | what | rule |', '|---|---|---|---|', ...rows, ''].join('\n') + skips(skipped);
};

function skips(skipped: readonly { readonly path: string; readonly reason: string }[]): string {
  if (skipped.length === 0) return '';
  return `\nNot looked at:\n\n${skipped.map(({ path, reason }) => `- ${cell(path)}: ${cell(reason)}\n`).join('')}`;
}

/** Text that ends no cell and begins no markup; code in backticks stays code. */
function cell(text: string): string {
  return text
    .replace(/[\r\n]+/g, ' ')
    .replace(/\|/g, '\\|')
    .replace(/</g, '&lt;');
}
