import { applied } from './across.ts';
import { callbackOf, effectOf, fills, iterates, keepsWordsOnly } from './calls.ts';
import { imported, type ForeignFunction, type Neighbourhood } from './foreign.ts';
import { classOf, functionOf } from './functions.ts';
import { isRegex, provedBy } from './guards.ts';
import { Memory } from './memory.ts';
import { canonicalName, lastName, literalOf } from './names.ts';
import {
  isCall,
  isFunction,
  isMember,
  propertyName,
  unwrap,
  type CallNode,
  type ClassNode,
  type FunctionNode,
  type Node,
} from './nodes.ts';
import { type Match, type QueryIndex } from './queries.ts';
import { lookup, type Scope, type Scopes } from './scopes.ts';
import { Sinks, type End, type Summary } from './sinks.ts';
import { carriedBy, isCarrier, mayBeSource, sourceByName, type Carrier } from './sources.ts';
import { concatenated, sideBySide } from './text.ts';
import { composed, flat, nothing, outOf, tainted, through, under, union, type Taint, type Value } from './values.ts';

interface Frame {
  readonly fn: FunctionNode | undefined;
  readonly summary: Summary;
  loops: number;
}

export const depthLimit = 250;
const mostCalls = 20;

const emptySummary = (): Summary => ({ returns: undefined, sinks: [], calls: [], proves: undefined });

type Values = readonly (Value | undefined)[];

/** What calls do: of functions of this file by their summaries, of other files, of libraries by what is known of them. */
export abstract class Invocations extends Memory {
  readonly text: string;
  readonly scopes: Scopes;
  readonly sinks: Sinks;
  protected readonly near: Neighbourhood;
  protected readonly index: QueryIndex;
  protected readonly flows: ReadonlyMap<Node, readonly Match[]>;
  private readonly summaries = new Map<FunctionNode, Summary>();
  /** The arguments of each function's calls so far. */
  private readonly applications = new Map<FunctionNode, readonly ((index: number) => Value | undefined)[]>();
  /** Of functions that are handed a request under a name that doesn't say so. */
  private readonly special = new Map<string, Summary>();
  /** The latest value of each node that has one, for sinks. */
  protected readonly values = new Map<Node, Value>();
  /** Handlers of event emitters and what is emitted, by emitter and topic. */
  private readonly topics = new Map<string, { readonly handlers: FunctionNode[]; readonly emitted: Values[] }>();
  frame: Frame = { fn: undefined, summary: emptySummary(), loops: 0 };
  protected depth = 0;
  /** Bounds the whole run; loops and branches look at nodes more than once. */
  protected left: number;

  constructor(near: Neighbourhood, scopes: Scopes, index: QueryIndex, flows: ReadonlyMap<Node, readonly Match[]>) {
    super();
    const { document } = near;
    this.near = near;
    this.index = index;
    this.text = document.text;
    this.scopes = scopes;
    this.sinks = new Sinks(document, scopes, index);
    this.flows = flows;
    this.left = 50_000 + document.text.length * 4;
  }

  abstract statements(body: readonly Node[], scope: Scope): boolean;

  summaryOf(fn: FunctionNode, outer: Scope): Summary {
    const known = this.summaries.get(fn);
    if (known) return known;
    const summary = emptySummary();
    this.summaries.set(fn, summary);
    // What it reads of `this` was written there.
    const constructor = this.constructorOf(fn);
    if (constructor) this.summaryOf(constructor, this.scopes.inside.get(constructor)?.parent ?? outer);
    this.enter(fn, summary, outer);
    return summary;
  }

  /** The summary of a function that is handed a request: its parameters say nothing of that by themselves. */
  private handed(fn: FunctionNode, args: Values, outer: Scope): Summary {
    const base = this.summaryOf(fn, outer);
    const carriers = fn.params.map((_, i) => (carriedBy(fn, i, this.scopes) ? undefined : args[i]?.carrier));
    if (!carriers.some((carrier) => carrier !== undefined)) return base;
    const key = `${fn.start} ${carriers.join()}`;
    let own = this.special.get(key);
    if (!own) {
      this.special.set(key, (own = emptySummary()));
      this.enter(fn, own, outer, carriers);
    }
    return { ...own, sinks: base.sinks, calls: base.calls };
  }

