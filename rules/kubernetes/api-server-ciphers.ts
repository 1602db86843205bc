import { flagCheck } from '../../server/engine/command-flags.ts';

/** The suites of TLS 1.3, and those of 1.2 that agree on a key of their own for each connection and have a sound cipher. */
const STRONG =
  /^(?:TLS_(?:AES|CHACHA20)_\w+|TLS_ECDHE_(?:ECDSA|RSA)_WITH_(?:AES_(?:128|256)_(?:CBC_SHA|GCM_SHA(?:256|384))|CHACHA20_POLY1305(?:_SHA256)?))$/;

export default flagCheck(
  ['kube-apiserver'],
  [
    {
      name: 'tls-cipher-suites',
      want: 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,…',
      good: (value) => value?.split(',').every((one) => STRONG.test(one.trim())) ?? false,
    },
  ],
);
