import { flagCheck } from '../../server/engine/command-flags.ts';

/** A self-signed certificate is made when none is named. */
export default flagCheck(
  ['kube-apiserver'],
  ['tls-cert-file', 'tls-private-key-file'].map((name) => ({
    name,
    want: '…',
    good: (value: string | undefined, given: ReadonlyMap<string, string | undefined>) =>
      value !== undefined || given.has('tls-sni-cert-key'),
  })),
);