  private enter(fn: FunctionNode, summary: Summary, outer: Scope, carriers?: readonly (Carrier | undefined)[]): void {
    const scope = this.scopes.inside.get(fn) ?? outer;
    const { frame, state, depth } = this;
    if (depth > depthLimit) return;
    this.frame = { fn, summary, loops: 0 };
    this.state = state.copy();
    for (const [index, param] of fn.params.entries()) {
      const own = parameter(fn, index);
      const carried = carriers?.[index] ?? carriedBy(fn, index, this.scopes);
      const value = !carried
        ? tainted([own])
        : isCarrier(carried)
          ? tainted([], carried)
          : union(this.source(carried, param), tainted([own]));
      this.assign(param.type === 'TSParameterProperty' ? param.parameter : param, value, scope);
      if (param.type === 'TSParameterProperty' && param.parameter.type === 'Identifier') this.setField(scope, param.parameter.name, value);
    }
    if (fn.body.type !== 'BlockStatement') summary.returns = union(summary.returns, this.evaluate(fn.body, scope));
    else if (!this.statements(fn.body.body, scope)) this.leave();
    this.frame = frame;
    this.state = state;
  }

  /** Control leaves the function here: what is harmless on every way out is harmless to who called. */
  leave(): void {
    const { fn, summary } = this.frame;
    if (!fn) return;
    const proved = fn.params.flatMap((param, i) => (param.type === 'Identifier' && this.state.proved(param.name) ? [i] : []));
    summary.proves = new Set(summary.proves ? proved.filter((i) => summary.proves!.has(i)) : proved);
  }

  /** Applies a function's summary to arguments. */
  protected call(fn: FunctionNode, args: Values, at: readonly (Node | undefined)[], scope: Scope, name: string): Value | undefined {
    if (this.depth > depthLimit || this.left-- <= 0) return undefined;
    const { returns, sinks, calls, proves } = this.handed(fn, args, this.scopes.inside.get(fn)?.parent ?? scope);
    const passed = args.map((value, i) => through(value, { node: at[i] ?? fn, message: `passed to \`${name}\`` }));
    const last = fn.params.length - 1;
    const argument = (index: number): Value | undefined => {
      if (index !== last || fn.params[last]?.type !== 'RestElement') return passed[index];
      return passed.slice(index).reduce((a, b) => union(a, b), undefined);
    };
    /** What was known inside, with arguments in the places of parameters. */
    const outside = (taints: readonly Taint[]): Taint[] =>
      taints.flatMap((taint) =>
        taint.label.kind !== 'param' || taint.label.of !== fn
          ? [taint]
          : (argument(taint.label.index)?.taints ?? []).map((outer) => composed(taint, outer)),
      );
    for (const sink of [...sinks]) this.deliver(sink, argument);
    const before = this.applications.get(fn) ?? [];
    if (before.length < mostCalls && passed.some((value) => value?.taints.length)) this.applications.set(fn, [...before, argument]);
    for (const inner of [...calls]) {
      const given = at[inner.index] && functionOf(at[inner.index]!, scope, this.scopes);
      if (!given || given === fn) continue;
      this.depth++;
      this.call(
        given,
        inner.args.map((value) => value && tainted(outside(value.taints))),
        [],
        scope,
        lastName(at[inner.index]!) ?? 'the callback',
      );
      this.depth--;
    }
    for (const index of proves ?? []) if (at[index]) this.state.prove(this.text.slice(at[index].start!, at[index].end!));
    return returns && tainted(outside(returns.taints), returns.carrier);
  }

  /** The function of another file that a callee stands for. */
  protected foreignOf(callee: Node, scope: Scope): ForeignFunction | undefined {
    const { imports, document } = this.near;
    if (!imports) return undefined;
    const canonical = canonicalName(callee, scope, this.scopes);
    const from = canonical === undefined ? undefined : imported(canonical, this.scopes);
    return from && imports.foreign(from.specifier, document.path, this.index.queries)?.get(from.name);
  }

