import { get, text } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

const check: Check = (fact) => {
  if (!/^(actions\/create-github-app-token|tibdex\/github-app-token)$/i.test(text(fact.node, 'action') ?? '')) return [];
  const inputs = get(fact.node, 'with');
  const limited = inputs?.kind === 'map' && ((inputs.open ?? false) || inputs.entries.some(({ key }) => /^permissions?(-|$)/.test(key)));
  return limited ? [] : [{ span: get(fact.node, 'uses')?.span ?? fact.head }];
};

export default check;
