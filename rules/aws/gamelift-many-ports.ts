import { at, get, items, text } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

/** More ports than the processes of one host usually take. */
const many = 100;

/** Inbound permissions of a fleet that cover a long range of ports for a whole range of addresses. */
const check: Check = ({ node }) =>
  ['ec2_inbound_permission', 'EC2InboundPermissions']
    .flatMap((key) => at(node, key).found.flatMap((found) => items(found.node)))
    .flatMap((permission) => {
      const from = get(permission, 'from_port') ?? get(permission, 'FromPort');
      const low = Number(text(from) ?? NaN);
      const high = Number(text(permission, 'to_port') ?? text(permission, 'ToPort') ?? NaN);
      const range = text(permission, 'ip_range') ?? text(permission, 'IpRange') ?? '/32';
      return from && high - low > many && !range.endsWith('/32') ? [{ span: from.span, values: { value: `${low} to ${high}` } }] : [];
    });

export default check;
