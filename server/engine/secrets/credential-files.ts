import type { SourceDocument } from '../types.ts';

/** How names and values of a document are to be read. */
export type FileRole =
  /** Generated or for people to read: names say nothing here. Vendors' patterns still apply. */
  | 'none'
  /** Examples, tests and documentation: only what looks random counts. */
  | 'example'
  /** Configuration that a program runs with. */
  | 'configuration'
  | 'code';

const generated = new RegExp(
  [
    '(?:^|/)(?:package-lock|npm-shrinkwrap|composer\\.lock|packages\\.lock|pnpm-lock|deno\\.lock|bun\\.lock)[^/]*$',
    '(?:^|/)(?:yarn|Cargo|poetry|uv|pdm|Gemfile|Pipfile|mix|flake|Podfile|pubspec|conan)\\.lock$',
    '(?:^|/)(?:go\\.(?:sum|mod)|\\.terraform\\.lock\\.hcl|gradle\\.lockfile|Package\\.resolved|Chart\\.lock|\\.secrets\\.baseline)$',
    '\\.(?:min\\.(?:js|css|mjs|cjs)|bundle\\.js|map|svg|snap|po|pot|xlf|xliff|arb|strings|resx|csv|tsv|md|mdx|rst|adoc|tex|log|patch|diff|d\\.ts|lock)$',
    '(?:^|/)(?:node_modules|vendor|__snapshots__)/',
    '(?:^|/)(?:locales?|i18n|l10n|lang|langs|languages|translations?|values(?:-[\\w-]+)?/strings)(?:/|\\.|$)',
    '(?:^|/)messages(?:[_-]\\w+)?\\.(?:properties|json|ya?ml)$',
    '(?:^|/)(?:tsconfig[^/]*|.*\\.schema|swagger|openapi)\\.(?:json|ya?ml)$',
  ].join('|'),
  'i',
);
const example =
  /(?:^|\/)(?:examples?|samples?|docs?|tests?|__tests__|specs?|fixtures?|testdata|test-data|test-fixtures|mocks?|__mocks__|e2e|stories|cypress|testing)\/|\.(?:example|sample|template|tmpl|tpl|dist)(?:\.|$)|(?:^|\/)(?:example|sample)\.|[._-](?:tests?|specs?|stories|mock|fixtures?|example|sample)\.\w+$/i;
const configurationFile =
  /\.(?:properties|ini|cfg|conf|cnf|config|toml|npmrc|pypirc|netrc|xml|env|tfvars|yml|yaml|json|plist|service|reg)$|(?:^|\/)(?:\.npmrc|\.pypirc|_?\.?netrc|\.git-credentials|credentials|config|\.pgpass|\.my\.cnf|\.s3cfg|\.boto|my\.cnf)$/i;

/** The role of a document, by its path, its syntax and (for minified text) its lines. */
export function fileRole(document: SourceDocument): FileRole {
  const { path, text, syntax } = document;
  if (generated.test(path) || minified(text)) return 'none';
  if (example.test(path)) return 'example';
  if (syntax === 'javascript') return 'code';
  if (syntax === 'text') return configurationFile.test(path) ? 'configuration' : 'code';
  return 'configuration';
}

/** Long, and of few lines: written by a bundler. */
function minified(text: string): boolean {
  if (text.length < 5000) return false;
  let lines = 1;
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) lines++;
  return text.length / lines > 500;
}
