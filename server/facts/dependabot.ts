import type { Extractor } from './extractor.ts';

export const dependabot: Extractor = { platform: 'dependabot', recognises: () => false, facts: () => [] };
