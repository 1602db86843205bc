import { checkstyle } from './checkstyle.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { gitlabSast } from './gitlab-sast.ts';
import { html } from './html.ts';
import { json } from './json.ts';
import { jsonl } from './jsonl.ts';
import { junit } from './junit.ts';
import { markdown } from './markdown.ts';
import { sarif } from './sarif.ts';
import { text } from './text.ts';
import type { Format } from './report.ts';

export { fingerprints, unknown } from './fingerprints.ts';
export { reaches, type Format, type Report, type Style } from './report.ts';

/** The formats by the name that `--format` takes. */
export const formats: Readonly<Record<string, Format>> = {
  text,
  json,
  jsonl,
  sarif,
  junit,
  gitlab,
  'gitlab-sast': gitlabSast,
  github,
  markdown,
  html,
  checkstyle,
};
