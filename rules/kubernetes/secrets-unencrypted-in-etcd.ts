import { flagCheck } from '../../server/engine/command-flags.ts';

/** Not encrypted unless a configuration is named. */
export default flagCheck(['kube-apiserver'], [{ name: 'encryption-provider-config', want: '…', good: (value) => value !== undefined }]);
