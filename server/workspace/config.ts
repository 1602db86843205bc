import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { Document, isMap, isNode, isPair, isScalar, parseDocument, YAMLParseError } from 'yaml';
import type { Span } from '../engine/tree.ts';
import type { Approved } from '../engine/approved.ts';
import type { ExceptionPolicy } from '../engine/exceptions.ts';
import type { Severity } from '../engine/types.ts';
import schema from './config-schema.json' with { type: 'json' };
import { readText } from './files.ts';
import { Ignored } from './ignored.ts';
import { nearest } from './nearest.ts';

export const configName = '.leftward.yaml';

/** What `.leftward.yaml` says; what it leaves out, or says wrongly, is as without it. */
export interface Config {
  /** The file, absolute; absent when there is none. */
  readonly path?: string;
  /** The folder that its paths are relative to, absolute. */
  readonly folder: string;
  readonly text: string;
  readonly preset: 'recommended' | 'all';
  /** By rule id or pattern (`aws/*`), in the order of the file. */
  readonly severity: Readonly<Record<string, Severity | 'off'>>;
  /** What is right for this team: registries, regions, networks, machine images, tags. */
  readonly approved: Approved;
  /** What exceptions must say. */
  readonly exceptions: ExceptionPolicy;
  readonly exclude: readonly string[];
  readonly failOn?: Severity | 'never';
  /** Absolute. */
  readonly ruleFolders: readonly string[];
  readonly problems: readonly ConfigProblem[];
}

/** Something in the configuration that doesn't count, at its place in the file's text. */
export interface ConfigProblem {
  readonly span: Span;
  readonly message: string;
}

/** The configuration nearest to `folder`, looked for from there up to `root`; both absolute, `folder` inside `root`. */
export function findConfig(folder: string, root: string = folder): Config {
  const top = resolve(root);
  for (let here = resolve(folder); ; here = dirname(here)) {
    const path = join(here, configName);
    const read = readText(path);
    if ('text' in read) return parseConfig(read.text, here, path);
    if (here === top || here === dirname(here)) return parseConfig('', top);
  }
}

/** Reads a configuration. Never throws: what is wrong is left out and named in `problems`. */
export function parseConfig(text: string, folder: string, path?: string): Config {
  const problems: ConfigProblem[] = [];
  const document = documentOf(text);
  for (const error of document.errors)
    problems.push({ span: { start: error.pos[0], end: error.pos[1] }, message: error.message.split('\n', 1)[0]! });
  let value = (document.errors.length > 0 ? {} : (toJs(document) ?? {})) as Record<string, unknown>;
  // Validate until nothing more is wrong: each round takes out what the last one named.
  for (let rounds = 0; rounds < 100 && text.trim() !== '' && !validate()(value); rounds++) {
    for (const error of validate().errors ?? []) {
      const problem = explain(error, document);
      if (!problems.some((p) => p.span.start === problem.span.start)) problems.push(problem);
    }
    value = without(value, validate().errors ?? []);
  }
  const list = (key: string): string[] => (value[key] as string[] | undefined) ?? [];
  const severity: Record<string, Severity | 'off'> = Object.fromEntries(
    Object.entries((value.rules as object | undefined) ?? {}).map(([id, level]) => [id, level === false ? 'off' : (level as Severity)]),
  );
  return {
    ...(path !== undefined && { path }),
    folder,
    text,
    preset: (value.preset as Config['preset'] | undefined) ?? 'recommended',
    severity,
    approved: (value.approved as Approved | undefined) ?? {},
    exceptions: policyOf((value.exceptions ?? {}) as Record<string, unknown>),
    exclude: list('exclude'),
    ...(value['fail-on'] !== undefined && { failOn: value['fail-on'] as Severity | 'never' }),
    ruleFolders: list('rule-folders').map((one) => resolve(folder, one)),
    problems,
  };
}

function policyOf(said: Readonly<Record<string, unknown>>): ExceptionPolicy {
  return {
    ...(said['max-days'] !== undefined && { maxDays: said['max-days'] as number }),
    ...(said.approvers !== undefined && { approvers: said.approvers as string[] }),
    ...(said['other-scanners'] !== undefined && { peers: said['other-scanners'] as boolean }),
  };
}

