import { at, items, text, type Node } from '../../server/engine/tree.ts';
import type { Check, Fact, Hit } from '../../server/engine/types.ts';

interface Claim {
  readonly host: Node;
  readonly name: string;
  readonly paths: readonly string[];
}

/** Hosts of an Ingress or Route that another object of the folder claims with the same path and class. */
const check: Check = (fact) => {
  const kind = fact.types[0]!;
  const own = claims(fact);
  const others =
    own.length === 0
      ? []
      : fact.scope.ofType(kind).filter((other) => !same(fact, other) && text(other.node, 'metadata.name') !== undefined);
  return own.flatMap(({ host, name, paths }): Hit[] => {
    const rival = others.find(
      (other) =>
        classOf(other) === classOf(fact) &&
        claims(other).some((claim) => claim.name === name && claim.paths.some((path) => paths.includes(path))),
    );
    return rival ? [{ span: host.span, values: { value: name, other: rival.name } }] : [];
  });
};

function claims({ node, types }: Fact): readonly Claim[] {
  if (types[0] === 'Route') return claim(at(node, 'spec.host').found[0]?.node, [text(node, 'spec.path') ?? '/']);
  return items(at(node, 'spec.rules').found[0]?.node).flatMap((rule) =>
    claim(
      at(rule, 'host').found[0]?.node,
      items(at(rule, 'http.paths').found[0]?.node).flatMap((path) => text(path, 'path') ?? []),
    ),
  );
}

function claim(host: Node | undefined, paths: readonly string[]): readonly Claim[] {
  const name = text(host);
  return host && name !== undefined && name !== '' ? [{ host, name, paths }] : [];
}

/** The class, and the annotations that make two rules for one host mean something (canaries). */
function classOf({ node }: Fact): string {
  const annotation = (key: string): string => text(at(node, ['metadata', 'annotations', key]).found[0]?.node) ?? '';
  return [
    text(node, 'spec.ingressClassName') ?? annotation('kubernetes.io/ingress.class'),
    annotation('nginx.ingress.kubernetes.io/canary'),
  ].join(' ');
}

/** The same object: overlays of one folder write it again. */
function same(a: Fact, b: Fact): boolean {
  return (
    a === b ||
    (text(a.node, 'metadata.name') === text(b.node, 'metadata.name') &&
      text(a.node, 'metadata.namespace') === text(b.node, 'metadata.namespace'))
  );
}

export default check;
