import { Lines } from './positions.ts';
import type { Span } from './tree.ts';
import type { SourceDocument, Syntax, TextEdit } from './types.ts';

/** One `leftward-ignore` comment: `leftward-ignore aws/s3-public-acl -- served by CloudFront`. */
export interface Suppression {
  /** Rule ids, or `folder/*`. */
  readonly rules: readonly string[];
  readonly reason: string;
  /** Zero-based line the comment stands on. */
  readonly line: number;
  readonly span: Span;
  readonly scope: 'line' | 'file';
  /** Nothing but the comment stands on its line, so it speaks of the next line of code. */
  readonly alone: boolean;
}

const DIRECTIVE =
  /(?:#|\/\/|\/\*|<!--|--)[ \t]*leftward-(ignore|ignore-file)[ \t]+([\w/*.-]+(?:,[ \t]*[\w/*.-]+)*)(?:[ \t]+--[ \t]*([^\r\n]*))?/g;

/** All suppression comments of a text, in order. Read from the text, not the tree, so that they work in every syntax and in damaged files. */
export function suppressions(text: string, lines: Lines): readonly Suppression[] {
  if (!text.includes('leftward-ignore')) return [];
  return [...text.matchAll(DIRECTIVE)].map((match) => {
    const start = match.index;
    const { line, column } = lines.position(start);
    return {
      rules: match[2]!.split(/,[ \t]*/).filter(Boolean),
      reason: (match[3] ?? '').replace(/[ \t]*(\*\/\}?|-->)[ \t]*$/, '').trim(),
      line,
      span: { start, end: start + match[0].trimEnd().length },
      scope: match[1] === 'ignore-file' ? 'file' : 'line',
      alone: /^[ \t]*\{?$/.test(text.slice(start - column, start)),
    };
  });
}

/**
 * Answers whether a finding of `rule` that starts on `line`, in a fact whose header is on `head`, is suppressed.
 * A comment speaks for its own line; when it stands alone, for the next line that is not such a comment; on or above a fact's header, for the whole fact.
 * A comment without a reason suppresses nothing.
 */
export function suppressor(
  text: string,
  lines: Lines,
  found: readonly Suppression[],
): (rule: string, line: number, head?: number) => boolean {
  if (found.length === 0) return () => false;
  const everywhere: Suppression[] = [];
  const byLine = new Map<number, Suppression[]>();
  for (const one of found) {
    if (one.reason === '') continue;
    if (one.scope === 'file') everywhere.push(one);
    else {
      const target = one.alone ? nextCodeLine(text, lines, one.line) : one.line;
      byLine.set(target, [...(byLine.get(target) ?? []), one]);
    }
  }
  const covers = (one: Suppression, rule: string): boolean =>
    one.rules.some((id) => id === rule || (id.endsWith('/*') && rule.startsWith(id.slice(0, -1))));
  return (rule, line, head) =>
    everywhere.some((one) => covers(one, rule)) ||
    (byLine.get(line) ?? []).some((one) => covers(one, rule)) ||
    (head !== undefined && (byLine.get(head) ?? []).some((one) => covers(one, rule)));
}

/** The first line after `line` that holds something else than a comment or nothing. */
function nextCodeLine(text: string, lines: Lines, line: number): number {
  for (let next = line + 1; next < lines.starts.length; next++) {
    const { start, end } = lines.line(next, text);
    const content = text.slice(start, end).trim();
    if (content !== '' && !/^(#|\/\/|\/\*|\*|<!--|--|\{\/\*)/.test(content)) return next;
  }
  return line;
}

const comments: Readonly<Record<Syntax, ((text: string) => string) | undefined>> = {
  hcl: (text) => `# ${text}`,
  yaml: (text) => `# ${text}`,
  dockerfile: (text) => `# ${text}`,
  env: (text) => `# ${text}`,
  text: undefined, // many languages: see `inText`
  javascript: (text) => `// ${text}`,
  json: undefined, // has no comments; `.leftward.yaml` is the way
};

/** Comments of languages that only the text rules look at, by the ending of the file. */
const inText: readonly (readonly [ending: RegExp, comment: (text: string) => string])[] = [
  [/\.(java|kts?|scala|groovy|gradle|cs|go|rs|swift|c|h|cc|cpp|hpp|m|php|dart|proto|less|scss)$/i, (text) => `// ${text}`],
  [/\.(xml|html?|md|markdown|svg|vue|svelte|config|csproj|plist)$/i, (text) => `<!-- ${text} -->`],
  [/\.(sql|lua|hs|elm)$/i, (text) => `-- ${text}`],
  [/\.(css)$/i, (text) => `/* ${text} */`],
  [
    /(\.(py|rb|sh|bash|zsh|pl|r|toml|ini|cfg|conf|properties|ps1|jl|ex|exs|nix|mk)|(^|\/)(Makefile|Gemfile|Rakefile|\.[\w-]+rc))$/i,
    (text) => `# ${text}`,
  ],
];

/** The edit that suppresses `rule` at a span with a reason: a comment line above, in the line's own indentation; undefined where the syntax has no comments. */
export function suppression(
  document: SourceDocument,
  rule: string,
  span: Span,
  scope: 'line' | 'file',
  reason: string,
): TextEdit | undefined {
  const comment =
    comments[document.syntax] ?? (document.syntax === 'text' ? inText.find(([ending]) => ending.test(document.path))?.[1] : undefined);
  if (!comment) return undefined;
  const { text } = document;
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  if (scope === 'file') {
    // Below a shebang, an XML-style or parser directive line, which must stay first.
    const first = /^(#!.*|#[ \t]*(?:syntax|escape|check)[ \t]*=.*|'use [a-z]+';?|"use [a-z]+";?)(\r?\n|$)/.exec(text);
    const start = first ? first[0].length : 0;
    const text_ = `${comment(`leftward-ignore-file ${rule} -- ${reason}`)}${newline}`;
    return { span: { start, end: start }, text: first && !first[2] ? newline + text_ : text_ };
  }
  const lines = new Lines(text);
  const { start } = lines.line(lines.position(span.start).line, text);
  const indent = /^[ \t]*/.exec(text.slice(start))![0];
  return { span: { start, end: start }, text: `${indent}${comment(`leftward-ignore ${rule} -- ${reason}`)}${newline}` };
}
