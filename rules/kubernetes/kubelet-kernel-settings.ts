import { flagCheck } from '../../server/engine/command-flags.ts';

/** Protection is off unless switched on, the chains on unless switched off. */
export default flagCheck(
  ['kubelet'],
  [
    { name: 'protect-kernel-defaults', want: 'true' },
    { name: 'make-iptables-util-chains', want: 'true', good: (value) => value !== 'false' },
  ],
);
