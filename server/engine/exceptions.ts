import type { RuleSet } from './analyze.ts';
import { peerComments } from './peer-comments.ts';
import type { Lines } from './positions.ts';
import { suppressions, suppressor, type Around, type Suppression } from './suppress.ts';
import type { Span } from './tree.ts';
import type { Fact, Fix, Rule, SourceDocument } from './types.ts';

/** What a team asks of an exception. */
export interface ExceptionPolicy {
  /** The day on which exceptions are judged, `2026-11-25`; without it none expires. */
  readonly today?: string;
  /** An exception has to say until when it holds, and that must not be further away. */
  readonly maxDays?: number;
  /** An exception has to say `approved by` one of these. */
  readonly approvers?: readonly string[];
  /** Comments written for other scanners count too. Default: true. */
  readonly peers?: boolean;
}

/** Something to say about a comment itself. */
export interface Remark {
  readonly rule: Rule;
  readonly span: Span;
  readonly values: Readonly<Record<string, string>>;
  readonly fixes: readonly Fix[];
}

/** The exceptions of one document. */
export interface Exceptions {
  /** Whether a comment excuses a finding of the rule that starts on a (zero-based) line, in a fact. */
  excuses(rule: Rule, line: number, fact: Fact | undefined): boolean;
  /** Comments that hold no longer, or never did; to be asked when all findings have been judged, since then it is known which ones excuse nothing. */
  remarks(): readonly Remark[];
}

/** The pages are in rules/leftward/. */
const pages = {
  unexplained: 'leftward/ignore-without-reason',
  expired: 'leftward/expired-ignore',
  against: 'leftward/ignore-against-policy',
  unused: 'leftward/unused-ignore',
} as const;

const none: Exceptions = { excuses: () => false, remarks: () => [] };

export function exceptionsIn({ text, syntax }: SourceDocument, lines: Lines, { rules, exceptions: policy }: RuleSet): Exceptions {
  const own = suppressions(text, lines);
  const peers = policy.peers === false ? [] : peerComments(text, lines, syntax);
  if (own.length === 0 && peers.length === 0) return none;
  const remarks: Remark[] = [];
  const remark = (page: string, { span }: Suppression, values: Readonly<Record<string, string>>, fixes: readonly Fix[] = []): void => {
    const rule = rules.get(page);
    if (rule) remarks.push({ rule, span, values, fixes });
  };
  const valid = [...own, ...peers].filter((one) => {
    const ids = one.rules.join(', ');
    if (!one.tool && one.reason === '') {
      remark(pages.unexplained, one, { value: ids });
      return false;
    }
    if (one.until !== undefined && policy.today !== undefined && one.until < policy.today) {
      remark(pages.expired, one, { value: one.until, name: ids });
      return false;
    }
    const wrong = against(one, policy);
    if (wrong !== undefined) remark(pages.against, one, { value: wrong, name: ids });
    return wrong === undefined;
  });
  const judge = suppressor(text, lines, valid);
  const used = new Set<Suppression>();
  return {
    excuses(rule, line, fact) {
      const by = judge(rule, line, () => aroundOf(fact, lines));
      if (by) used.add(by);
      return by !== undefined;
    },
    remarks() {
      for (const one of own) {
        if (used.has(one) || !valid.includes(one)) continue;
        // What is switched off may be switched on again: the comment waits.
        const known = one.rules.every(
          (id) => rules.has(id) || (id.endsWith('/*') && [...rules.keys()].some((rule) => rule.startsWith(id.slice(0, -1)))),
        );
        if (known) remark(pages.unused, one, { value: one.rules.join(', ') }, [removal(text, lines, one)]);
      }
      return remarks;
    },
  };
}

/** What the team's policy misses in an exception. */
function against({ until, reason, tool }: Suppression, { today, maxDays, approvers }: ExceptionPolicy): string | undefined {
  if (maxDays !== undefined && today !== undefined) {
    const last = new Date(Date.parse(today) + maxDays * 86_400_000).toISOString().slice(0, 10);
    if (until === undefined) return `it has no end: add \`until ${last}\` at most`;
    if (until > last) return `it holds for too long: ${last} is the last day that the policy allows`;
  }
  if (approvers !== undefined && !tool) {
    const approver = /\bapproved by (@?[\w./-]+)/.exec(reason)?.[1];
    if (approver === undefined) return 'nobody approved it: add `approved by` and a name that the policy lists';
    if (!approvers.includes(approver)) return `${approver} may not approve exceptions`;
  }
  return undefined;
}

function aroundOf(fact: Fact | undefined, lines: Lines): readonly Around[] {
  const around: Around[] = [];
  for (let one = fact; one; one = one.parent) {
    const line = (offset: number): number => lines.position(offset).line;
    around.push({ head: line(one.head.start), first: line(one.span.start), last: line(Math.max(one.span.start, one.span.end - 1)) });
  }
  return around;
}

function removal(text: string, lines: Lines, { line, span, alone }: Suppression): Fix {
  const { start, end } = lines.line(line, text);
  const next = /^\r?\n|^\r/.exec(text.slice(end))?.[0].length ?? 0;
  const before = /[ \t]*$/.exec(text.slice(start, span.start))![0].length;
  const edit = alone ? { span: { start, end: end + next }, text: '' } : { span: { start: span.start - before, end: span.end }, text: '' };
  return { title: 'Remove the comment', safe: true, edits: [edit] };
}
