import { at, text } from '../../server/engine/tree.ts';
import type { Check, Hit } from '../../server/engine/types.ts';

const paths = [
  'spec.rules.http.paths.backend.service.name',
  'spec.rules.http.paths.backend.serviceName',
  'spec.defaultBackend.service.name',
  'spec.backend.serviceName',
];

/** Services that an Ingress names and that the folder doesn't have. */
const check: Check = ({ node, scope }) => {
  const names = scope.ofType('Service').map((service) => text(service.node, 'metadata.name'));
  if (names.includes(undefined)) return [];
  return paths.flatMap((path) =>
    at(node, path).found.flatMap((found): Hit[] => {
      const value = text(found.node);
      return value === undefined || value === 'ssl-redirect' || value === 'use-annotation' || names.includes(value)
        ? []
        : [{ span: found.node.span, values: { value } }];
    }),
  );
};

export default check;
