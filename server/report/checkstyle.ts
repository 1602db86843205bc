import type { Severity } from '../engine/types.ts';
import type { Format } from './report.ts';
import { attributes } from './xml.ts';

const levels: Readonly<Record<Severity, string>> = { critical: 'error', high: 'error', medium: 'warning', low: 'info' };

/** Checkstyle's XML, which Jenkins, reviewdog and many viewers read. */
export const checkstyle: Format = ({ findings }) => {
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<checkstyle version="8.0">'];
  for (const file of new Set(findings.map(({ path }) => path))) {
    lines.push(`  <file${attributes({ name: file })}>`);
    for (const { path, rule, severity, message, start } of findings) {
      if (path !== file) continue;
      const place = { line: start.line + 1, column: start.column + 1 };
      lines.push(`    <error${attributes({ ...place, severity: levels[severity], message, source: `leftward.${rule}` })}/>`);
    }
    lines.push('  </file>');
  }
  return [...lines, '</checkstyle>', ''].join('\n');
};
