import { and, not, or, predicates, structural, type Truth } from './predicates.ts';
import { at, steps, type Entry, type Located, type Lookup, type MapNode, type Node, type Span, type UnknownNode } from './tree.ts';
import type { Condition, Fact, Json, Relation } from './types.ts';

/** Where a test was decided. */
export interface Place {
  readonly span: Span;
  /** The value found there; none where something is missing. */
  readonly node?: Node;
  readonly entry?: Entry;
}

export interface Outcome {
  readonly truth: Truth;
  /** Places that made it true, in document order of the lookup. */
  readonly places: readonly Place[];
}

/** A compiled condition, asked of a node; `home` is where a missing key is reported. */
export type Test = (node: Node, fact: Fact, home: Place) => Outcome;

/** A compiled test of the values that a path leads to. */
type ValueTest = (lookup: Lookup, fact: Fact, home: Place) => Outcome;

const none: readonly Place[] = [];
const FALSE: Outcome = { truth: false, places: none };
const UNKNOWN: Outcome = { truth: undefined, places: none };

/** Compiles a `where`; throws an Error that names the wrong key or operator. */
export function compileCondition(condition: Condition): Test {
  const parts = Object.entries(condition).map(([key, value]) => compilePart(key, value));
  if (parts.length === 1) return parts[0]!;
  return (node, fact, home) => {
    let truth: Truth = true;
    let places: readonly Place[] = [];
    for (const part of parts) {
      const outcome = part(node, fact, home);
      if (outcome.truth === false) return FALSE;
      truth = and(truth, outcome.truth);
      if (outcome.places.length > 0) places = outcome.places;
    }
    return truth ? { truth, places } : UNKNOWN;
  };
}

function compilePart(key: string, value: Json): Test {
  switch (key) {
    case 'any':
      return anyOf(conditions(key, value));
    case 'all':
      return compileAll(conditions(key, value));
    case 'not': {
      const test = compileCondition(asCondition(key, value));
      return (node, fact, home) => {
        const truth = not(test(node, fact, home).truth);
        return truth ? { truth, places: [] } : truth === false ? FALSE : UNKNOWN;
      };
    }
    default:
      return compilePath(key, value);
  }
}

function compileAll(tests: readonly Test[]): Test {
  return (node, fact, home) => {
    let truth: Truth = true;
    let places: readonly Place[] = [];
    for (const test of tests) {
      const outcome = test(node, fact, home);
      truth = and(truth, outcome.truth);
      if (truth === false) return FALSE;
      if (outcome.places.length > 0) places = outcome.places;
    }
    return truth ? { truth, places } : UNKNOWN;
  };
}

/** Every one that is true adds its places. */
function anyOf<Subject>(
  tests: readonly ((subject: Subject, fact: Fact, home: Place) => Outcome)[],
): (subject: Subject, fact: Fact, home: Place) => Outcome {
  return (subject, fact, home) => {
    let truth: Truth = false;
    let places: readonly Place[] = none;
    for (const test of tests) {
      const outcome = test(subject, fact, home);
      truth = or(truth, outcome.truth);
      if (outcome.truth) places = places.length > 0 ? [...places, ...outcome.places] : outcome.places;
    }
    return truth ? { truth, places } : truth === false ? FALSE : UNKNOWN;
  };
}

function compilePath(path: string, value: Json): Test {
  const test = compileTest(value, path);
  if (path === '.') return (node, fact, home) => test({ found: [{ node }], uncertain: false, missing: [] }, fact, home);
  if (path.startsWith('^')) {
    const [first, ...rest] = steps(path);
    const type = first!.slice(1);
    // `^.x` splits into `^` and `x`, `^job.x` into `^job` and `x`.
    return (_node, fact) => {
      let outer = fact.parent;
      while (outer && type !== '' && !outer.types.includes(type)) outer = outer.parent;
      if (!outer) return FALSE;
      return test(at(outer.node, rest), outer, { span: outer.head });
    };
  }
  const keys = steps(path);
  if (keys.length === 0) throw new Error(`an empty path`);
  return (node, fact, home) => test(at(node, keys), fact, home);
}

/** Compiles what stands behind a path. */
function compileTest(value: Json, path: string): ValueTest {
  if (Array.isArray(value)) return anyOf(value.map((one: Json) => compileTest(one, path)));
  if (value !== null && typeof value === 'object') return compileMap(value as Readonly<Record<string, Json>>, path);
  switch (value) {
    case 'absent':
      return absent;
    case 'present':
      return (lookup) => {
        const sure = lookup.found.filter((one) => !one.entry?.perhaps);
        if (sure.length > 0) return { truth: true, places: sure.map(placeOf) };
        return lookup.uncertain || lookup.found.length > 0 ? UNKNOWN : FALSE;
      };
    case 'empty':
      return each(true, (node) => {
        if (node.kind === 'unknown') return undefined;
        if (node.kind === 'scalar') return node.value === '';
        const size = node.kind === 'list' ? node.items.length : node.entries.length;
        return size > 0 ? false : node.open ? undefined : true;
      });
  }
  if (typeof value === 'string' && Object.hasOwn(predicates, value)) return compilePredicate(value, undefined);
  return each(false, equalTo(value));
}

