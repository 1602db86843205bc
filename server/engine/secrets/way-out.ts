import type { Span } from '../tree.ts';
import type { Fix, Literal, Platform, SourceDocument, TextEdit } from '../types.ts';

/**
 * What to write instead of a credential that is a whole literal: the place that it is to be read from, in the language of the file. Undefined where
 * that isn't known. The value has still to be put there, and the old one to be changed; so no such fix is safe.
 */
export function wayOut(
  document: SourceDocument,
  value: Span,
  literals: readonly Literal[],
  platforms: ReadonlySet<Platform>,
): Fix | undefined {
  const way = wayOf(document, platforms);
  const literal = way && literals.find(({ span }) => span.start === value.start && span.end === value.end);
  const name = literal && nameOf(literal);
  return name ? way(document, literal, name) : undefined;
}

type Way = (document: SourceDocument, literal: Literal, name: string) => Fix | undefined;

function wayOf({ syntax, path }: SourceDocument, platforms: ReadonlySet<Platform>): Way | undefined {
  if (syntax === 'javascript') return environment;
  if (platforms.has('terraform') && syntax === 'hcl') return path.endsWith('.tfvars') ? undefined : variable;
  if (platforms.has('compose')) return substitution;
  if (platforms.has('github-actions')) return actionsSecret;
  return undefined;
}

/** `apiKey`, `api-key`: `API_KEY`. Empty for what has no name in ASCII. */
function nameOf({ key, path }: Literal): string {
  const words = (key || (path.at(-1) ?? '')).replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/[^A-Za-z0-9]+/g, '_');
  return words.replace(/^[_0-9]+|_+$/g, '').toUpperCase();
}

const one = (title: string, ...edits: readonly TextEdit[]): Fix => ({ title, safe: false, edits });

/** The literal with its quotes; undefined when it has none. */
function quoted({ text }: SourceDocument, { span }: Literal): Span | undefined {
  const quote = text[span.start - 1];
  return quote && /["'`]/.test(quote) && text[span.end] === quote ? { start: span.start - 1, end: span.end + 1 } : undefined;
}

const environment: Way = (document, literal, name) => {
  const { text } = document;
  const whole = quoted(document, literal);
  if (!whole) return undefined;
  const before = text.slice(Math.max(0, whole.start - 200), whole.start);
  // An attribute of JSX, or a type.
  if (/[\w-]=$/.test(before) || /(?:^|\n)\s*(?:export\s+)?type\s[^\n]*$/.test(before)) return undefined;
  // `process.env.KEY || '…'`: what stands before it is the way out.
  const fallback = /\bprocess\.env\.\w+(\s*(?:\|\||\?\?)\s*)$/.exec(before);
  if (fallback)
    return one('Remove it and keep the environment', { span: { start: whole.start - fallback[1]!.length, end: whole.end }, text: '' });
  return one(`Read it from the environment: ${name}`, { span: whole, text: `process.env.${name}` });
};

/** `${NAME}`, which Compose reads from its environment or from `.env`. */
const substitution: Way = (_document, { path, span }, name) =>
  path.includes('environment') ? one(`Read it from the environment: ${name}`, { span, text: `\${${name}}` }) : undefined;

const actionsSecret: Way = (_document, { path, span }, name) =>
  path.includes('env') || path.includes('with')
    ? one(`Read it from the secret ${name}`, { span, text: `\${{ secrets.${name} }}` })
    : undefined;

/** A variable that is given from outside and that Terraform doesn't show. */
const variable: Way = (document, literal, name) => {
  const { text } = document;
  const whole = quoted(document, literal);
  // The default of a variable, or a block in which Terraform takes no variables.
  if (!whole || literal.key === 'default' || literal.path.includes('backend')) return undefined;
  const wanted = name.toLowerCase();
  let free = wanted;
  for (let i = 2; text.includes(`variable "${free}"`); i++) free = `${wanted}_${i}`;
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const block = [
    '',
    `variable "${free}" {`,
    `  description = "Given by TF_VAR_${free} or a file that is not committed."`,
    '  type        = string',
    '  sensitive   = true',
    '}',
    '',
  ].join(newline);
  const end = { start: text.length, end: text.length };
  const gap = text.endsWith('\n') ? '' : newline;
  return one(`Ask for it by a sensitive variable: ${free}`, { span: whole, text: `var.${free}` }, { span: end, text: gap + block });
};
