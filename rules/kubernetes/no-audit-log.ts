import { flagCheck } from '../../server/engine/command-flags.ts';

/** No log is kept unless both a policy and a place for it are named. */
export default flagCheck(
  ['kube-apiserver'],
  [
    { name: 'audit-policy-file', want: '…', good: (value) => value !== undefined },
    { name: 'audit-log-path', want: '…', good: (value, given) => value !== undefined || given.has('audit-webhook-config-file') },
  ],
);
