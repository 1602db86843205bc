import { at, get, text, type Node } from '../../server/engine/tree.ts';
import type { Check, Fact } from '../../server/engine/types.ts';

/** An instance with a public address whose role an instance without one has as well; those of the registry's module are instances too. */
const check: Check = (fact) => {
  const profile = get(fact.node, 'iam_instance_profile');
  const own = identity(profile);
  if (!profile || own === undefined || isPublic(fact) !== true) return [];
  const shared = ['aws_instance', 'module']
    .flatMap((type) => fact.scope.ofType(type))
    .some(
      (other) =>
        other.address !== fact.address &&
        (!other.types.includes('module') || isFrom(other, 'ec2-instance')) &&
        isPublic(other) === false &&
        identity(get(other.node, 'iam_instance_profile')) === own,
    );
  return shared ? [{ span: profile.span }] : [];
};

/** Undefined where neither the instance nor a subnet of the project says. */
function isPublic({ node, scope }: Fact): boolean | undefined {
  const said = text(get(node, 'associate_public_ip_address'));
  if (said !== undefined) return said === 'true';
  const subnet = get(node, 'subnet_id');
  const network = subnet && networkOf(subnet, scope);
  if (network) return inNetwork(network);
  const [ref, ...more] = subnet?.kind === 'unknown' ? subnet.refs : [];
  const target = ref !== undefined && more.length === 0 ? scope.resolve(ref) : undefined;
  if (!target?.types.includes('aws_subnet')) return undefined;
  const { found, uncertain } = at(target.node, 'map_public_ip_on_launch');
  return uncertain ? undefined : found.some(({ node: value }) => text(value) === 'true');
}

/** The registry's VPC module one of whose subnets this is, and the name of their list. */
function networkOf(subnet: Node, scope: Fact['scope']): { readonly module: Fact; readonly list: string } | undefined {
  const networks = scope.ofType('module').filter((module) => isFrom(module, 'vpc'));
  for (const module of networks) {
    const ref = subnet.kind === 'unknown' ? subnet.refs.find((one) => one.startsWith(`${module.address}.`)) : undefined;
    if (ref !== undefined) return { module, list: ref.split('.')[2]! };
    const { origin } = subnet;
    // An output that is called as an input is taken for it, so that the value comes from the module's own list.
    if (origin?.path !== module.document.path || module.node.kind !== 'map') continue;
    const entry = module.node.entries.find(({ span }) => span.start <= origin.span.start && origin.span.end <= span.end);
    if (entry) return { module, list: entry.key };
  }
  return undefined;
}

/** Whether that module gives what is in its subnets a public address. */
function inNetwork({ module: { node }, list }: { readonly module: Fact; readonly list: string }): boolean | undefined {
  if (!/^public_subnets\b/.test(list)) return /_subnets\b/.test(list) ? false : undefined;
  const said = get(node, 'map_public_ip_on_launch');
  if (said) return text(said) === undefined ? undefined : text(said) === 'true';
  // It did so by itself before version 4.
  const major = /^(?:=|~>)?\s*(\d+)\./.exec(text(get(node, 'version')) ?? '')?.[1];
  return major === undefined ? undefined : Number(major) < 4;
}

function isFrom({ node }: Fact, name: string): boolean {
  return text(get(node, 'source')) === `terraform-aws-modules/${name}/aws`;
}

function identity(node: Node | undefined): string | undefined {
  if (node?.kind === 'unknown') return node.refs.length === 1 ? `ref ${node.refs[0]!}` : undefined;
  const value = text(node);
  return value === undefined || value === '' ? undefined : value;
}

export default check;
