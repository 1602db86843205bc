import { flagCheck } from '../../server/engine/command-flags.ts';

const SECONDS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001 };

/** A duration of Go, in seconds. */
function seconds(duration: string): number {
  return [...duration.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)].reduce((sum, [, n, unit]) => sum + Number(n) * SECONDS[unit!]!, 0);
}

/** The default is a minute. */
export default flagCheck(
  ['kube-apiserver'],
  [{ name: 'request-timeout', want: '300s', good: (value) => value === undefined || seconds(value) <= 300 }],
);
