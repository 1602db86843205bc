import { flagCheck } from '../../server/engine/command-flags.ts';

/** No default names a file. */
export default flagCheck(['kube-apiserver'], [{ name: 'audit-policy-file', want: '…', good: (value) => value !== undefined }]);
