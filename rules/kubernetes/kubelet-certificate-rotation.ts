import { flagCheck } from '../../server/engine/command-flags.ts';

/** Only an explicit `false` is a decision against it. */
export default flagCheck(
  ['kubelet', 'kube-controller-manager'],
  [
    { name: 'rotate-certificates', want: 'true', good: (value) => value !== 'false' },
    { name: 'feature-gates', want: '…', good: (value) => !value?.includes('RotateKubeletServerCertificate=false') },
  ],
);
