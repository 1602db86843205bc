import { flagCheck } from '../../server/engine/command-flags.ts';

/** The default is `AlwaysAllow`. */
export default flagCheck(
  ['kube-apiserver'],
  [{ name: 'authorization-mode', want: 'Node,RBAC', good: (value) => value?.split(',').includes('Node') ?? false }],
);