const operators: Readonly<Record<string, (argument: Json, path: string) => ValueTest>> = {
  is: (argument) => each(false, equalTo(argument)),
  matches: (argument) => {
    const pattern = new RegExp(said(argument));
    return each(false, (node) => scalarTest(node, (value) => pattern.test(value)));
  },
  contains: (argument) =>
    each(true, (node) => {
      if (node.kind === 'list')
        return node.items.reduce<Truth>((sum, item) => or(sum, equals(item, argument)), node.open ? undefined : false);
      if (node.kind === 'unknown' && node.parts?.some((part) => part?.includes(said(argument)))) return true;
      return scalarTest(node, (value) => value.includes(said(argument)));
    }),
  'at-least': (argument) => each(false, (node) => scalarTest(node, (value) => value !== '' && Number(value) >= Number(argument))),
  'at-most': (argument) => each(false, (node) => scalarTest(node, (value) => value !== '' && Number(value) <= Number(argument))),
  not: (argument, path) => quantified(argument, path, true),
  every: (argument, path) => quantified(argument, path, false),
  'count-at-least': (argument) => (lookup) => {
    const values = flatten(lookup.found);
    if (values.length >= Number(argument)) return { truth: true, places: lookup.found.map(placeOf) };
    return lookup.uncertain ? UNKNOWN : FALSE;
  },
};

function compileMap(value: Readonly<Record<string, Json>>, path: string): ValueTest {
  const keys = Object.keys(value);
  const names = keys.filter((key) => Object.hasOwn(operators, key) || Object.hasOwn(predicates, key));
  // `not: {…}` and `contains` could also be attribute names: a map is operators only when every key is one.
  if (names.length === keys.length && keys.length > 0 && !(keys.length === 1 && keys[0] === 'not' && isConditionOnly(value.not))) {
    const tests = keys.map((key) => operators[key]?.(value[key]!, path) ?? compilePredicate(key, value[key]));
    if (tests.length === 1) return tests[0]!;
    return (lookup, fact, home) => {
      let truth: Truth = true;
      let places: readonly Place[] = [];
      for (const test of tests) {
        const outcome = test(lookup, fact, home);
        truth = and(truth, outcome.truth);
        if (outcome.places.length > 0) places = outcome.places;
      }
      return truth ? { truth, places } : truth === false ? FALSE : UNKNOWN;
    };
  }
  if (names.length > 0 && names.length < keys.length && !names.every((n) => n === 'not'))
    throw new Error(`\`${path}\` mixes operators (${names.join(', ')}) with paths`);
  const condition = compileCondition(value);
  return (lookup, fact) => {
    let truth: Truth = lookup.uncertain ? undefined : false;
    const places: Place[] = [];
    for (const one of flatten(lookup.found)) {
      if (one.node.kind === 'unknown') {
        truth = or(truth, undefined);
        continue;
      }
      const home = placeOf(one);
      const outcome = condition(one.node, fact, headOf(one, home));
      truth = or(truth, outcome.truth);
      if (outcome.truth) places.push(...(outcome.places.length > 0 ? outcome.places : [headOf(one, home)]));
    }
    return truth ? { truth, places } : truth === false ? FALSE : UNKNOWN;
  };
}

/** `not: test`: every value fails it; `every: test`: every value passes. Both need a value to be there. */
function quantified(argument: Json, path: string, negate: boolean): ValueTest {
  const test = compileTest(argument, path);
  return (lookup, fact, home) => {
    if (lookup.found.length === 0) return lookup.uncertain ? UNKNOWN : FALSE;
    let truth: Truth = lookup.uncertain ? undefined : true;
    for (const one of flatten(lookup.found)) {
      const outcome = test({ found: [one], uncertain: false, missing: [] }, fact, home).truth;
      truth = and(truth, negate ? not(outcome) : outcome);
    }
    return truth ? { truth, places: lookup.found.map(placeOf) } : truth === false ? FALSE : UNKNOWN;
  };
}

const absent: ValueTest = (lookup, _fact, home) => {
  if (lookup.found.length > 0) return FALSE;
  if (lookup.uncertain) return UNKNOWN;
  const depth = Math.max(0, ...lookup.missing.map((m) => m.depth));
  const places = lookup.missing.filter((m) => m.depth === depth).map((m) => (m.entry ? { span: m.entry.keySpan, entry: m.entry } : home));
  return { truth: true, places: places.length > 0 ? places.slice(0, 1) : [home] };
};

