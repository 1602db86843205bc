import { entryOf } from '../engine/tree.ts';
import type { Fact, Literal, Platform } from '../engine/types.ts';
import type { Imports } from '../dataflow/foreign.ts';
import type { Parsed } from '../parse/parsed.ts';
import { ansible } from './ansible.ts';
import { cloudformation } from './cloudformation.ts';
import { compose } from './compose.ts';
import { dependabot } from './dependabot.ts';
import { dockerfile } from './dockerfile.ts';
import { githubActions } from './github-actions.ts';
import { gitlabCi } from './gitlab-ci.ts';
import { helm, isChartValues } from './helm.ts';
import { identityStatements } from './identity-policies.ts';
import { javascript } from './javascript.ts';
export { programExports } from './javascript.ts';
export type { Foreign, Imports } from '../dataflow/foreign.ts';
import { kubernetes } from './kubernetes.ts';
import { pulumi } from './pulumi.ts';
import { terraform } from './terraform.ts';
import type { Extractor } from './extractor.ts';
import { commandLiterals, scalarLiterals } from './literals.ts';
import { literalsOfText } from './text.ts';

/** Every platform. More than one may recognise a document (a YAML stream of several kinds). */
export const extractors: readonly Extractor[] = [
  terraform,
  cloudformation,
  kubernetes,
  pulumi,
  helm,
  compose,
  dockerfile,
  githubActions,
  gitlabCi,
  ansible,
  dependabot,
  javascript,
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
export function extract(parsed: Parsed, siblings: readonly Parsed[], imports?: Imports): Extraction {
  return new LazyExtraction(parsed, siblings, [...extractorsOf(parsed)], imports);
}

/** A class for the reason that LazyList is one. */
class LazyExtraction implements Extraction {
  readonly platforms: readonly Platform[];
  private readonly parsed: Parsed;
  private readonly siblings: readonly Parsed[];
  private readonly own: readonly Extractor[];
  private readonly imports: Imports | undefined;
  private knownFacts: readonly Fact[] | undefined;
  private knownLiterals: readonly Literal[] | undefined;

  constructor(parsed: Parsed, siblings: readonly Parsed[], own: readonly Extractor[], imports: Imports | undefined) {
    this.imports = imports;
    this.platforms = own.map((extractor) => extractor.platform);
    this.parsed = parsed;
    this.siblings = siblings;
    this.own = own;
  }

  get facts(): readonly Fact[] {
    return (this.knownFacts ??= this.own
      .flatMap((extractor) =>
        extractor.facts(
          this.parsed,
          this.siblings.filter((s) => belongs(s, extractor)),
          this.imports,
        ),
      )
      .flatMap((fact) => [fact, ...identityStatements(fact)]));
  }

  get literals(): readonly Literal[] {
    if (!this.knownLiterals) {
      const special = this.own.filter((extractor) => 'literals' in extractor);
      this.knownLiterals =
        special.length > 0 ? special.flatMap((extractor) => extractor.literals!(this.parsed)) : generalLiterals(this.parsed, this.facts);
    }
    return this.knownLiterals;
  }
}

/** A `.env` file is no Compose file, but Compose reads it; so do a chart's templates its values. */
function belongs(sibling: Parsed, extractor: Extractor): boolean {
  if (extractor.platform === 'compose' && sibling.document.syntax === 'env') return /(?:^|\/)\.env$/.test(sibling.document.path);
  if (extractor.platform === 'kubernetes' && isChartValues(sibling.document)) return true;
  return extractorsOf(sibling).has(extractor);
}

/** The scalars of the trees, and what the scripts in them hold; without a tree, the assignments of the text. */
function generalLiterals(parsed: Parsed, facts: readonly Fact[]): readonly Literal[] {
  if (parsed.document.syntax === 'text') return literalsOfText(parsed.document);
  const found = scalarLiterals(parsed);
  for (const fact of facts) {
    const commands = entryOf(fact.node, 'commands')?.value;
    if (commands) found.push(...commandLiterals(commands, ['commands'], parsed.document.text));
  }
  return found;
}
