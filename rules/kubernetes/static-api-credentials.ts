import { flagCheck } from '../../server/engine/command-flags.ts';

/** Credentials that are a file. */
export default flagCheck(
  ['kube-apiserver'],
  [
    { name: 'token-auth-file', want: '…', good: (value) => value === undefined },
    { name: 'basic-auth-file', want: '…', good: (value) => value === undefined },
  ],
);
