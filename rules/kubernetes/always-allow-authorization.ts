import { flagCheck } from '../../server/engine/command-flags.ts';

/** `AlwaysAllow` is the default of the flag. */
export default flagCheck(
  ['kube-apiserver', 'kubelet'],
  [
    {
      name: 'authorization-mode',
      want: '…',
      good: (value) => value !== undefined && !value.split(',').includes('AlwaysAllow'),
    },
  ],
);
