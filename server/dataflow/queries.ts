import type { CodeQuery, Condition, Json } from '../engine/types.ts';
import { canonicalName, lastName, settledInit, staticValue, type StaticValue } from './names.ts';
import { isCall, isMember, keyName, propertyName, unwrap, type Node } from './nodes.ts';
import { matches, type Bindings, type Subject } from './match.ts';
import { compilePattern, metavariable, type Pattern } from './pattern.ts';
import type { Place, Scope, Scopes } from './scopes.ts';
import { namesFor } from './purpose.ts';
import { isRegexTest, regexIs, type Expression } from './regex-tests.ts';
import { sources } from './sources.ts';

/** What a pattern means to its query. */
export type Role = 'code' | 'sink' | 'source' | 'sanitizer' | 'has' | 'lacks';

interface Candidate {
  readonly query: number;
  readonly role: Role;
  readonly pattern: Pattern;
}

/** A query with its snippets compiled. */
export interface Compiled {
  readonly query: CodeQuery;
  readonly not: readonly Pattern[];
  /** Names of sources (sources.ts) that its flow starts from. */
  readonly from: ReadonlySet<string>;
}

export interface QueryIndex {
  readonly queries: readonly CodeQuery[];
  readonly compiled: readonly Compiled[];
  /** By the kind of node and the last name; the empty name is for patterns without one. */
  readonly candidates: ReadonlyMap<string, ReadonlyMap<string, readonly Candidate[]>>;
}

/** A pattern found in the code. */
export interface Match {
  readonly query: number;
  readonly role: Role;
  readonly pattern: Pattern;
  readonly bindings: Bindings;
  readonly place: Place;
}

const indices = new WeakMap<readonly CodeQuery[], QueryIndex>();

/** Compiles the queries once for each list, whatever the number of documents. Snippets that are not valid are left out. */
export function indexOf(queries: readonly CodeQuery[]): QueryIndex {
  let index = indices.get(queries);
  if (!index) indices.set(queries, (index = build(queries)));
  return index;
}

function tryCompile(snippet: string): Pattern | undefined {
  try {
    return compilePattern(snippet);
  } catch {
    return undefined;
  }
}

function build(queries: readonly CodeQuery[]): QueryIndex {
  const candidates = new Map<string, Map<string, Candidate[]>>();
  const compiled = queries.map((query, i): Compiled => {
    const add = (snippets: readonly string[] | undefined, role: Role): void => {
      for (const snippet of snippets ?? []) {
        const pattern = tryCompile(snippet);
        if (!pattern) continue;
        const [kind = '', name = ''] = pattern.index.split(' ');
        const named = candidates.get(kind) ?? new Map<string, Candidate[]>();
        candidates.set(kind, named);
        const names = role === 'code' || role === 'sink' ? methodsOf(pattern, query.match.where) : undefined;
        for (const one of names ?? [name]) named.set(one, [...(named.get(one) ?? []), { query: i, role, pattern }]);
      }
    };
    const { code, not, flow, has, lacks } = query.match;
    add(code, 'code');
    add(has, 'has');
    add(lacks, 'lacks');
    add(flow?.to, 'sink');
    add(flow?.unless, 'sanitizer');
    const from = new Set((flow?.from ?? []).filter((name) => Object.hasOwn(sources, name)));
    add(
      flow?.from.filter((name) => !from.has(name)),
      'source',
    );
    // Objects are a part of what a client sends.
    if (from.has('user-input')) from.add('user-object');
    return { query, from, not: (not ?? []).flatMap((snippet) => tryCompile(snippet) ?? []) };
  });
  return { queries, compiled, candidates };
}

/** The methods that a condition allows for `$METHOD` in `$S.$METHOD(…)`, where it lists them. */
function methodsOf({ node }: Pattern, where: Condition | undefined): readonly string[] | undefined {
  const method = isCall(node) && isMember(node.callee) && !node.callee.computed ? metavariable(node.callee.property) : undefined;
  const allowed = method === undefined ? undefined : where?.[method];
  if (!Array.isArray(allowed)) return undefined;
  // Of several snippets another may lack the method; this one has it.
  const named = (allowed as readonly Json[]).filter((name) => name !== 'absent');
  return named.every((name): name is string => typeof name === 'string' && name !== 'present') ? named : undefined;
}

