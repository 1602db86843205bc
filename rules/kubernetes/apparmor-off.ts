import { at, text, type Node } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

const PLACES = ['metadata.annotations', 'spec.template.metadata.annotations', 'spec.jobTemplate.spec.template.metadata.annotations'];

/** What the annotation may say beside `unconfined`; the kubelet knows no other profiles. */
const PROFILE = /^(?:runtime\/default|localhost\/.+)?$/;

/** The annotation that named a container's profile before version 1.30. */
const check: Check = (fact) =>
  PLACES.flatMap((path) => at(fact.node, path).found.flatMap(({ node }) => unprotected(node))).map(({ value }) => ({
    span: value.span,
    values: { value: text(value) ?? '' },
    fix: { title: `Use the runtime's profile`, safe: false, edits: [{ op: 'replace', span: value.span, text: 'runtime/default' }] },
  }));

function unprotected(annotations: Node): readonly { key: string; value: Node }[] {
  if (annotations.kind !== 'map') return [];
  return annotations.entries.filter(
    ({ key, value }) =>
      key.startsWith('container.apparmor.security.beta.kubernetes.io/') && value.kind === 'scalar' && !PROFILE.test(text(value) ?? ''),
  );
}

export default check;
