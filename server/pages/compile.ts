import { Ajv, type ErrorObject } from 'ajv';
import { isNode, LineCounter, parseDocument, type Document } from 'yaml';
import { ruleSet } from '../engine/analyze.ts';
import { approvedLists, type Approved } from '../engine/approved.ts';
import { patternProblem } from '../engine/secrets/search.ts';
import { platforms, type Check, type FixTemplate, type Match, type Platform, type Relation, type Rule } from '../engine/types.ts';
import { compilePattern } from '../dataflow/pattern.ts';
import { sources } from '../dataflow/sources.ts';
import { fencesOf, type Fence } from './fences.ts';
import schema from './page-schema.json' with { type: 'json' };

/** An error in a page: which line (one-based) and field, and what is wrong with it. */
export interface PageProblem {
  readonly page: string;
  readonly line: number;
  readonly field: string;
  readonly message: string;
}

export interface Page {
  readonly id: string;
  /** Absent when there are problems. */
  readonly rule?: Rule;
  readonly fences: readonly Fence[];
  /** The team's lists that the fences assume. */
  readonly approved?: Approved;
  readonly problems: readonly PageProblem[];
}

const validate = new Ajv({ allErrors: true, allowUnionTypes: true, strict: false }).compile(schema);

/** The types that `on:` may name, for platforms whose vocabulary is ours; elsewhere (resource types, kinds, modules) it is the platform's. */
const vocabulary: Readonly<Partial<Record<Platform, RegExp>>> = {
  compose: /^(service|file)$/,
  dockerfile: /^(file|stage|final-stage|instruction|[A-Z]+)$/,
  'github-actions': /^(workflow|job|step|uses|run|action|composite-step)$/,
  'gitlab-ci': /^(pipeline|job|include)$/,
  dependabot: /^(config|update)$/,
  javascript: /^program$/,
};