  protected reach(end: End, taint: Taint): void {
    const of = taint.label.kind === 'param' ? taint.label.of : undefined;
    const sinks = of && this.summaries.get(of)?.sinks;
    const known = sinks?.length ?? 0;
    this.sinks.reach(end, taint, (fn) => this.summaries.get(fn));
    // Calls that came before it was known: a field that another method reads, a function that calls itself.
    if (sinks && sinks.length > known) for (const argument of this.applications.get(of) ?? []) this.deliver(sinks.at(-1)!, argument);
  }

  /** What an argument holds reaches a sink within the function. */
  private deliver({ index, end, taint }: Summary['sinks'][number], argument: (index: number) => Value | undefined): void {
    for (const outer of argument(index)?.taints ?? []) {
      this.reach(end, { ...composed(taint, outer), trace: [...outer.trace, ...taint.trace] });
    }
  }

  protected callExpression(node: CallNode, scope: Scope): Value | undefined {
    const callee = unwrap(node.callee);
    const method = isMember(callee) ? propertyName(callee) : undefined;
    const receiver = isMember(callee) ? this.evaluate(callee.object, scope) : undefined;
    // The property itself may be a source: `req.get('x')`, `ctx.request.body()`.
    const called = isMember(callee)
      ? this.evaluate(callee, scope)
      : isFunction(callee)
        ? void this.summaryOf(callee, scope)
        : this.evaluate(callee, scope);
    const fn = functionOf(callee, scope, this.scopes);
    const callback = method !== undefined && !fn ? callbackOf(method) : undefined;
    const args: (Value | undefined)[] = [];
    let result: Value | undefined;
    let kept = true;
    for (const [i, argument] of node.arguments.entries()) {
      const value = argument.type === 'SpreadElement' ? this.evaluate(argument.argument, scope) : this.evaluate(argument, scope);
      args.push(value);
      if (!callback || (i > 0 && method !== 'then')) continue;
      const given = functionOf(argument, scope, this.scopes);
      if (given) {
        const items = method === 'then' ? receiver : flat(receiver);
        const parameters = given.params.map((_, p) => (callback.takes.includes(p) ? items : undefined));
        const returned = this.call(given, parameters, [], scope, `${method} callback`);
        if (callback.returns) result = union(result, returned);
        if (/^(?:filter|find)$/.test(method!) && this.judges(given)) kept = false;
      } else if (callback.returns && i === 0 && cleans(argument, canonicalName(argument, scope, this.scopes))) return undefined;
    }
    const source = mayBeSource(`${lastName(callee) ?? ''}()`) ? sourceByName(node, scope, this.scopes) : undefined;
    if (source) return this.source(source, node);
    if (callee.type === 'Super' && scope.self?.superClass) {
      const parent = classOf(scope.self.superClass, scope);
      if (parent) return this.instance(parent, args, node, scope);
    }
    if (fn) {
      const value = this.call(fn, args, node.arguments, scope, lastName(callee) ?? 'the function');
      // What the instance was made with.
      return value?.taints.some(ofConstructor) && receiver?.props ? union(value, tainted(outOf(receiver.taints))) : value;
    }
    if (node.type === 'NewExpression' && callee.type === 'Identifier') {
      const made = lookup(scope, callee.name)?.node;
      if (made?.type === 'ClassDeclaration') return this.instance(made, args, node, scope);
      if (callee.name === 'Promise' && !made) return this.promised(node, scope);
    }
    const foreign = this.foreignOf(callee, scope);
    if (foreign) return applied(foreign, args, node, lastName(callee) ?? 'the function', (end, taint) => this.reach(end, taint));
    if (callee.type === 'Identifier') this.callsParameter(callee.name, args, scope);
    if (callback && result) return union(result, callback.receiver ? flat(receiver) : undefined);
    if (callback && node.arguments[0] && functionOf(node.arguments[0], scope, this.scopes))
      return callback.receiver && kept ? flat(receiver) : result;
    const canonical = canonicalName(callee, scope, this.scopes);
    const indirect = this.indirect(node, callee, method, canonical, args, scope);
    if (indirect) return indirect.value;
    const everything = args.reduce((a, b) => union(a, flat(b)), undefined);
    const effect = effectOf(canonical, method);
    if (effect === 'ends') return undefined;
    if (effect === 'passes') {
      const [target] = node.arguments;
      if (method === 'assign' && target && everything) this.fill(target, everything, scope, undefined);
      if (canonical === 'Promise.all' || canonical === 'Promise.resolve') return args[0];
      return union(sideBySide(canonical) ? concatenated(node.arguments, args, scope) : everything, flat(receiver));
    }
    if (method !== undefined && isMember(callee)) return this.methodOf(node, callee.object, method, called, receiver, args, scope);
    return undefined;
  }

