import type { Analysis } from '../server/engine/analyze.ts';
import { applyEdits, compatible } from '../server/engine/fix.ts';
import { fixAll } from '../server/engine/fix-all.ts';
import { Lines } from '../server/engine/positions.ts';
import type { Fix, Syntax, TextEdit } from '../server/engine/types.ts';

/** What is said about a text of a document. */
export interface Judgement extends Analysis {
  readonly problems: number;
}

export const kinds = ['edits', 'unchanged', 'does not parse', 'still there', 'new finding', 'comment lost', 'never done'] as const;

export interface Violation {
  readonly kind: (typeof kinds)[number];
  /** The rule whose fix it is; `(all)` for the fixes of a document together. */
  readonly rule: string;
  /** One-based. */
  readonly line: number;
  readonly detail: string;
  /** The text after the fix. */
  readonly after: string;
}

/** Findings that fixes (by the beginning of the rule's name) may bring, because leaving the fix out would be worse. */
const allowed: readonly { readonly fix: string; readonly brings: readonly string[]; readonly because: string }[] = [
  {
    fix: 'secrets/',
    brings: ['github-actions/secret-without-environment'],
    because: 'who may use a secret can only be asked once it is one',
  },
  {
    fix: 'azure/sql-no-threat-detection',
    brings: ['azure/sql-alert-no-address'],
    because: 'whom an alert is mailed to can only be asked once there are alerts',
  },
  {
    fix: 'azure/storage-open-network',
    brings: ['azure/storage-no-trusted-services'],
    because: 'the list of those that may bypass the firewall counts for nothing until there is one',
  },
  {
    fix: 'aws/ebs-unencrypted',
    brings: ['aws/service-no-customer-key'],
    because: 'whose key it is can only be asked of what is encrypted',
  },
  {
    fix: 'aws/sqs-unencrypted',
    brings: ['aws/messages-no-customer-key'],
    because: 'whose key it is can only be asked of what is encrypted',
  },
  {
    fix: 'aws/efs-unencrypted',
    brings: ['aws/file-system-no-customer-key'],
    because: 'whose key it is can only be asked of what is encrypted',
  },
  {
    fix: 'aws/dlm-copy-unencrypted',
    brings: ['aws/service-no-customer-key'],
    because: 'whose key it is can only be asked of what is encrypted',
  },
  {
    fix: 'aws/ssm-parameter-plaintext',
    brings: ['aws/service-no-customer-key'],
    because: 'whose key it is can only be asked of what is encrypted',
  },
  {
    fix: 'alicloud/disk-unencrypted',
    brings: ['alicloud/no-customer-key'],
    because: 'whose key it is can only be asked of what is encrypted',
  },
  {
    fix: 'aws/elasticache-cleartext',
    brings: ['aws/elasticache-no-password'],
    because: 'Redis takes a password only where it talks TLS',
  },
  {
    fix: 'gcp/sql-no-backup',
    brings: ['gcp/sql-no-point-in-time-recovery'],
    because: 'a point in time can only be asked for where there are backups',
  },
  {
    fix: 'kubernetes/removed-api-version',
    brings: ['kubernetes/budget-keeps-broken-pods'],
    because: 'only the newer API has the field',
  },
  {
    fix: 'aws/eks-no-audit-log',
    brings: ['aws/eks-few-log-types'],
    because: 'which kinds are missing can only be asked of a cluster that logs',
  },
  {
    fix: 'aws/s3-no-versioning',
    brings: ['aws/s3-no-mfa-delete'],
    because: 'a second factor for deletion can only be asked of what is versioned',
  },
  {
    fix: 'azure/sql-no-threat-detection',
    brings: ['azure/sql-alert-mails-off'],
    because: 'who gets the alerts can only be asked where there are alerts',
  },
  {
    fix: 'azure/aks-no-host-encryption',
    brings: ['azure/aks-mixed-system-pool', 'azure/aks-managed-os-disk'],
    because: 'a cluster without its node pool is incomplete: what the pool lacks can only be asked once it is written',
  },
  {
    fix: 'aws/database-unencrypted',
    brings: ['aws/data-no-customer-key'],
    because: 'whose key it is can only be asked of what is encrypted',
  },
  {
    fix: 'aws/kinesis-unencrypted',
    brings: ['aws/data-no-customer-key'],
    because: 'whose key it is can only be asked of what is encrypted',
  },
  {
    fix: 'aws/opensearch-unencrypted',
    brings: ['aws/data-no-customer-key'],
    because: 'whose key it is can only be asked of what is encrypted',
  },
  {
    fix: 'aws/rds-no-performance-insights',
    brings: ['aws/data-no-customer-key'],
    because: 'whose key it is can only be asked of what is recorded',
  },
  {
    fix: 'kubernetes/privileged-container',
    brings: ['compose/capabilities-not-dropped', 'compose/no-new-privileges'],
    because: 'both count for nothing while the container is privileged',
  },
  {
    fix: 'kubernetes/',
    brings: ['kubernetes/no-security-context'],
    because: 'a security context that held nothing but the flaw goes with it',
  },
  {
    fix: 'github-actions/container-credentials',
    brings: ['github-actions/secret-without-environment'],
    because: 'a secret that anyone who can push may read is better than one that anyone may read',
  },
];

