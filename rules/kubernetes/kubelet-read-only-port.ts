import { flagCheck } from '../../server/engine/command-flags.ts';

/** The flag opens port 10255 unless it is set. */
export default flagCheck(['kubelet'], [{ name: 'read-only-port', want: '0' }]);
