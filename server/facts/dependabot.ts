import { entryOf, get, items, text as textOf } from '../engine/tree.ts';
import type { Fact } from '../engine/types.ts';
import { scopeOf, type Extractor } from './extractor.ts';
import { headOf } from './yaml-facts.ts';

/** `config` (the file) and `update` (one package ecosystem of it). */
export const dependabot: Extractor = {
  platform: 'dependabot',
  recognises: ({ document, trees: [root] }) =>
    document.syntax === 'yaml' &&
    root?.kind === 'map' &&
    (/(?:^|\/)\.github\/dependabot\.ya?ml$/i.test(document.path) ||
      (entryOf(root, 'version') !== undefined && get(root, 'updates.package-ecosystem') !== undefined)),
  facts({ document, trees: [root] }) {
    if (root?.kind !== 'map') return [];
    const found: Fact[] = [];
    const common = { platform: 'dependabot', document, scope: scopeOf(() => found) } as const;
    const config: Fact = {
      ...common,
      types: ['config'],
      name: 'dependabot configuration',
      node: root,
      head: headOf(root, document.text),
      span: root.span,
    };
    found.push(config);
    for (const update of items(get(root, 'updates'))) {
      if (update.kind !== 'map') continue;
      const name = `update ${textOf(update, 'package-ecosystem') ?? ''} ${textOf(update, 'directory') ?? ''}`.trim();
      found.push({
        ...common,
        types: ['update'],
        name,
        node: update,
        head: headOf(update, document.text),
        span: update.span,
        parent: config,
      });
    }
    return found;
  },
};
