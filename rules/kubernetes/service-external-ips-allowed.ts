import { flagCheck } from '../../server/engine/command-flags.ts';

/** Off unless it is named. */
export default flagCheck(
  ['kube-apiserver'],
  [{ name: 'enable-admission-plugins', want: '…', good: (value) => value?.split(',').includes('DenyServiceExternalIPs') ?? false }],
);
