import type { Lines } from './positions.ts';
import type { Suppression } from './suppress.ts';
import type { Syntax } from './types.ts';

/** How one other scanner is told to leave something alone. */
interface Dialect {
  readonly tool: string;
  /** `ids` names the rules (none: all that `rules` stands for); `reason` and `until` where the tool has them. Global. */
  readonly pattern: RegExp;
  readonly scope: Suppression['scope'] | ((found: RegExpExecArray) => Suppression['scope']);
  /** What a comment without ids is about; without, it is about nothing. */
  readonly all?: string;
  /** The comment speaks of the next line, although code may stand before it. */
  readonly next?: (found: RegExpExecArray) => boolean;
}

const dialects: readonly Dialect[] = [
  { tool: 'checkov', pattern: /(?:checkov|bridgecrew|cortex):skip=(?<ids>[\w-]+)(?::[ \t]*(?<reason>[^\r\n]*))?/g, scope: 'fact' },
  { tool: 'checkov', pattern: /checkov\.io\/skip\d+["']?:[ \t]*["']?(?<ids>CK[\w-]+)(?:=(?<reason>[^\r\n"']*))?/g, scope: 'fact' },
  {
    tool: 'trivy',
    pattern: /(?:trivy|tfsec):ignore:(?<ids>[\w.*-]+(?::(?!exp:|ws:)[\w.-]+)*)(?::exp:(?<until>\d{4}-\d{2}-\d{2}))?/g,
    scope: 'line',
  },
  {
    tool: 'kics',
    pattern: /kics-scan[ \t]+ignore-(?<kind>line|block)\b/g,
    scope: (found) => (found.groups!.kind === 'block' ? 'block' : 'line'),
    all: '*',
    next: () => true,
  },
  { tool: 'kics', pattern: /^(?:#|\/\/)[ \t]*kics-scan[ \t]+ignore[ \t]*$/gm, scope: 'file', all: '*' },
  { tool: 'semgrep', pattern: /\bnosem(?:grep)?\b(?::[ \t]*(?<ids>[\w.-]+(?:[ \t]*,[ \t]*[\w.-]+)*))?/g, scope: 'line', all: '*' },
  {
    tool: 'hadolint',
    pattern: /hadolint[ \t]+(?<kind>global[ \t]+)?ignore=(?<ids>[\w]+(?:[ \t]*,[ \t]*\w+)*)/g,
    scope: (found) => (found.groups!.kind ? 'file' : 'line'),
  },
  { tool: 'zizmor', pattern: /zizmor:[ \t]*ignore\[(?<ids>[\w-]+(?:[ \t]*,[ \t]*[\w-]+)*)\]/g, scope: 'line' },
  { tool: 'kube-linter', pattern: /ignore-check\.kube-linter\.io\/(?<ids>[\w-]+)["']?:[ \t]*["']?(?<reason>[^\r\n"']*)/g, scope: 'fact' },
  { tool: 'gitleaks', pattern: /gitleaks:allow\b|trufflehog:ignore\b/g, scope: 'line', all: 'secrets/*' },
  {
    tool: 'detect-secrets',
    pattern: /pragma:[ \t]*(?:allow|white)list[ \t]+(?<kind>nextline[ \t]+)?secret/g,
    scope: 'line',
    all: 'secrets/*',
    next: (found) => Boolean(found.groups!.kind),
  },
  {
    tool: 'eslint',
    pattern: /eslint-disable-(?<kind>next-)?line[ \t]+(?<ids>[\w@/-]+(?:[ \t]*,[ \t]*[\w@/-]+)*)(?:[ \t]+--[ \t]*(?<reason>[^\r\n]*))?/g,
    scope: 'line',
    next: (found) => Boolean(found.groups!.kind),
  },
  { tool: 'sonar', pattern: /\bNOSONAR\b/g, scope: 'line', all: '*' },
];

/** One look before thirteen. */
const any =
  /:skip=|checkov\.io\/skip|:ignore:|kics-scan|nosem|hadolint|zizmor:|kube-linter\.io|gitleaks:allow|trufflehog:ignore|pragma:|eslint-disable|NOSONAR/;

/** The comments of other scanners in a text: whoever moves here has given their reasons already. */
export function peerComments(text: string, lines: Lines, syntax: Syntax): readonly Suppression[] {
  if (!any.test(text)) return [];
  const found: Suppression[] = [];
  for (const { tool, pattern, scope, all, next } of dialects) {
    for (const match of text.matchAll(pattern)) {
      const { ids, reason = '', until } = match.groups ?? {};
      const rules = ids ? ids.split(/[ \t]*[,:][ \t]*/) : all ? [all] : [];
      if (rules.length === 0) continue;
      const start = match.index;
      const { line, column } = lines.position(start);
      const before = text.slice(start - column, start);
      // Only where a comment can be: not in the middle of a string of code.
      if (!/(?:#|\/\/|\/\*|<!--|\*|--)[^\r\n]*$/.test(before) && !/^(?:#|\/\/)/.test(match[0]) && !/kube-linter|checkov\.io/.test(match[0]))
        continue;
      found.push({
        rules,
        reason: reason.replace(/[ \t]*(?:\*\/\}?|-->)[ \t]*$/, '').trim(),
        line,
        span: { start, end: start + match[0].length },
        scope: inFile(typeof scope === 'function' ? scope(match) : scope, syntax),
        alone: next?.(match) === true || /^[ \t]*\{?[ \t]*(?:#|\/\/|\/\*|<!--|--)[ \t]*$/.test(before),
        tool,
        ...(until !== undefined && { until }),
      });
    }
  }
  return found;
}

/** A Dockerfile is one thing, so a comment in it speaks of all of it. */
function inFile(scope: Suppression['scope'], syntax: Syntax): Suppression['scope'] {
  return scope === 'fact' && syntax === 'dockerfile' ? 'file' : scope;
}

/** `AVD-AWS-0092`, `aws-0092` → `AWS92`: the ways in which one id is written. */
export function sameId(id: string): string {
  return id
    .toUpperCase()
    .replace(/^AVD-/, '')
    .replace(/[-_]?0*(\d+)$/, '$1');
}

/** Whether a comment's id names a rule by one of its aliases; dotted ids also by their last part. */
export function isAlias(id: string, aliases: readonly string[]): boolean {
  const wanted = [id, id.slice(id.lastIndexOf('.') + 1), id.slice(id.lastIndexOf('/') + 1)].map(sameId);
  return aliases.some((alias) => wanted.includes(sameId(alias)) || wanted.includes(sameId(alias.slice(alias.lastIndexOf('.') + 1))));
}
