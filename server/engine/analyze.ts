import { withLists, type Approved } from './approved.ts';
import { compatible, fixOf, writeEdits, type Site } from './fix.ts';
import { exceptionsIn, type ExceptionPolicy } from './exceptions.ts';
import { compileCondition, compileRelation, type Place, type RelationTest, type Test } from './match.ts';
import { Lines } from './positions.ts';
import { secretSearch, type SecretHit } from './secrets/search.ts';
import { wayOut } from './secrets/way-out.ts';
import type { Span } from './tree.ts';
import type {
  Check,
  CodeHit,
  CodeMatch,
  CodeQuery,
  Fact,
  FactMatch,
  Finding,
  Fix,
  FixTemplate,
  Hit,
  Literal,
  Match,
  Related,
  Rule,
  SecretMatch,
  Severity,
  SourceDocument,
  TreeEdit,
} from './types.ts';

/** Rules made ready to run: compiled and indexed. Build it once; it is the same object for every document of a configuration. */
export interface RuleSet {
  readonly rules: ReadonlyMap<string, Rule>;
  /** Severity after overrides. */
  severity(rule: Rule): Severity;
  /** By platform and type. */
  readonly byType: ReadonlyMap<string, ReadonlyMap<string, readonly CompiledMatch[]>>;
  readonly queries: readonly CodeQuery[];
  readonly exceptions: ExceptionPolicy;
  readonly secrets: (document: SourceDocument, literals: readonly Literal[]) => readonly SecretHit[];
}

interface CompiledMatch {
  readonly rule: Rule;
  readonly match: FactMatch;
  readonly where?: Test;
  readonly with?: RelationTest;
  readonly without?: RelationTest;
  readonly check?: Check;
  readonly at?: Test;
}

export interface RuleOptions {
  /** `recommended` leaves out optional rules and those of low confidence. Default: `recommended`. */
  readonly preset?: 'recommended' | 'all';
  /** By rule id or `folder/*`; a severity switches an optional rule on. The last entry that fits decides. */
  readonly severity?: Readonly<Record<string, Severity | 'off'>>;
  /** Rules that ask for a list of the team's do nothing without it. */
  readonly approved?: Approved;
  /** What an exception must say. */
  readonly exceptions?: ExceptionPolicy;
}

export interface AnalysisInput {
  readonly document: SourceDocument;
  readonly facts: readonly Fact[];
  readonly literals: readonly Literal[];
}

/** The findings of one document, sorted by place, and their fixes. */
export interface Analysis {
  readonly findings: readonly Finding[];
  /** Best first; empty when there is none. The finding must be one of `findings`. */
  fixesOf(finding: Finding): readonly Fix[];
  /** What went wrong inside a rule; the other rules' findings are complete. */
  readonly failures: readonly { readonly rule: string; readonly message: string }[];
}

/** Compiles and indexes rules. Throws an Error naming the rule when a page that was not validated is wrong. */
export function ruleSet(rules: readonly Rule[], checks: Readonly<Record<string, Check>> = {}, options: RuleOptions = {}): RuleSet {
  const overrides = Object.entries(options.severity ?? {}).reverse();
  const override = (id: string): Severity | 'off' | undefined =>
    overrides.find(([pattern]) => pattern === id || (pattern.endsWith('/*') && id.startsWith(pattern.slice(0, -1))))?.[1];
  const severity = (rule: Rule): Severity => {
    const own = override(rule.id);
    return own && own !== 'off' ? own : rule.severity;
  };
  const enabled = rules.filter((rule) => {
    const own = override(rule.id);
    if (own) return own !== 'off';
    return options.preset === 'all' || (!rule.optional && rule.confidence !== 'low');
  });
  const byType = new Map<string, Map<string, CompiledMatch[]>>();
  const queries: CodeQuery[] = [];
  const secrets: { rule: Rule; index: number; pattern: SecretMatch['secret'] }[] = [];
  for (const rule of enabled) {
    rule.match.forEach((match, index) => {
      if (isSecret(match)) secrets.push({ rule, index, pattern: match.secret });
      else if (isCode(match)) queries.push({ rule: rule.id, index, match });
      else {
        const compiled = compileMatch(rule, match, checks, options.approved ?? {});
        if (!compiled) return;
        for (const { platform, type } of match.on) {
          const types = byType.get(platform) ?? new Map<string, CompiledMatch[]>();
          byType.set(platform, types);
          const list = types.get(type);
          if (list) list.push(compiled);
          else types.set(type, [compiled]);
        }
      }
    });
  }
  return {
    rules: new Map(enabled.map((rule) => [rule.id, rule])),
    severity,
    byType,
    queries,
    exceptions: options.exceptions ?? {},
    secrets: secretSearch(secrets),
  };
}