  /** A method of a value that isn't of this file. */
  private methodOf(
    node: CallNode,
    object: Node,
    method: string,
    called: Value | undefined,
    receiver: Value | undefined,
    args: Values,
    scope: Scope,
  ): Value | undefined {
    const [first] = node.arguments;
    const everything = args.reduce((a, b) => union(a, flat(b)), undefined);
    const key = first && (method === 'set' || method === 'get') ? literalOf(unwrap(first)) : undefined;
    if (fills(method) && everything) {
      if (method === 'set' && args.length === 2 && typeof key === 'string') this.put(object, key, args[1], scope);
      else this.fill(object, everything, scope, undefined);
    }
    if (method === 'get' && typeof key === 'string' && receiver?.props && !receiver.carrier) return this.read(receiver, key, node);
    if (/^(?:replace|replaceAll|concat|join|padStart|padEnd|fill|with)$/.test(method)) {
      if (keepsWordsOnly(first)) return args[1];
      const inserted = args.some((arg) => arg?.taints.length);
      return inserted ? concatenated([object, ...node.arguments], [receiver, ...args], scope) : flat(receiver);
    }
    // `/a(.*)/.exec(text)` finds pieces of the text.
    if (method === 'exec' && isRegex(object, scope)) return everything;
    return flat(called ?? (receiver?.carrier ? undefined : receiver));
  }

  /** Functions that are called by way of another: `f.call(…)`, `setTimeout(f, 10, x)`, `async.each(list, f)`, event emitters, assertions. */
  private indirect(
    node: CallNode,
    callee: Node,
    method: string | undefined,
    canonical: string | undefined,
    args: Values,
    scope: Scope,
  ): { readonly value: Value | undefined } | undefined {
    const [first, second] = node.arguments;
    if (!first) return undefined;
    const name = lastName(callee);
    if (isMember(callee) && (method === 'call' || method === 'apply')) {
      const fn = functionOf(callee.object, scope, this.scopes);
      if (!fn) return undefined;
      const given = method === 'call' ? args.slice(1) : fn.params.map((_, i) => this.read(args[1], String(i), node));
      return {
        value: this.call(fn, given, method === 'call' ? node.arguments.slice(1) : [], scope, lastName(callee.object) ?? 'the function'),
      };
    }
    if (/^(?:setTimeout|setInterval|setImmediate|nextTick)$/.test(name ?? '')) {
      const fn = functionOf(first, scope, this.scopes);
      if (fn)
        this.call(fn, args.slice(name!.startsWith('setI') && name !== 'setInterval' ? 1 : name === 'nextTick' ? 1 : 2), [], scope, name!);
      return undefined;
    }
    if (/^(?:assert|ok|invariant)$/.test(name ?? '')) {
      for (const proved of provedBy(first, true, this.text, scope, this.scopes)) this.state.prove(proved);
      return undefined;
    }
    // Of another's function that is called only to throw, the name must do.
    if (/^(?:assert|ensure|validate)[A-Z]/.test(name ?? '')) this.state.prove(this.text.slice(first.start!, first.end!));
    // `xml2js.parseString(text, (err, document) => …)`
    if (second && name === 'parseString') {
      const fn = functionOf(second, scope, this.scopes);
      if (fn) this.call(fn, [undefined, flat(args[0])], [], scope, name);
    }
    if (second && iterates(canonical)) {
      const fn = node.arguments
        .slice(1)
        .map((argument) => functionOf(argument, scope, this.scopes))
        .find((one) => one !== undefined);
      const returned = fn && this.call(fn, [flat(args[0])], [], scope, name ?? 'the function');
      if (fn) return { value: /map/i.test(name ?? '') ? returned : flat(args[0]) };
    }
    if (second && isMember(callee) && /^(?:on|once|addListener|emit)$/.test(method ?? ''))
      this.event(callee.object, method!, first, second, args, scope);
    return undefined;
  }

