import { entryOf, items, text, type Node } from '../../server/engine/tree.ts';
import type { Check, Fact, Hit } from '../../server/engine/types.ts';

interface Mount {
  readonly volume: string;
  readonly node: Node;
}

/** Named volumes and folders that this service and another one mount writable. */
const check: Check = (fact) =>
  writable(fact).flatMap(({ volume, node }): Hit[] => {
    const other = fact.scope
      .ofType('service')
      .find((one) => one.address !== fact.address && writable(one).some((m) => m.volume === volume));
    return other ? [{ span: node.span, values: { value: volume, other: other.name }, related: [mention(other)] }] : [];
  });

function mention({ document, head, name }: Fact): NonNullable<Hit['related']>[number] {
  return { path: document.path, span: head, message: name };
}

function writable(fact: Fact): readonly Mount[] {
  return items(entryOf(fact.node, 'volumes')?.value).flatMap((node): Mount[] => {
    const short = text(node);
    if (short !== undefined) {
      const [volume, , options = ''] = short.split(':');
      return /^[A-Za-z0-9./~]/.test(short) && short.includes(':') && !options.split(',').includes('ro') ? [{ volume: volume!, node }] : [];
    }
    const source = text(node, 'source');
    const first = node.kind === 'map' ? node.entries[0]?.value : undefined;
    return source !== undefined && first && /^(volume|bind)$/.test(text(node, 'type') ?? '') && text(node, 'read_only') !== 'true'
      ? [{ volume: source, node: first }]
      : [];
  });
}

export default check;
