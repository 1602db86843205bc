import { plain } from './json.ts';
import type { Format } from './report.ts';

/** One finding a line, for pipes. */
export const jsonl: Format = (report) => report.findings.map((finding) => JSON.stringify(plain(finding)) + '\n').join('');
