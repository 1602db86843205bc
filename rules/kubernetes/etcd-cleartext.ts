import { flagCheck } from '../../server/engine/command-flags.ts';

/** etcd can make a certificate by itself, which etcd-auto-tls is about. */
export default flagCheck(
  ['etcd'],
  ['cert-file', 'key-file'].map((name) => ({
    name,
    want: '…',
    good: (value: string | undefined, given: ReadonlyMap<string, string | undefined>) => value !== undefined || given.has('auto-tls'),
  })),
);
