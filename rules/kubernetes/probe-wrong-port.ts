import { at, entryOf, items, text } from '../../server/engine/tree.ts';
import type { Check, Hit } from '../../server/engine/types.ts';

/** Ports of probes, by name or number, that `ports` doesn't have. */
const check: Check = ({ node }) => {
  const ports = entryOf(node, 'ports')?.value;
  if (ports && (ports.kind !== 'list' || ports.open)) return [];
  const known = new Set<string>();
  for (const port of items(ports)) {
    const number = text(port, 'containerPort');
    if (number === undefined) return [];
    known.add(number);
    const name = text(port, 'name');
    if (name !== undefined) known.add(name);
  }
  return ['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((probe) =>
    ['httpGet', 'tcpSocket', 'grpc'].flatMap((kind): Hit[] => {
      const port = at(node, [probe, kind, 'port']).found[0]?.node;
      const value = text(port);
      return port && value !== undefined && value !== '' && !known.has(value) ? [{ span: port.span, values: { value } }] : [];
    }),
  );
};

export default check;