function compilePredicate(name: string, argument: unknown): ValueTest {
  const predicate = predicates[name]!;
  return each(structural.has(name), (node) => predicate(node, argument));
}

/** True when some value passes. `whole` keeps lists together; otherwise each item of a list is a value. */
function each(whole: boolean, test: (node: Node) => Truth): ValueTest {
  return (lookup) => {
    let truth: Truth = lookup.uncertain ? undefined : false;
    let places: Place[] | undefined;
    for (const one of whole ? lookup.found : flatten(lookup.found)) {
      const outcome = test(one.node);
      truth = or(truth, outcome);
      if (outcome) (places ??= []).push(placeOf(one));
    }
    return truth ? { truth, places: places ?? none } : truth === false ? FALSE : UNKNOWN;
  };
}

function flatten(found: readonly Located[]): readonly Located[] {
  if (!found.some(isList)) return found;
  const flat: Located[] = [];
  for (const one of found) addItems(one, one.node, flat);
  return flat;
}

const isList = ({ node }: Located): boolean => node.kind === 'list';

function addItems(located: Located, node: Node, into: Located[]): void {
  if (node.kind === 'list') for (const item of node.items) addItems(located, item, into);
  else if (node === located.node) into.push(located);
  else into.push(located.entry ? { node, entry: located.entry } : { node });
}

function placeOf({ node, entry }: Located): Place {
  return entry ? { span: node.span, node, entry } : { span: node.span, node };
}

/** A map is reported at its key when it is a block or a keyed value, else (a list item) at its first key. */
function headOf(located: Located, otherwise: Place): Place {
  const { node, entry } = located;
  if (entry?.value === node) return { span: entry.keySpan, node, entry };
  if (node.kind === 'map' && node.entries[0]) return { span: node.entries[0].keySpan, node };
  return otherwise;
}

function scalarTest(node: Node, test: (value: string) => boolean): Truth {
  if (node.kind === 'unknown') return undefined;
  return node.kind === 'scalar' && node.value !== null ? test(String(node.value)) : false;
}

/** A literal of a page as text; maps and lists, which no operator takes, as JSON. */
function said(literal: Json): string {
  return typeof literal === 'object' ? JSON.stringify(literal) : String(literal);
}

/** `true` and `"true"` are the same in every configuration language that we read. */
export function equals(node: Node, literal: Json): Truth {
  return equalTo(literal)(node);
}

function equalTo(literal: Json): (node: Node) => Truth {
  const wanted = said(literal);
  const folded = typeof literal === 'boolean';
  const same = (value: string): boolean => (folded ? value.toLowerCase() : value) === wanted;
  return (node) => scalarTest(node, same);
}

function conditions(key: string, value: Json): Test[] {
  if (!Array.isArray(value)) throw new Error(`\`${key}\` takes a list of conditions`);
  return value.map((one: Json) => compileCondition(asCondition(key, one)));
}

function asCondition(key: string, value: Json): Condition {
  if (!isPlainMap(value)) throw new Error(`\`${key}\` takes a map of paths`);
  return value;
}

/** A map of paths: `not: { port: 22 }` is a condition, `not: { matches: … }` a test of values. */
function isConditionOnly(value: Json | undefined): boolean {
  return isPlainMap(value) && !Object.keys(value).every((key) => Object.hasOwn(operators, key) || Object.hasOwn(predicates, key));
}

