import { flagCheck } from '../../server/engine/command-flags.ts';

/** The API server checks tokens with its own key unless one is named. */
export default flagCheck(['kube-apiserver'], [{ name: 'service-account-key-file', want: '…', good: (value) => value !== undefined }]);
