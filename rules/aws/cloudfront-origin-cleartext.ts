import { at, get, items, text, type Node } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

/** Custom origins that may be asked over HTTP, but for S3 website endpoints, which know nothing else. */
const check: Check = ({ node }) =>
  ['origin', 'DistributionConfig.Origins']
    .flatMap((path) => at(node, path).found.flatMap((found) => items(found.node)))
    .flatMap((origin) => {
      const policy = get(origin, 'custom_origin_config.origin_protocol_policy') ?? get(origin, 'CustomOriginConfig.OriginProtocolPolicy');
      const value = text(policy);
      if (!policy || (value !== 'http-only' && value !== 'match-viewer')) return [];
      const domain = get(origin, 'domain_name') ?? get(origin, 'DomainName');
      return domain && !maybeWebsite(domain) ? [{ span: policy.span, values: { value } }] : [];
    });

/** A name that is known must not be a website endpoint; one that is not known must come from a resource that is no bucket. */
function maybeWebsite(domain: Node): boolean {
  const name = text(domain);
  if (name !== undefined) return /\.s3-website[.-]/.test(name);
  if (domain.kind !== 'unknown' || domain.refs.length === 0) return true;
  return domain.refs.some((ref) => !/^aws_(?:lb|alb|elb|instance|api_gateway|apigatewayv2|eip)/.test(ref));
}

export default check;