  private event(emitter: Node, method: string, topic: Node, handler: Node, args: Values, scope: Scope): void {
    if (!/\bEventEmitter\(\)$|^events\(\)$/.test(canonicalName(emitter, scope, this.scopes) ?? '')) return;
    const key = `${this.text.slice(emitter.start!, emitter.end!)} ${String(literalOf(unwrap(topic)))}`;
    let known = this.topics.get(key);
    if (!known) this.topics.set(key, (known = { handlers: [], emitted: [] }));
    if (method === 'emit') {
      known.emitted.push(args.slice(1));
      for (const fn of known.handlers) this.call(fn, args.slice(1), [], scope, 'the listener');
      return;
    }
    const fn = functionOf(handler, scope, this.scopes);
    if (!fn) return;
    known.handlers.push(fn);
    for (const emitted of known.emitted) this.call(fn, emitted, [], scope, 'the listener');
  }

  /** A function calls one of its parameters: its summary says with what. */
  private callsParameter(name: string, args: Values, scope: Scope): void {
    const param = lookup(scope, name)?.param;
    const calls = param && this.summaries.get(param.of)?.calls;
    if (calls && calls.length < mostCalls && args.some((value) => value?.taints.length)) calls.push({ index: param.index, args });
  }

  /** `new Promise((resolve) => …)` holds what it is resolved with. */
  private promised(node: CallNode, scope: Scope): Value | undefined {
    const executor = node.arguments[0] && functionOf(node.arguments[0], scope, this.scopes);
    const calls = executor && this.summaries.get(executor)?.calls;
    return calls?.reduce<Value | undefined>((value, { index, args }) => (index === 0 ? union(value, args[0]) : value), undefined);
  }

  /** What a new object holds in its fields of what its constructor was given. */
  private instance(made: ClassNode, args: Values, node: CallNode, scope: Scope): Value | undefined {
    const constructor = this.scopes.methods.get(made)?.get('constructor');
    if (!constructor) return undefined;
    const name = lastName(node.callee) ?? 'the constructor';
    this.call(constructor, args, node.arguments, scope, name);
    if (!args.some((value) => value?.taints.length)) return undefined;
    const props = new Map<string, Value | undefined>();
    let value: Value | undefined;
    for (const field of this.scopes.fields.get(made)?.keys() ?? []) {
      const taints = (this.ever.get(`${made.start} ${field}`)?.taints ?? []).flatMap((taint) =>
        taint.label.kind === 'param' && taint.label.of === constructor
          ? (args[taint.label.index]?.taints ?? []).map((outer) => composed(taint, outer))
          : [],
      );
      const own = through(tainted(taints), { node, message: `passed to \`${name}\`` });
      props.set(field, own);
      value = union(value, under(field, own));
    }
    return value && { taints: value.taints, rest: [], props };
  }

  /** Whether a function of one parameter answers whether it is harmless. */
  private judges(fn: FunctionNode): boolean {
    const [param] = fn.params;
    const inner = this.scopes.inside.get(fn);
    if (param?.type !== 'Identifier' || !inner || fn.body.type === 'BlockStatement') return false;
    return provedBy(fn.body, true, this.text, inner, this.scopes).includes(param.name);
  }
}

export const parameter = (of: FunctionNode, index: number): Taint => ({
  label: { kind: 'param', of, index },
  origin: of.params[index] ?? of,
  trace: [],
  clean: nothing,
});

export const ofConstructor = ({ label }: Taint): boolean =>
  label.kind === 'param' && label.of.type === 'ClassMethod' && label.of.kind === 'constructor';

/** `map(Number)`, `map(escapeHtml)`. */
const cleans = (given: Node, canonical: string | undefined): boolean =>
  !isCall(given) && (effectOf(canonical, undefined) === 'ends' || /escape|sanitize|clean|encodeURIComponent/i.test(lastName(given) ?? ''));
