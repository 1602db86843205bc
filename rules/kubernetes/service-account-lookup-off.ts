import { flagCheck } from '../../server/engine/command-flags.ts';

/** Lookup is the default. */
export default flagCheck(['kube-apiserver'], [{ name: 'service-account-lookup', want: 'true', good: (value) => value !== 'false' }]);
