import { flagCheck } from '../../server/engine/command-flags.ts';

/** No default names a file. */
export default flagCheck(
  ['kube-controller-manager'],
  [{ name: 'service-account-private-key-file', want: '…', good: (value) => value !== undefined }],
);
