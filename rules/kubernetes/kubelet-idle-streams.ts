import { flagCheck } from '../../server/engine/command-flags.ts';

/** Four hours unless set. */
export default flagCheck(
  ['kubelet'],
  [{ name: 'streaming-connection-idle-timeout', want: '5m', good: (value) => value === undefined || !/^0[a-z]*$/.test(value) }],
);
