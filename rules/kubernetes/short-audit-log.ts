import { flagCheck } from '../../server/engine/command-flags.ts';

/** Limits count only where a log is written to files. */
export default flagCheck(
  ['kube-apiserver'],
  [
    {
      name: 'audit-log-maxage',
      want: '30',
      good: (value, given) =>
        value === undefined ? !given.has('audit-log-path') || given.get('audit-log-path') === '-' : Number(value) >= 30,
    },
    {
      name: 'audit-log-maxbackup',
      want: '10',
      good: (value, given) =>
        value === undefined ? !given.has('audit-log-path') || given.get('audit-log-path') === '-' : Number(value) >= 10,
    },
    {
      name: 'audit-log-maxsize',
      want: '100',
      good: (value, given) =>
        value === undefined ? !given.has('audit-log-path') || given.get('audit-log-path') === '-' : Number(value) >= 100,
    },
  ],
);
