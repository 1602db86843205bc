import { flagCheck } from '../../server/engine/command-flags.ts';

/** Off unless switched on. */
export default flagCheck(
  ['etcd'],
  ['auto-tls', 'peer-auto-tls'].map((name) => ({ name, want: 'false', good: (value: string | undefined) => value !== 'true' })),
);
