import { flagCheck } from '../../server/engine/command-flags.ts';

/** Off unless switched on. */
export default flagCheck(['kube-controller-manager'], [{ name: 'use-service-account-credentials', want: 'true' }]);
