import { flagCheck } from '../../server/engine/command-flags.ts';

/** The default is 6443. */
export default flagCheck(['kube-apiserver'], [{ name: 'secure-port', want: '6443', good: (value) => value !== '0' }]);
