import type { Extractor } from './extractor.ts';

export const ansible: Extractor = { platform: 'ansible', recognises: () => false, facts: () => [] };
