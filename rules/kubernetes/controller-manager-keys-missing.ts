import { flagCheck } from '../../server/engine/command-flags.ts';

/** No default names files. */
export default flagCheck(
  ['kube-controller-manager'],
  ['service-account-private-key-file', 'root-ca-file'].map((name) => ({
    name,
    want: '…',
    good: (value: string | undefined) => value !== undefined,
  })),
);