/** Undefined when the team hasn't said what the match asks about. */
function compileMatch(
  rule: Rule,
  match: FactMatch,
  checks: Readonly<Record<string, Check>>,
  approved: Approved,
): CompiledMatch | undefined {
  try {
    const check =
      match.check === undefined
        ? undefined
        : checks[`${rule.id.slice(0, rule.id.lastIndexOf('/') + 1)}${match.check.replace(/\.ts$/, '')}`];
    if (match.check !== undefined && !check) throw new Error(`the check module ${match.check} does not exist`);
    const where = match.where && withLists(match.where, approved);
    if (match.where && !where) return undefined;
    return {
      rule,
      match,
      ...(where && { where: compileCondition(where) }),
      ...(match.with && { with: compileRelation(match.with) }),
      ...(match.without && { without: compileRelation(match.without) }),
      ...(match.at && { at: compileCondition({ [match.at]: ['present', 'absent'] }) }),
      ...(check && { check }),
    };
  } catch (error) {
    throw new Error(`${rule.id}: ${(error as Error).message}`, { cause: error });
  }
}

export function isSecret(match: Match): match is SecretMatch {
  return 'secret' in match;
}

export function isCode(match: Match): match is CodeMatch {
  return 'code' in match || 'flow' in match;
}

/** document → findings, everything else being given. Pure: no I/O, no clock, no state; a rule that throws is named in `failures`. */
export function analyze({ document, facts, literals }: AnalysisInput, rules: RuleSet): Analysis {
  const lines = new Lines(document.text);
  const found: { finding: Finding; fixes: readonly Fix[]; fact?: Fact }[] = [];
  const seen = new Map<string, (typeof found)[number]>();
  const failures: { rule: string; message: string }[] = [];

  const attempt = (rule: string, run: () => void): void => {
    try {
      run();
    } catch (error) {
      failures.push({ rule, message: (error as Error).message });
    }
  };
  const add = (
    rule: Rule,
    span: Span,
    message: string,
    related: readonly Related[],
    subject: string,
    fixes: readonly Fix[],
    fact?: Fact,
  ): void => {
    const line = lines.position(span.start).line;
    // Two places of one rule on one line are one thing to read.
    const key = `${rule.id} ${line}`;
    const first = seen.get(key);
    if (first) {
      first.fixes = together(first.fixes, fixes);
      return;
    }
    const { id, confidence } = rule;
    const one = {
      finding: {
        rule: id,
        path: document.path,
        span,
        message,
        severity: rules.severity(rule),
        confidence,
        related,
        subject,
        fixable: fixes.length > 0,
      },
      fixes,
      ...(fact && { fact }),
    };
    seen.set(key, one);
    found.push(one);
  };

  const judge = (fact: Fact, matches: readonly CompiledMatch[] = []): void => {
    for (const compiled of matches) attempt(compiled.rule.id, () => matchFact(compiled, fact, lines, add));
  };
  for (const fact of facts) {
    const types = rules.byType.get(fact.platform);
    if (types) {
      for (const type of fact.types) judge(fact, types.get(type));
      judge(fact, types.get('*'));
    }
    if (fact.code && rules.queries.length > 0) {
      attempt('code', () => {
        for (const hit of fact.code!.search(rules.queries)) addCodeHit(rules.rules.get(hit.query.rule)!, fact, hit, add);
      });
    }
  }
  attempt('secrets', () => {
    const platforms = new Set(facts.map(({ platform }) => platform));
    for (const hit of rules.secrets(document, literals)) {
      const message = hit.rule.match[hit.index]?.message ?? hit.rule.message;
      const fix = wayOut(document, hit.span, literals, platforms);
      add(hit.rule, hit.span, fill(message, { value: hit.masked, reason: hit.reasons.join('; ') }), [], '', fix ? [fix] : []);
    }
  });

  const exceptions = exceptionsIn(document, lines, rules);
  const open = found.filter(({ finding: { rule, span }, fact }) => {
    const { line } = lines.position(span.start);
    const page = rules.rules.get(rule)!;
    // What a rule that knows more says about the line is enough.
    const yields = page.yieldsTo?.some((other) => seen.has(`${other} ${line}`)) ?? false;
    return !yields && !exceptions.excuses(page, line, fact);
  });
  const before = found.length;
  for (const { rule, span, values, fixes } of exceptions.remarks()) add(rule, span, fill(rule.message, values), [], '', fixes);
  const kept = [...open, ...found.slice(before)].sort(
    (a, b) =>
      a.finding.span.start - b.finding.span.start || a.finding.span.end - b.finding.span.end || (a.finding.rule < b.finding.rule ? -1 : 1),
  );
  const fixes = new Map(kept.map((one) => [one.finding, one.fixes]));
  return { findings: kept.map((one) => one.finding), fixesOf: (finding) => fixes.get(finding) ?? [], failures };
}