/** More fixes of one rule in one document show nothing that the first ones didn't. */
const fixesOfOneRule = 4;

/**
 * Holds the fixes of one document against the contract: the outcome parses, the finding is gone, nothing new appears, comments stay, and doing it again changes
 * nothing; for each fix by itself, and for all compatible ones together. `judge` answers for a text of the document, with one set of rules.
 */
export function breaches(
  text: string,
  syntax: Syntax,
  judge: (text: string) => Judgement,
): { readonly applied: number; readonly violations: readonly Violation[] } {
  const before = judge(text);
  const violations: Violation[] = [];
  const counts = countsOf(before);
  const lines = new Lines(text);
  const tried = new Map<string, number>();
  let applied = 0;

  const hold = (chosen: ReadonlyMap<string, number>, line: number, edits: readonly TextEdit[], rule: string): void => {
    const after = applyEdits(text, edits);
    const report = (kind: Violation['kind'], detail: string): void => void violations.push({ kind, rule, line, detail, after });
    applied++;
    if (after === text) return report('unchanged', '');
    const judged = judge(after);
    if (judged.problems > before.problems) report('does not parse', `${judged.problems} problems instead of ${before.problems}`);
    for (const [id, count] of countsOf(judged)) {
      const was = counts.get(id) ?? 0;
      const cured = chosen.get(id) ?? 0;
      if (
        count <= was - cured ||
        allowed.some(({ fix, brings }) => brings.includes(id) && [...chosen.keys()].some((one) => one.startsWith(fix)))
      )
        continue;
      report(cured > 0 && count <= was ? 'still there' : 'new finding', `${id}: ${count} instead of ${was - cured}`);
    }
    for (const comment of lost(text, after, edits, syntax)) report('comment lost', comment);
  };

  for (const finding of before.findings) {
    const line = lines.position(finding.span.start).line + 1;
    for (const fix of before.fixesOf(finding)) {
      const nth = (tried.get(finding.rule) ?? 0) + 1;
      tried.set(finding.rule, nth);
      if (!wellFormed(fix.edits, text)) {
        violations.push({ kind: 'edits', rule: finding.rule, line, detail: JSON.stringify(fix.edits), after: text });
      } else if (nth <= fixesOfOneRule) hold(new Map([[finding.rule, 1]]), line, fix.edits, finding.rule);
    }
  }
  if (applied > 1) {
    const owner = new Map<Fix, string>();
    for (const finding of before.findings) {
      const [best] = before.fixesOf(finding);
      if (best) owner.set(best, finding.rule);
    }
    const { fixes, edits } = compatible([...owner.keys()]);
    const chosen = new Map<string, number>();
    for (const fix of fixes) chosen.set(owner.get(fix)!, (chosen.get(owner.get(fix)!) ?? 0) + 1);
    hold(chosen, 1, edits, '(all)');
  }
  if (applied > 0) {
    // As if all were safe: in the end nothing is left that a fix would change.
    const all = (current: string): Analysis => {
      const judged = judge(current);
      return { ...judged, fixesOf: (finding) => judged.fixesOf(finding).map((fix) => ({ ...fix, safe: true })) };
    };
    const edit = fixAll(text, all);
    const end = edit ? applyEdits(text, [edit]) : text;
    const again = fixAll(end, all);
    if (again) violations.push({ kind: 'never done', rule: '(all)', line: 1, detail: again.text.slice(0, 200), after: end });
  }
  return { applied, violations };
}

function countsOf(analysis: Analysis): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { rule } of analysis.findings) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  return counts;
}

/** Within the text, in order, one after the other. */
function wellFormed(edits: readonly TextEdit[], text: string): boolean {
  return edits.every(({ span }, i) => span.start <= span.end && span.end <= text.length && span.start >= (edits[i - 1]?.span.end ?? 0));
}

const comments: Readonly<Record<Syntax, RegExp | undefined>> = {
  hcl: /(?<=^|\s)(?:#|\/\/).*$|\/\*[^]*?\*\//gm,
  yaml: /(?<=^|\s)#.*$/gm,
  dockerfile: /(?<=^[ \t]*)#.*$/gm,
  env: /(?<=^[ \t]*)#.*$/gm,
  json: /(?<=^|\s)\/\/.*$/gm,
  javascript: /(?<=^|\s)\/\/.*$|\/\*[^]*?\*\//gm,
  text: undefined,
};

/** The comments of a text that are missing in another, except for those within a block that goes as a whole. */
function lost(before: string, after: string, edits: readonly TextEdit[], syntax: Syntax): readonly string[] {
  const pattern = comments[syntax];
  if (!pattern) return [];
  const left = new Map<string, number>();
  for (const [comment] of after.matchAll(pattern)) left.set(comment.trim(), (left.get(comment.trim()) ?? 0) + 1);
  return [...before.matchAll(pattern)].flatMap(({ 0: comment, index }) => {
    const around = edits.find(({ span, text }) => text === '' && span.start < index && index + comment.length < span.end)?.span;
    if (around && before.slice(around.start, index).trim() && before.slice(index + comment.length, around.end).trim()) return [];
    const count = left.get(comment.trim()) ?? 0;
    left.set(comment.trim(), count - 1);
    return count > 0 ? [] : [comment.trim()];
  });
}
