import type { Check } from '../../server/engine/types.ts';
import { lonely } from './namespace-without-quota.ts';

/** A namespace, or the first workload of one that is declared elsewhere, that no LimitRange of the folder belongs to. */
const check: Check = (fact) => lonely(fact, 'LimitRange');

export default check;
