import { at, type Node } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

const PLACES = ['metadata.annotations', 'spec.template.metadata.annotations', 'spec.jobTemplate.spec.template.metadata.annotations'];

/** The annotation that named a container's profile before version 1.30. */
const check: Check = (fact) =>
  PLACES.flatMap((path) => at(fact.node, path).found.flatMap(({ node }) => unconfined(node))).map(({ value }) => ({
    span: value.span,
    values: { value: 'unconfined' },
    fix: { title: `Use the runtime's profile`, safe: false, edits: [{ op: 'replace', span: value.span, text: 'runtime/default' }] },
  }));

function unconfined(annotations: Node): readonly { key: string; value: Node }[] {
  if (annotations.kind !== 'map') return [];
  return annotations.entries.filter(
    ({ key, value }) =>
      key.startsWith('container.apparmor.security.beta.kubernetes.io/') && value.kind === 'scalar' && value.value === 'unconfined',
  );
}

export default check;