/** One fix for both of two places, where their edits go together. */
function together([one, ...others]: readonly Fix[], [next]: readonly Fix[]): readonly Fix[] {
  if (!one) return [];
  const { fixes, edits } = next ? compatible([one, next]) : { fixes: [], edits: [] };
  return fixes.length < 2 ? [one, ...others] : [{ ...one, safe: one.safe && next!.safe, edits }, ...others];
}

type Add = (
  rule: Rule,
  span: Span,
  message: string,
  related: readonly Related[],
  subject: string,
  fixes: readonly Fix[],
  fact?: Fact,
) => void;

function matchFact(compiled: CompiledMatch, fact: Fact, lines: Lines, add: Add): void {
  const { rule, match } = compiled;
  const message = match.message ?? rule.message;
  const template = match.fix ?? rule.fix;
  const home: Place = { span: fact.head };
  let places: readonly Place[] = [home];
  if (compiled.where) {
    const outcome = compiled.where(fact.node, fact, home);
    if (outcome.truth !== true) return;
    if (outcome.places.length > 0) places = outcome.places;
  }
  const related: Related[] = [];
  if (compiled.with) {
    const outcome = compiled.with(fact);
    if (outcome.truth !== true) return;
    if (outcome.related) related.push(mention(outcome.related));
  }
  if (compiled.without && compiled.without(fact).truth !== false) return;
  if (compiled.check) {
    for (const hits of byLine(compiled.check(fact), ({ span }) => span, lines)) addHits(rule, fact, hits, template, message, add);
    return;
  }
  if (compiled.at) places = compiled.at(fact.node, fact, home).places.slice(0, 1);
  for (const [place, ...more] of byLine(places, (one) => inDocument(fact, one).span, lines)) {
    const site = (one: Place): Site => ({ span: inDocument(fact, one).span, fill: (text) => fill(text, valuesOf(fact, one)) });
    const values = valuesOf(fact, place);
    const here = inDocument(fact, place);
    const fix = template && fixOf(template, fact, [site(place), ...more.map(site)]);
    // What is missing may be a null that a caller passes.
    const origin = (place.node ?? place.entry?.value)?.origin;
    add(
      rule,
      oneLine(fact, here.span),
      fill(message, values),
      origin ? [{ path: origin.path, span: origin.span, message: origin.what }, ...related] : related,
      fact.name,
      fix ? [fix] : [],
      fact,
    );
  }
}

/** Two places on one line are one thing to read, and to fix. */
function byLine<T>(places: readonly T[], spanOf: (place: T) => Span, lines: Lines): Iterable<readonly [T, ...T[]]> {
  const groups = new Map<number, [T, ...T[]]>();
  for (const place of places) {
    const { line } = lines.position(spanOf(place).start);
    const group = groups.get(line);
    if (group) group.push(place);
    else groups.set(line, [place]);
  }
  return groups.values();
}

