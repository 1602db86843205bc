import { flagCheck } from '../../server/engine/command-flags.ts';

/** High unless set. */
export default flagCheck(
  ['kube-controller-manager'],
  [{ name: 'terminated-pod-gc-threshold', want: '…', good: (value) => Number(value) > 0 }],
);
