/** What stands where a secret will be: `changeme`, `<token>`, `${VAR}`, `xxxx`. */
const templates = [
  /\$\{|\{\{|\}\}|<[^>]{1,80}>|#\{|<%|%>|\$\(|\[\[|\$\[/,
  /^\$[A-Za-z_]\w*$|^\$env:|^%[\w.-]+%$|^@[\w.-]+@$|^:[a-z_]+$|^\$\d$|^__\w+__$|^!\w+|^\?+$/i,
  /process\.env|os\.environ|getenv\(|System\.getProperty|import\.meta\.env/,
];

const words =
  /change[-_ ]?(?:me|it|this)|placeholder|example|redacted|replace[-_ ]?(?:me|this|with)|(?:^|[^a-z])(?:your?s?|dummy|todo|fixme|fake|sample|insert|enter|fill|removed|hidden|masked|censored|lorem|undefined|null|none|nil|void|tbd|n\/a|not[-_ ]?set|goes[-_ ]?here|here|set[-_ ]a|not[-_ ]?real|invalid)(?:$|[^a-z])|^your|^my[-_]?(?:password|secret|token|api|key|access)|(?:password|token|key|secret|here)[-_ ]?here$/i;

const repeated = /(.)\1{5}|(?:x{3}|X{3}|\*{3}|\.{3}|…|•{3}|-{5}|_{4})|^(.{1,3})\2{3,}$/;
const counted = /0123456789|1234567890|abcdefghij|zyxwvutsrq|987654321|deadbeef/i;

/** Keys that vendors print in their documentation and that no account has. */
const published = new Set([
  'AKIAIOSFODNN7EXAMPLE',
  'AKIAI44QH8DHBEXAMPLE',
  'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  'je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY',
  // The account key of every Azure storage emulator.
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
]);

/** Says what makes the value no secret, in words, or returns undefined. */
export function placeholder(value: string): string | undefined {
  if (published.has(value)) return 'a key from the documentation of its vendor';
  // Past this length only a template could tell, and long values are decided by their own rules.
  const text = value.length > 400 ? value.slice(0, 400) : value;
  if (templates.some((t) => t.test(text))) return 'filled in from elsewhere';
  if (words.test(text)) return 'a placeholder';
  if (value.length <= 200 && (repeated.test(text) || counted.test(text))) return 'a run of characters';
  return undefined;
}