/** Every pattern that a place of the code matches. */
export function matchesAt(index: QueryIndex, place: Place, subject: Subject, found: (match: Match) => void): void {
  const { node, scope } = place;
  const named = index.candidates.get(kindOf(node));
  if (!named) return;
  for (const name of namesAt(node, scope, subject.scopes)) {
    for (const { query, role, pattern } of named.get(name) ?? []) {
      const bindings = matches(pattern, node, scope, subject, undefined, role === 'sanitizer');
      if (!bindings) continue;
      const { not, query: of } = index.compiled[query]!;
      if ((role === 'code' || role === 'sink') && not.some((p) => matches(p, node, scope, subject, bindings))) continue;
      const match: Match = { query, role, pattern, bindings, place };
      if (role === 'code' && of.match.where && !passes(of.match.where, match, subject)) continue;
      found(match);
    }
  }
}

/** The names by which patterns for a node are listed; the empty one is that of patterns without a name. */
function namesAt(node: Node, scope: Scope, scopes: Scopes): string[] {
  const names = [''];
  const add = (name: string | undefined): void => {
    if (name) names.push(name);
  };
  const addBoth = (expression: Node): void => {
    const written = lastName(expression);
    add(written);
    // An alias: `run` for `child_process.exec`.
    const inner = unwrap(expression);
    if (isMember(inner) && unwrap(inner.object).type !== 'ThisExpression' && written !== 'default') return;
    const canonical = canonicalName(inner, scope, scopes);
    const last = canonical?.slice(canonical.lastIndexOf('.') + 1);
    if (last !== written) add(last);
  };
  if (isCall(node)) addBoth(node.callee);
  else if (isMember(node)) add(propertyName(node));
  else if (node.type === 'AssignmentExpression') addBoth(node.left);
  else if (node.type === 'ObjectExpression') {
    for (const property of node.properties) if (property.type !== 'SpreadElement') add(keyName(property.key, property.computed));
  } else if (node.type === 'JSXElement') {
    for (const attribute of node.openingElement.attributes) {
      if (attribute.type === 'JSXAttribute' && attribute.name.type === 'JSXIdentifier') add(attribute.name.name);
    }
  }
  return names;
}

/** As in `Pattern.index`. */
function kindOf(node: Node): string {
  switch (node.type) {
    case 'CallExpression':
    case 'OptionalCallExpression':
      return 'call';
    case 'NewExpression':
      return 'new';
    case 'MemberExpression':
    case 'OptionalMemberExpression':
      return 'member';
    case 'AssignmentExpression':
      return 'assign';
    case 'ObjectExpression':
      return 'object';
    case 'JSXElement':
      return 'jsx';
    default:
      return node.type;
  }
}

// ---------------------------------------------------------------------------------------- where, on metavariables

/**
 * Whether a condition holds on the metavariables of a match; on `NAMED`, the names its value gets; on `REGEX`, an expression as
 * a program; and, in a flow, on `TEXT`, what is known of the text that the input has become part of.
 */
export function passes(where: Condition, match: Match, subject: Subject, text?: string): boolean {
  return Object.entries(where).every(([name, test]) => {
    if (name === 'any' && Array.isArray(test)) return (test as readonly Condition[]).some((c) => passes(c, match, subject, text));
    if (name === 'all' && Array.isArray(test)) return (test as readonly Condition[]).every((c) => passes(c, match, subject, text));
    if (name === 'not') return !passes(test as Condition, match, subject, text);
    if (name === 'TEXT') return text !== undefined && holds(test, text, text);
    if (name === 'NAMED') {
      const names = namesFor(match.place, subject.scopes).join(' ');
      return holds(test, names, names);
    }
    if (name === 'REGEX') return isRegex(test, match.place, subject);
    const node = match.bindings.get(name);
    if (!node) return test === 'absent' || (Array.isArray(test) && (test as readonly Json[]).includes('absent'));
    if (test !== null && typeof test === 'object' && 'regex' in test) {
      return isRegex(test.regex, { node: unwrap(node), scope: match.place.scope }, subject);
    }
    const value = staticValue(node, match.place.scope);
    const inner = unwrap(node);
    if (test !== null && typeof test === 'object' && 'numeric' in test && isNumeric(inner, match.place.scope) !== test.numeric)
      return false;
    return holds(test, value, value === undefined ? subject.text.slice(inner.start!, inner.end!) : String(value));
  });
}

