import { at, get } from '../../server/engine/tree.ts';
import type { Check, Fact } from '../../server/engine/types.ts';

/** A repository for which no policy of the project asks for reviewers. */
const check: Check = (repository) => {
  const policies = repository.scope.ofType('azuredevops_branch_policy_min_reviewers');
  return policies.some((policy) => covers(policy, repository)) ? [] : [{ span: repository.head }];
};

/** Whether a scope of the policy is this repository, every repository, or not to be known. */
function covers(policy: Fact, repository: Fact): boolean {
  const scopes = at(policy.node, 'settings.scope');
  if (scopes.uncertain) return true;
  return scopes.found.some(({ node }) => {
    const id = get(node, 'repository_id');
    const ref = id?.kind === 'unknown' ? id.refs[0] : undefined;
    const named = ref === undefined ? undefined : policy.scope.resolve(ref);
    return named === undefined || named.address === repository.address;
  });
}

export default check;
