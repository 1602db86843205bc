import { isAlias } from './peer-comments.ts';
import { Lines } from './positions.ts';
import type { Span } from './tree.ts';
import type { SourceDocument, Syntax, TextEdit } from './types.ts';

/** One comment that excuses findings: `leftward-ignore aws/s3-public-acl -- served by CloudFront until 2027-01-31`. */
export interface Suppression {
  /** Rule ids, `folder/*` or `*`; in comments of other scanners their ids. */
  readonly rules: readonly string[];
  readonly reason: string;
  /** Zero-based line the comment stands on. */
  readonly line: number;
  readonly span: Span;
  /** `fact`: the resource, container … that it stands in; `block`: the one whose header comes next. */
  readonly scope: 'line' | 'file' | 'fact' | 'block';
  /** Nothing but the comment stands on its line, so it speaks of the next line of code. */
  readonly alone: boolean;
  /** The other scanner that it is written for. */
  readonly tool?: string;
  /** The last day on which it holds, `2027-01-31`. */
  readonly until?: string;
}

const DIRECTIVE =
  /(?:#|\/\/|\/\*|<!--|--)[ \t]*leftward-(ignore|ignore-file)[ \t]+([\w/*.-]+(?:,[ \t]*[\w/*.-]+)*)(?:[ \t]+--[ \t]*([^\r\n]*))?/g;

/** All suppression comments of a text, in order. Read from the text, not the tree, so that they work in every syntax and in damaged files. */
export function suppressions(text: string, lines: Lines): readonly Suppression[] {
  if (!text.includes('leftward-ignore')) return [];
  return [...text.matchAll(DIRECTIVE)].map((match) => {
    const start = match.index;
    const { line, column } = lines.position(start);
    const until = /\buntil (\d{4}-\d{2}-\d{2})\b/.exec(match[3] ?? '')?.[1];
    return {
      rules: match[2]!.split(/,[ \t]*/).filter(Boolean),
      reason: (match[3] ?? '').replace(/[ \t]*(\*\/\}?|-->)[ \t]*$/, '').trim(),
      line,
      span: { start, end: start + match[0].trimEnd().length },
      scope: match[1] === 'ignore-file' ? 'file' : 'line',
      alone: /^[ \t]*\{?$/.test(text.slice(start - column, start)),
      ...(until !== undefined && { until }),
    };
  });
}

/** The lines of a fact, or of one around it: its header's, its first and its last. */
export interface Around {
  readonly head: number;
  readonly first: number;
  readonly last: number;
}

/** What a comment is asked about: the rule, and its ids in other scanners. */
export interface Asked {
  readonly id: string;
  readonly aliases: readonly string[];
}

/**
 * Answers which comment excuses a finding of `rule` that starts on `line`, within the facts that are around it, innermost first.
 * A comment speaks for its own line; when it stands alone, for the next line that is not such a comment; on or above a fact's header, for the whole fact.
 */
export function suppressor(
  text: string,
  lines: Lines,
  found: readonly Suppression[],
): (rule: Asked, line: number, around: () => readonly Around[]) => Suppression | undefined {
  if (found.length === 0) return () => undefined;
  const everywhere: Suppression[] = [];
  const inside: Suppression[] = [];
  const byLine = new Map<number, Suppression[]>();
  for (const one of found) {
    if (one.scope === 'file') everywhere.push(one);
    else if (one.scope === 'fact') inside.push(one);
    else {
      const target = one.alone ? nextCodeLine(text, lines, one.line) : one.line;
      byLine.set(target, [...(byLine.get(target) ?? []), one]);
    }
  }
  const covers =
    ({ id, aliases }: Asked) =>
    ({ rules, tool }: Suppression): boolean =>
      rules.some(
        (one) =>
          one === '*' ||
          one === id ||
          (one.endsWith('/*') && id.startsWith(one.slice(0, -1))) ||
          (tool !== undefined && isAlias(one, aliases)),
      );
  return (rule, line, around) => {
    const fits = covers(rule);
    const plain = everywhere.find(fits) ?? byLine.get(line)?.find(fits);
    if (plain) return plain;
    const facts = around();
    const head = facts[0] && byLine.get(facts[0].head)?.find(fits);
    if (head) return head;
    // A Dockerfile, or a list of tasks, has nothing around it but the file.
    return inside.find(
      (one) => fits(one) && (facts.length === 0 || facts.some(({ first, last }) => first - 1 <= one.line && one.line <= last)),
    );
  };
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
