import { flagCheck } from '../../server/engine/command-flags.ts';

/** On unless switched off. */
export default flagCheck(['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'], [{ name: 'profiling', want: 'false' }]);
