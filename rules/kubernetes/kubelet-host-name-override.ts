import { flagCheck } from '../../server/engine/command-flags.ts';

/** The node has the name of its host by default. */
export default flagCheck(['kubelet'], [{ name: 'hostname-override', want: '…', good: (value) => value === undefined }]);
