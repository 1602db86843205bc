import { severities, type Severity } from '../engine/types.ts';
import { pageOf, type Format, type Report } from './report.ts';
import { escaped } from './xml.ts';

const colours: Readonly<Record<Severity, string>> = { critical: '#a40026', high: '#c9510c', medium: '#8a6700', low: '#57606a' };

/** A page of its own: nothing is loaded, and all that comes from files is text. */
export const html: Format = (report) => {
  const { findings, skipped, stats, version } = report;
  const counts = severities.map(
    (severity) =>
      `<span style="color:${colours[severity]}">${findings.filter((one) => one.severity === severity).length} ${severity}</span>`,
  );
  const files = [...new Set(findings.map(({ path }) => path))];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Leftward: ${findings.length} findings</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #1f2328; background: #fff }
h2 { font-size: 1rem; margin: 2rem 0 .5rem; font-family: ui-monospace, monospace; overflow-wrap: anywhere }
article { border-left: 4px solid; padding: .25rem 1rem; margin: .75rem 0 }
p { margin: .25rem 0 }
pre { background: #f6f8fa; padding: .5rem; overflow-x: auto; margin: .25rem 0 }
small, footer { color: #57606a }
@media (prefers-color-scheme: dark) { body { color: #e6edf3; background: #0d1117 } pre { background: #161b22 } a { color: #6cb6ff } }
</style>
</head>
<body>
<main>
<h1>Leftward</h1>
<p>${findings.length === 0 ? 'Nothing found' : counts.join(' · ')} in ${stats.files} files.</p>
${files.map((file) => section(report, file)).join('\n')}
${skipped.length === 0 ? '' : `<h2>Not looked at</h2>\n<ul>\n${skipped.map(({ path, reason }) => `<li>${escaped(path)}: ${escaped(reason)}</li>`).join('\n')}\n</ul>`}
</main>
<footer><small>Leftward ${escaped(version)}</small></footer>
</body>
</html>
`;
};

function section({ findings, rules }: Report, file: string): string {
  const articles = findings
    .filter(({ path }) => path === file)
    .map(({ rule, severity, message, start, excerpt, related }) => {
      const ways = related.map((one) => `<li>${escaped(`${one.path}:${one.start.line + 1}`)} ${escaped(one.message)}</li>`);
      const steps = ways.length === 0 ? '' : `\n<ol>${ways.join('')}</ol>`;
      return `<article style="border-color:${colours[severity]}">
<p><strong>${escaped(rules.get(rule)?.title ?? rule)}</strong> <small>${severity}, line ${start.line + 1}</small></p>
<p>${escaped(message)}</p>
<pre>${escaped(excerpt.text.trim())}</pre>${steps}
<p><small><a href="${escaped(pageOf(rule))}">${escaped(rule)}</a></small></p>
</article>`;
    });
  return `<h2>${escaped(file)}</h2>\n${articles.join('\n')}`;
}
