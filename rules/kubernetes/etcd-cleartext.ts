import { flagCheck } from '../../server/engine/command-flags.ts';

/** A single member has no peers to talk to. */
export default flagCheck(
  ['etcd'],
  ['cert-file', 'key-file', 'peer-cert-file', 'peer-key-file'].map((name) => ({
    name,
    want: '…',
    good: (value: string | undefined, given: ReadonlyMap<string, string | undefined>) =>
      value !== undefined ||
      given.has(name.startsWith('peer') ? 'peer-auto-tls' : 'auto-tls') ||
      (name.startsWith('peer') && !given.has('initial-cluster')),
  })),
);
