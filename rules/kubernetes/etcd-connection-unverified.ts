import { flagCheck } from '../../server/engine/command-flags.ts';

/** No default names files. */
export default flagCheck(
  ['kube-apiserver'],
  ['etcd-certfile', 'etcd-keyfile'].map((name) => ({
    name,
    want: '…',
    good: (value: string | undefined) => value !== undefined,
  })),
);
