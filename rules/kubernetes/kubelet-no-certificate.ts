import { flagCheck } from '../../server/engine/command-flags.ts';

/** A self-signed certificate is made unless files are named or the cluster is asked for one. */
export default flagCheck(
  ['kubelet'],
  ['tls-cert-file', 'tls-private-key-file'].map((name) => ({
    name,
    want: '…',
    good: (value: string | undefined, given: ReadonlyMap<string, string | undefined>) =>
      value !== undefined || given.has('rotate-server-certificates'),
  })),
);
