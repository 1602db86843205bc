import { flagCheck } from '../../server/engine/command-flags.ts';

/** All addresses unless one is named. */
export default flagCheck(
  ['kube-controller-manager', 'kube-scheduler'],
  [{ name: 'bind-address', want: '127.0.0.1', good: (value) => value === '127.0.0.1' || value === '::1' || value === 'localhost' }],
);
