import { walk } from '../engine/tree.ts';
import type { Entry, Node } from '../engine/tree.ts';
import type { Fact, Literal, Platform } from '../engine/types.ts';
import type { Parsed } from '../parse/parsed.ts';
import { ansible } from './ansible.ts';
import { cloudformation } from './cloudformation.ts';
import { compose } from './compose.ts';
import { dependabot } from './dependabot.ts';
import { dockerfile } from './dockerfile.ts';
import { githubActions } from './github-actions.ts';
import { gitlabCi } from './gitlab-ci.ts';
import { helm } from './helm.ts';
import { kubernetes } from './kubernetes.ts';
import { terraform } from './terraform.ts';
import type { Extractor } from './extractor.ts';
import { literalsOfText } from './text.ts';

/** Every platform. More than one may recognise a document (a YAML stream of several kinds). */
export const extractors: readonly Extractor[] = [
  terraform,
  cloudformation,
  kubernetes,
  helm,
  compose,
  dockerfile,
  githubActions,
  gitlabCi,
  ansible,
  dependabot,
];

export interface Extraction {
  readonly facts: readonly Fact[];
  readonly literals: readonly Literal[];
  readonly platforms: readonly Platform[];
}

const recognised = new WeakMap<Parsed, ReadonlySet<Extractor>>();

function extractorsOf(parsed: Parsed): ReadonlySet<Extractor> {
  let known = recognised.get(parsed);
  if (!known) {
    known = new Set(extractors.filter((extractor) => extractor.recognises(parsed)));
    recognised.set(parsed, known);
  }
  return known;
}

/** The facts of one document; `siblings` are the other documents of its folder. Facts and literals are computed when asked for. */
export function extract(parsed: Parsed, siblings: readonly Parsed[]): Extraction {
  const own = [...extractorsOf(parsed)];
  let facts: readonly Fact[] | undefined;
  let literals: readonly Literal[] | undefined;
  return {
    platforms: own.map((extractor) => extractor.platform),
    get facts() {
      return (facts ??= own.flatMap((extractor) =>
        extractor.facts(
          parsed,
          siblings.filter((s) => belongs(s, extractor)),
        ),
      ));
    },
    get literals() {
      if (!literals) {
        const special = own.filter((extractor) => 'literals' in extractor);
        literals = special.length > 0 ? special.flatMap((extractor) => extractor.literals!(parsed)) : scalarLiterals(parsed);
      }
      return literals;
    },
  };
}

/** A `.env` file is no Compose file, but Compose reads it. */
function belongs(sibling: Parsed, extractor: Extractor): boolean {
  if (extractor.platform === 'compose' && sibling.document.syntax === 'env') return /(?:^|\/)\.env$/.test(sibling.document.path);
  return extractorsOf(sibling).has(extractor);
}

/** The strings and numbers of the trees, each once although anchors and defaults may show it in several places. */
function scalarLiterals(parsed: Parsed): readonly Literal[] {
  if (parsed.document.syntax === 'text') return literalsOfText(parsed.document);
  const found: Literal[] = [];
  const seen = new Set<number>();
  const { text } = parsed.document;
  const add = (node: Node, path: readonly string[], entry: Entry | undefined): void => {
    if (node.kind !== 'scalar' || node.origin || (typeof node.value !== 'string' && typeof node.value !== 'number')) return;
    if (seen.has(node.span.start)) return;
    seen.add(node.span.start);
    const quote = text[node.span.start];
    const quoted = (quote === '"' || quote === "'") && node.span.end - node.span.start >= 2 && text[node.span.end - 1] === quote;
    found.push({
      key: entry?.key ?? '',
      value: String(node.value),
      span: quoted ? { start: node.span.start + 1, end: node.span.end - 1 } : node.span,
      whole: entry?.value === node ? entry.span : node.span,
      path,
    });
  };
  for (const tree of parsed.trees) walk(tree, add);
  return found;
}
