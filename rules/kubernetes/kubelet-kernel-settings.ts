import { flagCheck } from '../../server/engine/command-flags.ts';

/** Protection is off unless it is switched on. */
export default flagCheck(['kubelet'], [{ name: 'protect-kernel-defaults', want: 'true' }]);
