import { flagCheck } from '../../server/engine/command-flags.ts';

/** HTTPS is the default. */
export default flagCheck(['kube-apiserver'], [{ name: 'kubelet-https', want: 'true', good: (value) => value !== 'false' }]);
