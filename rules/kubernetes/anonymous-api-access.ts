import { flagCheck } from '../../server/engine/command-flags.ts';

/** Both servers allow anonymous requests unless told otherwise. */
export default flagCheck(['kube-apiserver', 'kubelet'], [{ name: 'anonymous-auth', want: 'false' }]);
