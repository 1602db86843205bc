import { get, text } from '../../server/engine/tree.ts';
import type { Check, Hit } from '../../server/engine/types.ts';

/** Advisories of the GitHub Advisory Database (ecosystem "Actions") that were known on this day. */
export const AS_OF = '2025-10-01';

interface Advisory {
  readonly id: string;
  /** First and last-but-one affected version: `from` is in, `fixed` is out. */
  readonly from?: string;
  readonly fixed: string;
  readonly what: string;
  /** Commits with malicious code. */
  readonly commits?: readonly string[];
}

const advisories: Readonly<Record<string, readonly Advisory[]>> = {
  'tj-actions/changed-files': [
    {
      id: 'CVE-2025-30066',
      fixed: '46.0.1',
      what: 'its tags were moved to code that printed secrets',
      commits: ['0e58ed8671d6b60d0890c21b07f8835ace038e67'],
    },
  ],
  'tj-actions/branch-names': [{ id: 'CVE-2025-54416', fixed: '9.0.0', what: 'the name of a branch runs as a command' }],
  'tj-actions/verify-changed-files': [{ id: 'CVE-2023-52137', fixed: '17.0.0', what: 'the name of a file runs as a command' }],
  'reviewdog/action-setup': [
    { id: 'CVE-2025-30154', fixed: '0', what: 'this commit prints secrets', commits: ['f0d342d24037bb11d26b9bd8496e0808ba32e9ec'] },
  ],
  'actions/download-artifact': [{ id: 'CVE-2024-42471', from: '4.0.0', fixed: '4.1.3', what: 'an artifact can write files anywhere' }],
  'dawidd6/action-download-artifact': [{ id: 'GHSA-5xr6-xhww-33m4', fixed: '6.0.0', what: 'it takes artifacts of forks' }],
  'gradle/gradle-build-action': [{ id: 'CVE-2023-30853', fixed: '2.4.2', what: 'secrets get into the cache' }],
  'sonarsource/sonarqube-scan-action': [
    { id: 'CVE-2025-58178', from: '4.0.0', fixed: '5.3.1', what: 'its arguments run as commands' },
    { id: 'CVE-2025-59844', from: '4.0.0', fixed: '6.0.0', what: 'its arguments run as commands' },
  ],
  'some-natalie/ghas-to-csv': [{ id: 'CVE-2022-39217', fixed: '3.0.0', what: 'the report can hold spreadsheet formulas' }],
  'embano1/wip': [{ id: 'CVE-2023-30623', fixed: '2.0.0', what: 'the title of a pull request runs as a command' }],
  'rlespinasse/github-slug-action': [
    { id: 'CVE-2023-27581', from: '4.0.0', fixed: '4.4.1', what: 'the name of a branch runs as a command' },
  ],
  'hashicorp/vault-action': [{ id: 'CVE-2021-32074', fixed: '2.2.0', what: 'secrets of several lines are printed' }],
  'check-spelling/check-spelling': [{ id: 'CVE-2021-32724', fixed: '0.0.19', what: 'a pull request can read the token' }],
  'azure/setup-kubectl': [{ id: 'CVE-2023-23939', fixed: '3.0.0', what: 'the program it installs is writable by everyone' }],
  'canonical/get-workflow-version-action': [{ id: 'CVE-2025-31479', fixed: '1.0.1', what: 'it can print the token' }],
  'lycheeverse/lychee-action': [{ id: 'CVE-2024-48908', fixed: '2.0.2', what: 'an input runs as a command' }],
  'step-security/harden-runner': [
    { id: 'CVE-2025-32955', from: '0.12.0', fixed: '2.12.0', what: 'its protection can be switched off with Docker' },
  ],
  'bullfrogsec/bullfrog': [{ id: 'CVE-2025-47775', fixed: '0.8.4', what: 'its filter lets DNS over TCP through' }],
  'github/codeql-action': [{ id: 'CVE-2025-24362', from: '3.26.11', fixed: '3.28.3', what: 'its debug artifact can hold the token' }],
};

const check: Check = (fact) => {
  const uses = get(fact.node, 'uses');
  const action = text(fact.node, 'action')?.toLowerCase();
  const ref = text(fact.node, 'ref');
  if (!uses || action === undefined || ref === undefined) return [];
  const repository = action.split('/').slice(0, 2).join('/');
  const known = Object.hasOwn(advisories, repository) ? advisories[repository]! : [];
  const found = known.filter((one) => affected(ref, one)).sort((a, b) => compare(parts(b.fixed), parts(a.fixed)))[0];
  if (!found) return [];
  const values = {
    value: `${action}@${ref}`,
    advisory: found.id,
    what: found.what,
    fixed: found.fixed === '0' ? 'a later commit' : `v${found.fixed}`,
  };
  const start = fact.document.text.lastIndexOf(ref, uses.span.end);
  const tag = /^v?\d/.test(ref) && ref.length < 16;
  const fix: Hit['fix'] = {
    title: `Use v${found.fixed}`,
    safe: false,
    edits: [{ op: 'replace', span: { start, end: start + ref.length }, text: (ref.startsWith('v') ? 'v' : '') + found.fixed }],
  };
  return [{ span: uses.span, values, ...(tag && start > uses.span.start && { fix }) }];
};

function affected(ref: string, { from, fixed, commits }: Advisory): boolean {
  if (commits?.includes(ref.toLowerCase())) return true;
  const version = /^v?(\d+(?:\.\d+){0,2})$/.exec(ref)?.[1];
  if (version === undefined || ref.length > 16) return false;
  const written = version.split('.').map(Number);
  // `v4` and `v4.1` move: they stand for the newest release that begins so.
  const newest = [...written, ...Array<number>(3 - written.length).fill(Infinity)];
  return compare(newest, parts(fixed)) < 0 && (from === undefined || compare(newest, parts(from)) >= 0);
}

const parts = (version: string): readonly number[] => version.split('.').map(Number);

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < 3; i++) {
    const [left, right] = [a[i] ?? 0, b[i] ?? 0];
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

export default check;
