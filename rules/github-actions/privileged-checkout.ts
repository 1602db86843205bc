import { entryOf, get, items, text } from '../../server/engine/tree.ts';
import type { Check, Hit } from '../../server/engine/types.ts';
import { isPrivileged, outside, expressionsIn, written } from '../../server/engine/workflow.ts';

/** What names the stranger's commit. */
const HEAD =
  /github\.(head_ref|event\.(pull_request\.(head\.(sha|ref)|merge_commit_sha)|workflow_run\.(head_sha|head_branch|head_commit\.id|pull_requests)))|refs\/pull\/\$\{\{|github\.event\.(number|pull_request\.number|issue\.number)\s*\}\}\/(merge|head)/;
/** `repository:` of a fork. */
const FORK = /github\.event\.(pull_request\.head\.repo|workflow_run\.head_repository)\.full_name/;
const check: Check = (fact) => {
  if (!isPrivileged(fact)) return [];
  if (fact.types.includes('run')) return byCommand(fact);
  if (!/^actions\/checkout$/i.test(text(fact.node, 'action') ?? '')) return [];
  const ref = get(fact.node, 'with.ref');
  const head = HEAD.test(written(fact, ref)) || expressionsIn(fact, ref).some((one) => one.contexts.some((use) => outside(fact, use.path)));
  if (!head && !FORK.test(written(fact, get(fact.node, 'with.repository')))) return [];
  return [{ span: entryOf(fact.node, 'uses')?.value.span ?? fact.head }];
};

/** `gh pr checkout`, `git fetch origin pull/…` and `git checkout ${{ … head … }}`. */
const byCommand: Check = (fact) =>
  items(get(fact.node, 'commands')).flatMap((command): Hit[] => {
    const program = text(command, 'program');
    const line = written(fact, command);
    const found =
      program === 'gh'
        ? /\bpr\s+checkout\b/.test(line)
        : program === 'git' &&
          /\b(fetch|pull|checkout|switch|reset|merge)\b/.test(line) &&
          (HEAD.test(line) || /\bpull\/\S+\/(head|merge)/.test(line));
    return found ? [{ span: command.span }] : [];
  });

export default check;
