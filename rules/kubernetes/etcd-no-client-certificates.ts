import { flagCheck } from '../../server/engine/command-flags.ts';

/** Nobody is asked for a certificate unless told to. */
export default flagCheck(['etcd'], [{ name: 'client-cert-auth', want: 'true' }]);
