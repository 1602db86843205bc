import { flagCheck } from '../../server/engine/command-flags.ts';

/** Deprecated, and never right. */
export default flagCheck(
  ['kube-apiserver'],
  [
    {
      name: 'enable-admission-plugins',
      want: '…',
      good: (value) => !value?.split(',').includes('AlwaysAdmit'),
    },
  ],
);