/** What a check found on one line. */
function addHits(
  rule: Rule,
  fact: Fact,
  hits: readonly [Hit, ...Hit[]],
  template: FixTemplate | undefined,
  message: string,
  add: Add,
): void {
  const [hit] = hits;
  const valuesAt = (one: Hit): Readonly<Record<string, string>> => ({ ...valuesOf(fact, { span: one.span }), ...one.values });
  const site = (one: Hit): Site => ({ span: one.span, fill: (text) => fill(text, valuesAt(one)) });
  const [, ...more] = hits;
  const fix = hit.fix ? (ownFix(fact, hits) ?? ownFix(fact, [hit])) : template && fixOf(template, fact, [site(hit), ...more.map(site)]);
  add(rule, oneLine(fact, hit.span), fill(message, valuesAt(hit)), hit.related ?? [], fact.name, fix ? [fix] : [], fact);
}

/** The fixes of hits in one; undefined when one has none or they can't be written together. */
function ownFix(fact: Fact, hits: readonly [Hit, ...Hit[]]): Fix | undefined {
  const fixes = hits.flatMap(({ fix }) => fix ?? []);
  const [first] = fixes;
  if (!first || fixes.length < hits.length) return undefined;
  const edits = hits.flatMap(({ fix, span }) =>
    fix!.edits.map((edit): TreeEdit => (edit.op === 'set' || edit.op === 'remove' ? { focus: span, ...edit } : edit)),
  );
  const written = writeEdits(fact, edits, hits[0].span);
  return written && { title: first.title, safe: fixes.every(({ safe }) => safe), edits: written };
}

function addCodeHit(rule: Rule, fact: Fact, hit: CodeHit, add: Add): void {
  const match = rule.match[hit.query.index] as CodeMatch;
  const values = Object.fromEntries(Object.entries(hit.bindings).map(([name, { text }]) => [name, clip(text)]));
  const template = match.fix ?? rule.fix;
  const snippet = template?.replace?.javascript;
  const edits = snippet === undefined ? undefined : hit.replace(snippet);
  const fixes =
    template && edits
      ? [{ title: fill(template.title, values), safe: template.safe, edits: compatible([{ title: '', safe: true, edits }]).edits }]
      : [];
  add(rule, oneLine(fact, hit.span), fill(match.message ?? rule.message, values), hit.related, '', fixes);
}

function mention(fact: Fact): Related {
  return { path: fact.document.path, span: fact.head, message: fact.name };
}

/** A place outside the fact (an alias's anchor, another file) is shown at the fact's header. */
function inDocument(fact: Fact, place: Place): Place {
  const { start, end } = place.span;
  return start >= 0 &&
    end <= fact.document.text.length &&
    start >= Math.min(fact.span.start, fact.head.start) &&
    end <= Math.max(fact.span.end, fact.head.end)
    ? place
    : { ...place, span: fact.parent && start >= fact.parent.span.start && end <= fact.parent.span.end ? place.span : fact.head };
}

/** Squiggles over many lines are noise: the first line says enough. */
function oneLine(fact: Fact, span: Span): Span {
  const { text } = fact.document;
  const end = text.slice(span.start, span.end).search(/[\r\n]/);
  return end <= 0 ? span : { start: span.start, end: span.start + end };
}

function valuesOf(fact: Fact, place: Place): Record<string, string> {
  const { node } = place;
  const value = node?.kind === 'scalar' ? String(node.value) : node ? fact.document.text.slice(node.span.start, node.span.end) : '';
  return { name: fact.name, type: fact.types[0] ?? '', key: place.entry?.key ?? '', value: clip(value) };
}

/** Fills `{name}` placeholders; one without a value is left empty. Doubled braces (`{{ … }}`, `${{ … }}`) are text. */
function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/(?<![{$])\{([A-Za-z][\w-]*)\}(?!\})/g, (_all, name: string) => values[name] ?? '');
}

function clip(text: string): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  return flat.length > 80 ? `${flat.slice(0, 79)}…` : flat;
}
