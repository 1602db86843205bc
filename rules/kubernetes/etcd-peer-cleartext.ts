import { flagCheck } from '../../server/engine/command-flags.ts';

/** etcd can make certificates for its peers by itself, which etcd-auto-tls is about. */
export default flagCheck(
  ['etcd'],
  ['peer-cert-file', 'peer-key-file'].map((name) => ({
    name,
    want: '…',
    good: (value: string | undefined, given: ReadonlyMap<string, string | undefined>) => value !== undefined || given.has('peer-auto-tls'),
  })),
);
