import { json } from './json.ts';
import { jsonl } from './jsonl.ts';
import { sarif } from './sarif.ts';
import { text } from './text.ts';
import type { Format } from './report.ts';

export { reaches, type Format, type Report, type Style } from './report.ts';

/** The formats by the name that `--format` takes. */
export const formats: Readonly<Record<string, Format>> = { text, json, jsonl, sarif };