function isPlainMap(value: Json | undefined): value is Condition {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

// ------------------------------------------------------------------------------------------------- relations

/** Whether some fact of the scope stands in the relation, and which. */
export type RelationTest = (fact: Fact) => { readonly truth: Truth; readonly related?: Fact };

export function compileRelation(relation: Relation): RelationTest {
  const where = relation.where ? compileCondition(relation.where) : undefined;
  const fits = (other: Fact): Truth => (where ? where(other.node, other, { span: other.head }).truth : true);
  return (fact) => {
    let truth: Truth = false;
    for (const type of relation.resource) {
      for (const other of fact.scope.ofType(type)) {
        if (other === fact) continue;
        const linked = relation.by ? refersTo(other, relation.by, fact) : relation.to ? refersTo(fact, [relation.to], other) : true;
        if (linked === false) continue;
        const outcome = and(linked, fits(other));
        if (outcome) return { truth: true, related: other };
        truth = or(truth, outcome);
      }
    }
    return { truth };
  };
}

/** Whether a value at one of `paths` of `from` names `to`: by reference, by the same literal name, or as a selector of its labels. */
export function refersTo(from: Fact, paths: readonly string[], to: Fact): Truth {
  const lookups = paths.map((path) => at(from.node, path));
  let truth: Truth = lookups.some(({ uncertain }) => uncertain) ? undefined : false;
  for (const { node } of flatten(lookups.flatMap(({ found }) => found))) {
    // A value that was taken from the other fact (a policy document) still refers to it.
    if (node.origin?.path === to.document.path && within(node.origin.span, to.span)) return true;
    if (node.kind === 'unknown') {
      const targets = node.refs.map((ref) => from.scope.resolve(ref));
      // Facts are rebuilt by each document's extraction: the address is what identifies them.
      if (targets.some((target) => target && sameFact(target, to)) || sharesName(node, to)) return true;
      // What CloudFormation refers to has its id: an id that the template lacks is still another's.
      const named =
        from.platform === 'cloudformation' && !node.parts && node.refs.length > 0 && !node.refs.some((ref) => ref.startsWith('AWS::'));
      if (!named && !isAnother(node, to) && (targets.length === 0 || targets.some((target) => target === undefined)))
        truth = or(truth, undefined);
    } else if (node.kind === 'scalar' && typeof node.value === 'string' && namesOf(to).includes(node.value)) {
      return true;
    } else if (node.kind === 'map' && from.platform === 'kubernetes') {
      const selected = and(sameNamespace(from, to), selects(node, to));
      if (selected) return true;
      truth = or(truth, selected);
    }
  }
  return truth;
}

/** Whether a value of Terraform is an attribute of a resource of the same type and another name, known to the module or not. */
function isAnother({ refs, parts }: Extract<Node, { kind: 'unknown' }>, to: Fact): boolean {
  if (to.platform !== 'terraform' || parts || refs.length === 0) return false;
  const type = `${to.types[0]!}.`;
  return refs.every((ref) => ref.startsWith(type) && ref.split(/[.[]/, 2).join('.') !== to.address);
}

const labelPaths = ['spec.template.metadata.labels', 'spec.jobTemplate.spec.template.metadata.labels', 'metadata.labels'];

/** Whether a Kubernetes selector (`matchLabels`, or plain labels as in a Service) picks the pods of a workload; an empty one picks all. */
function selects(selector: MapNode, to: Fact): Truth {
  if (selector.open) return undefined;
  if (selector.entries.some((entry) => entry.key === 'matchExpressions')) return undefined;
  const matchLabels = selector.entries.find((entry) => entry.key === 'matchLabels');
  const wanted = matchLabels ? matchLabels.value : selector;
  const labels = labelPaths.flatMap((path) => at(to.node, path).found)[0]?.node;
  if (wanted.kind !== 'map') return undefined;
  let truth: Truth = wanted.open ? undefined : true;
  for (const { key, value } of wanted.entries) {
    if (!labels) return at(to.node, 'spec.template.metadata').uncertain ? undefined : false;
    if (labels.kind !== 'map') return undefined;
    const own = labels.entries.find((entry) => entry.key === key)?.value;
    truth = and(truth, own ? sameText(value, own) : labels.open ? undefined : false);
  }
  return truth;
}

function sameNamespace(a: Fact, b: Fact): Truth {
  const [one, other] = [a, b].map(({ node }) => at(node, 'metadata.namespace').found[0]?.node);
  return one && other ? sameText(one, other) : true;
}

function sameText(a: Node, b: Node): Truth {
  return a.kind === 'scalar' && b.kind === 'scalar' ? String(a.value) === String(b.value) : undefined;
}

function within(inner: Span, outer: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

function sameFact(a: Fact, b: Fact): boolean {
  return a === b || (a.address !== undefined && a.address === b.address && a.types[0] === b.types[0]);
}

const nameKey = /^(name|bucket|id|BucketName|Name|identifier|cluster_identifier|function_name|repository)$/;

/** Whether a fact is called by the same expression: both take the parameter `Name`, or the template `${Name}-logs`. */
function sharesName({ refs, parts }: UnknownNode, { node }: Fact): boolean {
  if (refs.length === 0 || node.kind !== 'map') return false;
  const asked = JSON.stringify([refs, parts]);
  return node.entries.some(
    ({ key, value }) => nameKey.test(key) && value.kind === 'unknown' && JSON.stringify([value.refs, value.parts]) === asked,
  );
}

/** The literal names a fact goes by: its own top-level strings are a superset of them, and good enough. */
function namesOf(fact: Fact): readonly string[] {
  const names = fact.address ? [fact.address] : [];
  if (fact.node.kind !== 'map') return names;
  for (const entry of fact.node.entries) {
    if (nameKey.test(entry.key) && entry.value.kind === 'scalar') names.push(String(entry.value.value));
    if (entry.key === 'metadata') {
      const name = at(entry.value, 'name').found[0]?.node;
      if (name?.kind === 'scalar') names.push(String(name.value));
    }
  }
  return names;
}
