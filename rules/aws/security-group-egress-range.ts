import { ranges } from './security-group-ingress-range.ts';

export default ranges('egress');