/** Compiles one page. Never throws; everything that is wrong is named with its line and field. `id` is `<folder>/<rule>`. */
export function compilePage(id: string, text: string, checks: Readonly<Record<string, Check>> | undefined = undefined): Page {
  const problems: PageProblem[] = [];
  const problem = (line: number, field: string, message: string): void => void problems.push({ page: id, line, field, message });
  const front = /^---\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/.exec(text);
  if (!/^[a-z0-9-]+(\/[a-z0-9-]+)+$/.test(id)) problem(1, 'id', 'the path of a page is <folder>/<rule>.md in lower case with hyphens');
  if (!front) {
    problem(1, 'front matter', 'the page must begin with front matter between two lines of ---');
    return { id, fences: [], problems };
  }
  const counter = new LineCounter();
  const document = parseDocument(front[1]!, { lineCounter: counter });
  for (const error of document.errors)
    problem((error.linePos?.[0].line ?? 1) + 1, 'front matter', error.message.split('\n')[0]!.replace(/ at line.*$/, ''));
  const body = text.slice(front[0].length);
  const bodyLine = front[0].split('\n').length - 1;
  const fences = fencesOf(body, bodyLine, (line, message) => problem(line, 'fence', message));
  if (problems.length > 0) return { id, fences, problems };

  const data = document.toJS() as Readonly<Record<string, unknown>>;
  const line = (path: readonly string[]): number => lineOf(document, counter, path) + 1;
  if (!validate(data)) {
    for (const error of distinct(validate.errors ?? [])) {
      const path = error.instancePath.split('/').slice(1);
      const extra = (error.params as { additionalProperty?: string }).additionalProperty;
      const allowed = (error.params as { allowedValues?: readonly unknown[] }).allowedValues;
      const words = `${error.message ?? 'is wrong'}${extra ? ` (\`${extra}\`)` : ''}${allowed ? ` (${allowed.join(', ')})` : ''}`;
      problem(line(extra ? [...path, extra] : path), path.join('.') || (extra ?? 'front matter'), words);
    }
    return { id, fences, problems };
  }
  const why = body.split(/^```/m)[0]!.trim();
  if (why === '') problem(bodyLine + 1, 'why', 'say why it matters before the first fence');
  if (fences.length === 0 && (data.match as readonly unknown[]).length > 0)
    problem(bodyLine + 1, 'fences', 'a rule needs at least one bad and one good fence');
  const rule = normalise(id, data, why);
  rule.match.forEach((match, index) => {
    const at = (field: string): number => line(['match', String(index), field]);
    try {
      checkMatch(match, problem, at, index);
      ruleSet([{ ...rule, match: [match], optional: false, confidence: 'high' }], checks ?? anyCheck, { approved: anyLists });
    } catch (error) {
      problem(line(['match', String(index)]), `match.${index}`, (error as Error).message.replace(`${id}: `, ''));
    }
  });
  if (problems.length > 0) return { id, fences, problems };
  return { id, rule, fences, problems, ...(data.approved !== undefined && { approved: data.approved }) };
}

const anyLists: Approved = Object.fromEntries(approvedLists.map((name) => [name, ['x']]));

/** While pages are compiled on their own, every check module is taken to exist. */
const anyCheck: Readonly<Record<string, Check>> = new Proxy({}, { get: () => () => [] });

function checkMatch(
  match: Match,
  problem: (line: number, field: string, message: string) => void,
  at: (field: string) => number,
  index: number,
): void {
  if ('on' in match) {
    for (const { platform, type } of match.on) {
      if (!platforms.includes(platform)) problem(at('on'), `match.${index}.on`, `\`${platform}\` is no platform (${platforms.join(', ')})`);
      else if (type === '') problem(at('on'), `match.${index}.on`, `say which type of ${platform}, or \`*\``);
      else if (type !== '*' && vocabulary[platform] && !vocabulary[platform].test(type))
        problem(at('on'), `match.${index}.on`, `${platform} has no type \`${type}\``);
    }
  } else if ('secret' in match) {
    const wrong = patternProblem(match.secret);
    if (wrong !== undefined) problem(at('secret'), `match.${index}.secret`, wrong);
  } else {
    const snippets = [...(match.code ?? []), ...(match.not ?? []), ...(match.flow?.to ?? []), ...(match.flow?.unless ?? [])];
    for (const source of match.flow?.from ?? []) if (!Object.hasOwn(sources, source)) snippets.push(source);
    for (const snippet of snippets) {
      try {
        compilePattern(snippet);
      } catch (error) {
        problem(
          at(match.code ? 'code' : 'flow'),
          `match.${index}`,
          `the snippet \`${snippet}\` does not parse: ${(error as Error).message}`,
        );
      }
    }
    for (const sink of match.flow?.to ?? [])
      if (!sink.includes('$HERE')) problem(at('flow'), `match.${index}.flow.to`, `\`${sink}\` lacks $HERE`);
  }
}

function normalise(id: string, data: Readonly<Record<string, unknown>>, why: string): Rule {
  const list = (value: unknown): readonly string[] =>
    value === undefined ? [] : Array.isArray(value) ? value.map(String) : [typeof value === 'string' ? value : JSON.stringify(value)];
  const relation = (value: unknown): Relation => {
    const { resource, by, ...rest } = value as Record<string, unknown>;
    return { ...rest, resource: list(resource), ...(by !== undefined && { by: list(by) }) };
  };
  const fix = (value: unknown): FixTemplate => {
    const { remove, ...rest } = value as Record<string, unknown>;
    if (!remove) return rest as unknown as FixTemplate;
    const paths = Object.fromEntries(Object.entries(remove as Record<string, unknown>).map(([platform, one]) => [platform, list(one)]));
    return { ...rest, remove: paths } as unknown as FixTemplate;
  };
  const match = (value: Readonly<Record<string, unknown>>): Match => {
    const shared = { ...value, ...(value.fix !== undefined && { fix: fix(value.fix) }) };
    if ('secret' in value) {
      const secret = value.secret as Record<string, unknown>;
      return {
        ...shared,
        secret: { ...secret, keywords: list(secret.keywords), pattern: typeof secret.pattern === 'string' ? secret.pattern : '' },
      };
    }
    if ('on' in value) {
      const on = list(value.on).map((one) => {
        const space = one.indexOf(' ');
        return { platform: (space < 0 ? one : one.slice(0, space)) as Platform, type: space < 0 ? '' : one.slice(space + 1).trim() };
      });
      return {
        ...shared,
        on,
        ...(value.with !== undefined && { with: relation(value.with) }),
        ...(value.without !== undefined && { without: relation(value.without) }),
      };
    }
    const flow = value.flow as Record<string, unknown> | undefined;
    return {
      ...shared,
      ...(value.code !== undefined && { code: list(value.code) }),
      ...(value.not !== undefined && { not: list(value.not) }),
      ...(value.has !== undefined && { has: list(value.has) }),
      ...(value.lacks !== undefined && { lacks: list(value.lacks) }),
      ...(flow && {
        flow: { from: list(flow.from), to: list(flow.to), ...(flow.unless !== undefined && { unless: list(flow.unless) }) },
      }),
    };
  };
  const compliance = Object.fromEntries(
    Object.entries((data.compliance ?? {}) as Record<string, unknown>).map(([key, value]) => [key, list(value)]),
  );
  return {
    id,
    title: String(data.title),
    severity: data.severity as Rule['severity'],
    confidence: data.confidence as Rule['confidence'],
    ...(data.optional === true && { optional: true }),
    cwe: (data.cwe ?? []) as readonly number[],
    owasp: list(data.owasp),
    stride: list(data.stride),
    compliance,
    aliases: list(data.aliases),
    ...(data['yields-to'] !== undefined && { yieldsTo: list(data['yields-to']) }),
    message: String(data.message),
    match: (data.match as readonly Readonly<Record<string, unknown>>[]).map(match),
    ...(data.fix !== undefined && { fix: fix(data.fix) }),
    why,
  };
}

/** The zero-based line of the deepest node that exists on a path. */
function lineOf(document: Document, counter: LineCounter, path: readonly string[]): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(
      path.slice(0, length).map((key) => (/^\d+$/.test(key) ? Number(key) : key)),
      true,
    );
    if (isNode(node) && node.range) return counter.linePos(node.range[0]).line;
  }
  return 1;
}

/** ajv reports each branch of an `oneOf`; the first error of a place says enough. */
function distinct(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const seen = new Set<string>();
  return errors.filter((error) => {
    if (error.keyword === 'if' || error.keyword === 'anyOf') return false;
    const key = `${error.instancePath} ${error.keyword === 'additionalProperties' ? JSON.stringify(error.params) : error.keyword}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
