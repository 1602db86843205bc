import { flagCheck } from '../../server/engine/command-flags.ts';

/** Ciphers without forward secrecy or with a broken part. */
const WEAK = /(_RC4_|_3DES_|_DES_|_NULL_|_MD5|_anon_|_EXPORT_|WITH_AES_(128|256)_CBC_SHA(256)?$)/;

/** Go's own defaults are sound. */
export default flagCheck(
  ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'etcd'],
  [
    { name: 'tls-min-version', want: 'VersionTLS12', good: (value) => value !== 'VersionTLS10' && value !== 'VersionTLS11' },
    ...['tls-cipher-suites', 'cipher-suites'].map((name) => ({
      name,
      want: '…',
      good: (value: string | undefined) => !value?.split(',').some((one) => WEAK.test(one)),
    })),
  ],
);
