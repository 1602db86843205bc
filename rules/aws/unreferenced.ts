import type { Node } from '../../server/engine/tree.ts';
import type { Check, Fact } from '../../server/engine/types.ts';

/** These belong to the resource that they name, so they are no use of it. */
const companions = /^aws_(?:security_group_rule|vpc_security_group_(?:in|e)gress_rule)$/;

/** A resource of Terraform that nothing else in the folder, its outputs included, refers to. */
const check: Check = (fact) => {
  const { address, scope } = fact;
  if (address === undefined) return [];
  const used = ['resource', 'module', 'output'].some((type) =>
    scope.ofType(type).some((other) => other.address !== address && mentions(other, address)),
  );
  return used ? [] : [{ span: fact.head }];
};

function mentions(fact: Fact, address: string): boolean {
  const { node } = fact;
  if (node.kind !== 'map') return true;
  const companion = companions.test(fact.types[0] ?? '');
  return node.entries.some(({ key, value }) => !(companion && key === 'security_group_id') && refers(value, address));
}

function refers(node: Node, address: string): boolean {
  switch (node.kind) {
    case 'map':
      return node.entries.some((entry) => refers(entry.value, address));
    case 'list':
      return node.items.some((item) => refers(item, address));
    case 'unknown':
      return node.refs.some((ref) => ref === address || ref.startsWith(`${address}.`) || ref.startsWith(`${address}[`));
    case 'scalar':
      return false;
  }
}

export default check;
