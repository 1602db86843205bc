import { flagCheck } from '../../server/engine/command-flags.ts';

/** No default names a file. */
export default flagCheck(['kube-apiserver'], [{ name: 'kubelet-certificate-authority', want: '…', good: (value) => value !== undefined }]);
