import { flagCheck } from '../../server/engine/command-flags.ts';

/** Nothing is written to files where the log goes to the standard output or to a webhook. */
export default flagCheck(
  ['kube-apiserver'],
  [
    {
      name: 'audit-log-maxsize',
      want: '100',
      good: (value, given) =>
        value === undefined
          ? given.get('audit-log-path') === '-' || (given.has('audit-webhook-config-file') && !given.has('audit-log-path'))
          : Number(value) >= 100,
    },
  ],
);
