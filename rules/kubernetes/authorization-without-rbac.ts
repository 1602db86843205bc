import { flagCheck } from '../../server/engine/command-flags.ts';

/** A missing mode and `AlwaysAllow` are what always-allow-authorization is about. */
export default flagCheck(
  ['kube-apiserver'],
  [
    {
      name: 'authorization-mode',
      want: 'Node,RBAC',
      good: (value) =>
        value === undefined || value.includes('AlwaysAllow') || ['Node', 'RBAC'].every((mode) => value.split(',').includes(mode)),
    },
  ],
);
