import type { Extractor } from './extractor.ts';

export const gitlabCi: Extractor = { platform: 'gitlab-ci', recognises: () => false, facts: () => [] };
