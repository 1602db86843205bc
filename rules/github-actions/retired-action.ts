import { get, text } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

/** Repositories that were archived, and releases that GitHub has switched off, as known on this day. */
export const AS_OF = '2025-10-01';

interface Retired {
  readonly refs?: RegExp;
  readonly since: string;
  readonly instead: string;
}

const rust: Retired = { since: 'archived in 2023', instead: '`dtolnay/rust-toolchain` and plain `cargo`' };
const retired: Readonly<Record<string, Retired>> = {
  'actions/create-release': { since: 'archived in 2021', instead: '`gh release create`' },
  'actions/upload-release-asset': { since: 'archived in 2021', instead: '`gh release upload`' },
  'actions/setup-ruby': { since: 'archived in 2021', instead: '`ruby/setup-ruby`' },
  'actions/setup-haskell': { since: 'archived in 2023', instead: '`haskell-actions/setup`' },
  'actions/setup-elixir': { since: 'archived in 2021', instead: '`erlef/setup-beam`' },
  'actions-rs/toolchain': rust,
  'actions-rs/cargo': rust,
  'actions-rs/clippy-check': rust,
  'actions-rs/audit-check': { since: 'archived in 2023', instead: '`rustsec/audit-check`' },
  'actions-rs/tarpaulin': rust,
  'actions-rs/grcov': rust,
  'actions-rs/install': rust,
  'actions/upload-artifact': { refs: /^v[123](\.|$)/, since: 'switched off in 2025', instead: '`actions/upload-artifact@v4`' },
  'actions/download-artifact': { refs: /^v[123](\.|$)/, since: 'switched off in 2025', instead: '`actions/download-artifact@v4`' },
  'actions/cache': { refs: /^v[12](\.|$)/, since: 'switched off in 2025', instead: '`actions/cache@v4`' },
  'github/codeql-action': { refs: /^v[12](\.|$)/, since: 'switched off in January 2025', instead: '`github/codeql-action@v3`' },
  'gradle/gradle-build-action': { since: 'replaced in 2024', instead: '`gradle/actions/setup-gradle`' },
  'tibdex/github-app-token': { since: 'archived in 2024', instead: '`actions/create-github-app-token`' },
  'whelk-io/maven-settings-xml-action': { since: 'archived', instead: '`actions/setup-java`' },
};

const check: Check = (fact) => {
  const uses = get(fact.node, 'uses');
  const repository = text(fact.node, 'action')?.toLowerCase().split('/').slice(0, 2).join('/') ?? '';
  const found = Object.hasOwn(retired, repository) ? retired[repository] : undefined;
  if (!uses || !found || (found.refs && !found.refs.test(text(fact.node, 'ref') ?? ''))) return [];
  return [{ span: uses.span, values: { value: text(uses) ?? repository, since: found.since, instead: found.instead } }];
};

export default check;
