import { flagCheck } from '../../server/engine/command-flags.ts';

/** Nothing is verified unless files are named. */
export default flagCheck(
  ['kube-apiserver'],
  [
    { name: 'kubelet-client-certificate', want: '…', good: (value) => value !== undefined },
    { name: 'kubelet-client-key', want: '…', good: (value) => value !== undefined },
  ],
);
