import type { Extractor } from './extractor.ts';

export const githubActions: Extractor = { platform: 'github-actions', recognises: () => false, facts: () => [] };