/** Entries under `rules` that fit no rule, with the one that was probably meant. */
export function unknownRules(config: Config, ids: readonly string[]): readonly ConfigProblem[] {
  const document = documentOf(config.text);
  return Object.keys(config.severity)
    .filter((pattern) => !ids.some((id) => fits(pattern, id)))
    .map((pattern) => ({
      span: spanOf(document, ['rules', pattern], true),
      message: `There is no rule "${pattern}".${didYouMean(nearest(pattern, ids))}`,
    }));
}

/** Whether a rule id is meant by an id or a `folder/*` pattern. */
export function fits(pattern: string, id: string): boolean {
  return pattern === id || (pattern.endsWith('/*') && id.startsWith(pattern.slice(0, -1)));
}

/** What the configuration leaves out of a project. `start` is the folder that the user named, relative to `root`. */
export function ignoredBy(config: Config, root: string, start = ''): Ignored {
  return new Ignored(root, config.exclude, relative(root, config.folder).split(sep).join('/'), start);
}

export function didYouMean(name: string | undefined): string {
  return name === undefined ? '' : ` Did you mean "${name}"?`;
}

let compiled: ValidateFunction | undefined;
/** Compiled when the first configuration is read: most starts of the editor have none. */
function validate(): ValidateFunction {
  compiled ??= new Ajv({ allErrors: true }).compile(schema);
  return compiled;
}

/** Never throws: what is nested too deeply for the parser's stack is an error as any other. */
function documentOf(text: string): Document {
  try {
    return parseDocument(text);
  } catch {
    const document = new Document();
    document.errors.push(new YAMLParseError([0, 0], 'BAD_COLLECTION_TYPE', 'The configuration is nested too deeply.'));
    return document;
  }
}

/** The values, where a setting without one counts as left out. */
function toJs(document: Document): unknown {
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null));
  } catch {
    return {};
  }
}

function explain(error: ErrorObject, document: Document): ConfigProblem {
  const path = pathOf(error);
  const where = path.join('.');
  const { additionalProperty, allowedValues, type } = error.params as {
    additionalProperty?: string;
    allowedValues?: unknown[];
    type?: string;
  };
  if (additionalProperty !== undefined) {
    const of = path[0] === 'approved' || path[0] === 'exceptions' ? schema.properties[path[0]] : schema;
    const guess = nearest(additionalProperty, Object.keys(of.properties));
    return {
      span: spanOf(document, [...path, additionalProperty], true),
      message: `Unknown setting "${additionalProperty}".${didYouMean(guess)}`,
    };
  }
  const span = spanOf(document, path);
  if (allowedValues) {
    const words = allowedValues.filter((v): v is string => typeof v === 'string');
    const given = document.getIn(path);
    return {
      span,
      message: `"${where}" must be one of ${words.join(', ')}.${typeof given === 'string' ? didYouMean(nearest(given, words)) : ''}`,
    };
  }
  if (type) return { span, message: where ? `"${where}" must be ${article(type)}.` : 'The configuration must be a map of settings.' };
  return { span, message: `"${where}" ${error.message ?? 'is not valid'}.` };
}

function article(type: string): string {
  return { array: 'a list', object: 'a map', string: 'a text' }[type] ?? type;
}

function pathOf(error: ErrorObject): string[] {
  return error.instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** A copy of the value without what the errors are about. */
function without(value: Record<string, unknown>, errors: readonly ErrorObject[]): Record<string, unknown> {
  const copy = structuredClone(value);
  for (const error of errors) {
    const extra = (error.params as { additionalProperty?: string }).additionalProperty;
    const path = [...pathOf(error), ...(extra === undefined ? [] : [extra])];
    const last = path.pop();
    if (last === undefined) return {};
    let holder: unknown = copy;
    for (const step of path) holder = (holder as Record<string, unknown> | undefined)?.[step];
    if (Array.isArray(holder)) holder.splice(Number(last), 1);
    else if (holder) delete (holder as Record<string, unknown>)[last];
  }
  return copy;
}

/** Where a path stands in the file: its value, or its key. */
function spanOf(document: Document, path: readonly string[], key = false): Span {
  const holder: unknown = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents;
  const name = path.at(-1);
  const pair = isMap(holder)
    ? holder.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === name)
    : undefined;
  const node = key ? pair?.key : (pair?.value ?? document.getIn(path, true) ?? document.contents);
  const range = isNode(node) ? node.range : undefined;
  return range ? { start: range[0], end: range[1] } : { start: 0, end: 0 };
}
