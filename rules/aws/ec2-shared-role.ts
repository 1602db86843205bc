import { at, get, text, type Node } from '../../server/engine/tree.ts';
import type { Check, Fact } from '../../server/engine/types.ts';

/** An instance with a public address whose role an instance without one has as well. */
const check: Check = (fact) => {
  const profile = get(fact.node, 'iam_instance_profile');
  const own = identity(profile);
  if (!profile || own === undefined || isPublic(fact) !== true) return [];
  const shared = fact.scope
    .ofType('aws_instance')
    .some(
      (other) => other.address !== fact.address && isPublic(other) === false && identity(get(other.node, 'iam_instance_profile')) === own,
    );
  return shared ? [{ span: profile.span }] : [];
};

/** Undefined where neither the instance nor a subnet of the project says. */
function isPublic({ node, scope }: Fact): boolean | undefined {
  const said = text(get(node, 'associate_public_ip_address'));
  if (said !== undefined) return said === 'true';
  const subnet = get(node, 'subnet_id');
  const target = subnet?.kind === 'unknown' && subnet.refs.length === 1 ? scope.resolve(subnet.refs[0]!) : undefined;
  if (!target?.types.includes('aws_subnet')) return undefined;
  const { found, uncertain } = at(target.node, 'map_public_ip_on_launch');
  return uncertain ? undefined : found.some(({ node: value }) => text(value) === 'true');
}

function identity(node: Node | undefined): string | undefined {
  if (node?.kind === 'unknown') return node.refs.length === 1 ? `ref ${node.refs[0]!}` : undefined;
  const value = text(node);
  return value === undefined || value === '' ? undefined : value;
}

export default check;
