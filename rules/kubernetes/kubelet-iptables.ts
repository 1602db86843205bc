import { flagCheck } from '../../server/engine/command-flags.ts';

/** The chains are kept by default. */
export default flagCheck(['kubelet'], [{ name: 'make-iptables-util-chains', want: 'true', good: (value) => value !== 'false' }]);
