import { flagCheck } from '../../server/engine/command-flags.ts';

/** On unless switched off. */
export default flagCheck(
  ['kubelet', 'kube-controller-manager'],
  [
    { name: 'rotate-certificates', want: 'true', good: (value) => value !== 'false' },
    { name: 'feature-gates', want: '…', good: (value) => !value?.includes('RotateKubeletServerCertificate=false') },
  ],
);
