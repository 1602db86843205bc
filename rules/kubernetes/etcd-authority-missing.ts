import { flagCheck } from '../../server/engine/command-flags.ts';

/** No default names a file. */
export default flagCheck(['kube-apiserver'], [{ name: 'etcd-cafile', want: '…', good: (value) => value !== undefined }]);
