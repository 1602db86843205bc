import { flagCheck } from '../../server/engine/command-flags.ts';

/** The API server checks tokens with its own key unless one is named; lookup is on. */
export default flagCheck(
  ['kube-apiserver'],
  [
    { name: 'service-account-key-file', want: '…', good: (value) => value !== undefined },
    { name: 'service-account-lookup', want: 'true', good: (value) => value !== 'false' },
  ],
);