/** Whether all that isn't known of a text is numbers, which end no string and begin no statement. */
function isNumeric(node: Node, scope: Place['scope'], depth = 0): boolean {
  const inner = unwrap(node);
  if (depth > 20) return false;
  if (staticValue(inner, scope) !== undefined) return true;
  if (inner.type === 'TemplateLiteral') return inner.expressions.every((part) => isNumeric(part, scope, depth + 1));
  if (inner.type === 'BinaryExpression') {
    return inner.operator !== '+' || (isNumeric(inner.left, scope, depth + 1) && isNumeric(inner.right, scope, depth + 1));
  }
  if (inner.type === 'UnaryExpression') return /^[-+~]$/.test(inner.operator);
  if (isCall(inner)) return /^(?:Number|parseInt|parseFloat)$/.test(lastName(inner.callee) ?? '');
  const init = settledInit(inner, scope);
  return init !== undefined && isNumeric(init.node, init.scope, depth + 1);
}

type Written = Pick<Place, 'node' | 'scope'>;

/** Whether a test (or one of a list) holds on the expression that stands, or is brought, at a place. */
function isRegex(test: Json | undefined, place: Written, subject: Subject): boolean {
  const expression = expressionAt(place, subject);
  const wanted = Array.isArray(test) ? (test as readonly Json[]) : [test];
  return expression !== undefined && wanted.some((one) => isRegexTest(one) && regexIs(one, expression));
}

/** Of a literal `/…/flags`, of `new RegExp('…', 'flags')`, or of a constant that holds one. */
function expressionAt({ node, scope }: Written, subject: Subject, depth = 0): Expression | undefined {
  if (node.type === 'RegExpLiteral') return { source: node.pattern, flags: node.flags };
  if (isCall(node)) {
    if (!/^RegExp$/.test(lastName(node.callee) ?? '')) return undefined;
    const [first, second] = node.arguments;
    const source = first && staticValue(first, scope);
    const flags = second && staticValue(second, scope);
    if (typeof source !== 'string') return undefined;
    const written = first!.type === 'StringLiteral' ? subject.text.slice(first.start! + 1, first.end! - 1) : undefined;
    return { source, flags: typeof flags === 'string' ? flags : '', ...(written !== undefined && { written }) };
  }
  const init = depth < 5 ? settledInit(node, scope) : undefined;
  return init && expressionAt({ node: unwrap(init.node), scope: init.scope }, subject, depth + 1);
}

const written = (json: Json): string => (typeof json === 'object' ? JSON.stringify(json) : String(json));
const regexes = new Map<string, RegExp>();

/** One test on a value, and on the string that it is or is written as. */
function holds(test: Json, value: StaticValue | undefined, string: string): boolean {
  if (Array.isArray(test)) return (test as readonly Json[]).some((t) => holds(t, value, string));
  if (test === null || typeof test !== 'object') {
    if (test === 'present') return true;
    if (test === 'absent') return false;
    return string === String(test);
  }
  return Object.entries(test).every(([operator, operand]: [string, Json]) => {
    switch (operator) {
      case 'matches': {
        const source = written(operand);
        let regex = regexes.get(source);
        if (!regex) regexes.set(source, (regex = new RegExp(source)));
        return regex.test(string.slice(0, 10_000));
      }
      case 'contains':
        return string.includes(written(operand));
      case 'is':
        return string === written(operand);
      case 'not':
        return !holds(operand, value, string);
      case 'literal':
        return (value !== undefined) === operand;
      case 'numeric':
        return true; // asked of the node, in `passes`
      case 'at-least':
        return typeof value === 'number' && value >= Number(operand);
      case 'at-most':
        return typeof value === 'number' && value <= Number(operand);
      default:
        return false;
    }
  });
}
