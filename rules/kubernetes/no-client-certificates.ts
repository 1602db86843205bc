import { flagCheck } from '../../server/engine/command-flags.ts';

/** There is no default. */
export default flagCheck(['kube-apiserver', 'kubelet'], [{ name: 'client-ca-file', want: '…', good: (value) => value !== undefined }]);
