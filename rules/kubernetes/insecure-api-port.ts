import { flagCheck } from '../../server/engine/command-flags.ts';

/** The port is closed unless it is named. */
export default flagCheck(
  ['kube-apiserver'],
  [
    { name: 'insecure-port', want: '0', good: (value) => value === undefined || value === '0' },
    { name: 'insecure-bind-address', want: '127.0.0.1', good: (value) => value === undefined || value === '127.0.0.1' },
    { name: 'secure-port', want: '6443', good: (value) => value !== '0' },
  ],
);
