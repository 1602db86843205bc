import { flagCheck } from '../../server/engine/command-flags.ts';

/** No log is kept unless a place for it is named. */
export default flagCheck(
  ['kube-apiserver'],
  [{ name: 'audit-log-path', want: '…', good: (value, given) => value !== undefined || given.has('audit-webhook-config-file') }],
);
