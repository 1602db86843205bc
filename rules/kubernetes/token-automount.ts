import { at, text } from '../../server/engine/tree.ts';
import type { Check, Fact } from '../../server/engine/types.ts';

/** Pods with a token of an account of their own that no binding of the folder gives a role to. */
const check: Check = (fact) => {
  const name = at(fact.node, 'serviceAccountName').found[0]?.node;
  const account = text(name);
  const mounted = at(fact.node, 'automountServiceAccountToken');
  if (!name || account === undefined || account === '' || account === 'default' || mounted.uncertain) return [];
  if (mounted.found.length > 0 && text(mounted.found[0]!.node) !== 'true') return [];
  const declared = fact.scope.ofType('ServiceAccount').find((one) => text(one.node, 'metadata.name') === account);
  if (!declared || at(declared.node, 'automountServiceAccountToken').found.length > 0) return [];
  return [...fact.scope.ofType('RoleBinding'), ...fact.scope.ofType('ClusterRoleBinding')].some((one) => binds(one, account))
    ? []
    : [
        {
          span: name.span,
          fix: { title: "Don't mount the token", safe: false, edits: [{ op: 'set', path: 'automountServiceAccountToken', value: false }] },
        },
      ];
};

/** Whether a binding names the account, or could: what isn't known may be it. */
function binds(binding: Fact, account: string): boolean {
  const names = at(binding.node, 'subjects.name');
  return (
    names.uncertain ||
    names.found.some(({ node }) => text(node) === undefined || text(node) === account || /^system:serviceaccounts(?::|$)/.test(text(node)!))
  );
}

export default check;
