import type { File } from '@babel/types';
import { arithmetic, callbackOf, effectOf, fills, keepsWordsOnly } from './calls.ts';
import { applied, foreignFunctions } from './across.ts';
import { imported, type Foreign, type ForeignFunction, type Neighbourhood } from './foreign.ts';
import { functionOf } from './functions.ts';
import { provedBy } from './guards.ts';
import { canonicalName, lastName, settledInit, writtenName } from './names.ts';
import { child, isCall, isFunction, isMember, keysOf, propertyName, unwrap, type CallNode, type FunctionNode, type Node } from './nodes.ts';
import { type Match, type QueryIndex } from './queries.ts';
import { lookup, type Scope, type Scopes } from './scopes.ts';
import { Sinks, type End, type Flow, type Summary } from './sinks.ts';
import { carriedBy, isCarrier, mayBeSource, sourceByName } from './sources.ts';
import { State } from './state.ts';
import { Memory } from './memory.ts';
import { classBody, either, execute, type Machine } from './statements.ts';
import { concatenated, itemsOf, sideBySide, templateParts } from './text.ts';
import { cleaned, flat, composed, nothing, tainted, through, union, type Label, type Taint, type Value } from './values.ts';

/** Follows values from sources to sinks through one file: each function once, with what its parameters lead to as a summary. */
export function taints(
  near: Neighbourhood,
  program: File,
  scopes: Scopes,
  index: QueryIndex,
  flows: ReadonlyMap<Node, readonly Match[]>,
): readonly Flow[] {
  return new Interpreter(near, scopes, index, flows).run(program);
}

/** What the functions that a file exports do with what they are given. Names that it passes on from others are left to who asks. */
export function exported(
  near: Neighbourhood,
  program: File,
  scopes: Scopes,
  index: QueryIndex,
  flows: ReadonlyMap<Node, readonly Match[]>,
): Foreign {
  const interpreter = new Interpreter(near, scopes, index, flows);
  interpreter.run(program);
  return foreignFunctions(program, near, scopes, index, interpreter.sinks, (fn) =>
    interpreter.summaryOf(fn, scopes.inside.get(fn)?.parent ?? scopes.root),
  );
}

interface Frame {
  readonly fn: FunctionNode | undefined;
  readonly summary: Summary;
  loops: number;
}

const depthLimit = 250;

class Interpreter extends Memory implements Machine {
  readonly text: string;
  readonly scopes: Scopes;
  readonly sinks: Sinks;
  private readonly near: Neighbourhood;
  private readonly index: QueryIndex;
  private readonly flows: ReadonlyMap<Node, readonly Match[]>;
  private readonly summaries = new Map<FunctionNode, Summary>();
  /** The latest value of each node that has one, for sinks. */
  private readonly values = new Map<Node, Value>();
  frame: Frame = { fn: undefined, summary: { returns: undefined, sinks: [] }, loops: 0 };
  private depth = 0;
  /** Bounds the whole run; loops and branches look at nodes more than once. */
  private left: number;

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

  run(program: File): readonly Flow[] {
    this.statements(program.program.body, this.scopes.root);
    for (const fn of this.scopes.parents.keys()) this.summaryOf(fn, this.scopes.inside.get(fn)?.parent ?? this.scopes.root);
    return this.sinks.found;
  }

  // ------------------------------------------------------------------------------------------ functions

  summaryOf(fn: FunctionNode, outer: Scope): Summary {
    const known = this.summaries.get(fn);
    if (known) return known;
    const summary: Summary = { returns: undefined, sinks: [] };
    this.summaries.set(fn, summary);
    const scope = this.scopes.inside.get(fn) ?? outer;
    const { frame, state, depth } = this;
    if (depth > depthLimit) return summary;
    this.frame = { fn, summary, loops: 0 };
    this.state = state.copy();
    for (const [index, param] of fn.params.entries()) {
      const own: Taint = { label: { kind: 'param', of: fn, index }, origin: param, trace: [], clean: nothing };
      const carried = carriedBy(fn, index, outer, this.scopes);
      const value = !carried
        ? tainted([own])
        : isCarrier(carried)
          ? tainted([], carried)
          : union(this.source(carried, param), tainted([own]));
      this.assign(param.type === 'TSParameterProperty' ? param.parameter : param, value, scope);
      if (param.type === 'TSParameterProperty' && param.parameter.type === 'Identifier') this.setField(scope, param.parameter.name, value);
    }
    if (fn.body.type === 'BlockStatement') this.statements(fn.body.body, scope);
    else summary.returns = union(summary.returns, this.evaluate(fn.body, scope));
    this.frame = frame;
    this.state = state;
    return summary;
  }

  /** Applies a function's summary to arguments. */
  private call(
    fn: FunctionNode,
    args: readonly (Value | undefined)[],
    at: readonly (Node | undefined)[],
    scope: Scope,
    name: string,
  ): Value | undefined {
    const { returns, sinks } = this.summaryOf(fn, this.scopes.inside.get(fn)?.parent ?? scope);
    const passed = args.map((value, i) => through(value, { node: at[i] ?? fn, message: `passed to \`${name}\`` }));
    const last = fn.params.length - 1;
    const argument = (index: number): Value | undefined => {
      if (index !== last || fn.params[last]?.type !== 'RestElement') return passed[index];
      return passed.slice(index).reduce((a, b) => union(a, b), undefined);
    };
    for (const { index, end, taint } of [...sinks]) {
      for (const outer of argument(index)?.taints ?? []) {
        this.reach(end, { ...composed(taint, outer), trace: [...outer.trace, ...taint.trace] });
      }
    }
    if (!returns) return undefined;
    const taints: Taint[] = [];
    for (const taint of returns.taints) {
      if (taint.label.kind !== 'param' || taint.label.of !== fn) taints.push(taint);
      else for (const outer of argument(taint.label.index)?.taints ?? []) taints.push(composed(taint, outer));
    }
    return tainted(taints, returns.carrier);
  }

  /** The function of another file that a callee stands for. */
  private foreignOf(callee: Node, scope: Scope): ForeignFunction | undefined {
    const { imports, document } = this.near;
    if (!imports) return undefined;
    const canonical = canonicalName(callee, scope, this.scopes);
    const from = canonical === undefined ? undefined : imported(canonical, this.scopes);
    return from && imports.foreign(from.specifier, document.path, this.index.queries)?.get(from.name);
  }

  // ----------------------------------------------------------------------------------------- statements

  /** Runs statements in order; true when control does not come out at the end. */
  statements(body: readonly Node[], scope: Scope): boolean {
    for (const statement of body) if (this.statement(statement, scope)) return true;
    return false;
  }

  statement(node: Node, scope: Scope): boolean {
    if (this.depth > depthLimit || this.left-- <= 0) return false;
    this.depth++;
    const leaves = execute(node, scope, this);
    this.depth--;
    return leaves;
  }

  prove(test: Node, truth: boolean, scope: Scope): void {
    for (const written of provedBy(test, truth, this.text, scope, this.scopes)) this.state.prove(written);
  }

  evaluate(node: Node, scope: Scope): Value | undefined {
    node = unwrap(node);
    if (this.depth > depthLimit || this.left-- <= 0) return undefined;
    this.depth++;
    let value = this.compute(node, scope);
    this.depth--;
    const matched = this.flows.get(node);
    for (const match of matched ?? []) {
      if (match.role === 'sink') this.sink(match);
      else if (match.role === 'sanitizer') value = cleaned(value, match.query);
      else if (match.role === 'source') {
        const label: Label = { kind: 'query', query: match.query };
        value = union(value, tainted([{ label, origin: node, trace: [{ node, message: 'enters here' }], clean: nothing }]));
      }
    }
    if (value && this.state.proves && this.state.proved(this.text.slice(node.start!, node.end!))) value = undefined;
    if (value) this.values.set(node, value);
    else if (this.values.size) this.values.delete(node);
    return value;
  }

  private all(nodes: readonly (Node | null)[], scope: Scope): Value | undefined {
    let value: Value | undefined;
    for (const node of nodes)
      if (node) value = union(value, flat(this.evaluate(node.type === 'SpreadElement' ? node.argument : node, scope)));
    return value;
  }

  private compute(node: Node, scope: Scope): Value | undefined {
    switch (node.type) {
      case 'Identifier': {
        const binding = lookup(scope, node.name);
        if (!binding) return undefined;
        if (this.state.has(binding)) return this.state.get(binding);
        if (binding.imported !== undefined) return undefined;
        const name = binding.init && sourceByName(canonicalName(node, scope, this.scopes) ?? '', undefined);
        if (name && binding.scope.within !== this.frame.fn) return this.source(name, node);
        return binding.scope.within === this.frame.fn ? undefined : this.ever.get(binding);
      }
      case 'MemberExpression':
      case 'OptionalMemberExpression': {
        const last = propertyName(node);
        const named = last !== undefined && mayBeSource(last) ? canonicalName(node, scope, this.scopes) : undefined;
        const source = named && sourceByName(named, writtenName(node));
        const object = this.evaluate(node.object, scope);
        if (node.computed) this.evaluate(node.property, scope);
        if (source) return this.source(source, node);
        const name = propertyName(node);
        if (unwrap(node.object).type === 'ThisExpression')
          return name && scope.self ? this.ever.get(`${scope.self.start} ${name}`) : undefined;
        return name === undefined ? flat(object) : this.read(object, name, node);
      }
      case 'CallExpression':
      case 'OptionalCallExpression':
      case 'NewExpression':
        return this.callExpression(node, scope);
      case 'BinaryExpression': {
        // A long chain of `+` leans to the left.
        const parts: Node[] = [];
        let at: Node = node;
        while (at.type === 'BinaryExpression' && (at === node || !this.flows.has(at)) && at.operator === node.operator) {
          parts.push(at.right);
          at = unwrap(at.left);
        }
        parts.push(at);
        parts.reverse();
        if (node.operator === '+') return this.concatenation(parts, scope);
        const value = this.all(parts, scope);
        return arithmetic.test(node.operator) ? undefined : value;
      }
      case 'LogicalExpression': {
        const left = this.evaluate(node.left, scope);
        const before = this.state;
        this.state = before.copy();
        if (node.operator !== '??') this.prove(node.left, node.operator === '&&', scope);
        const right = this.evaluate(node.right, scope);
        this.state = State.join(before, this.state);
        return node.operator === '&&' ? right : union(left, right);
      }
      case 'ConditionalExpression': {
        this.evaluate(node.test, scope);
        let value: Value | undefined;
        const way = (branch: Node, truth: boolean): boolean => {
          this.prove(node.test, truth, scope);
          value = union(value, this.evaluate(branch, scope));
          return false;
        };
        either(
          this,
          () => way(node.consequent, true),
          () => way(node.alternate, false),
        );
        return value;
      }
      case 'AssignmentExpression': {
        let value = this.evaluate(node.right, scope);
        if (node.operator !== '=') {
          const before = this.evaluate(node.left, scope);
          if (node.operator === '+=') value = concatenated([node.left, node.right], [before, value], scope);
          else value = /^(?:\|\|=|&&=|\?\?=)$/.test(node.operator) ? union(flat(before), value) : undefined;
        } else if (isMember(node.left)) {
          this.evaluate(node.left.object, scope);
          if (node.left.computed) this.evaluate(node.left.property, scope);
        }
        this.assign(node.left, value, scope, node.right);
        return value;
      }
      case 'TemplateLiteral':
        return this.concatenation(templateParts(node), scope);
      case 'TaggedTemplateExpression': {
        const value = this.all(node.quasi.expressions, scope);
        const name = canonicalName(node.tag, scope, this.scopes);
        const fn = functionOf(node.tag, scope, this.scopes);
        if (fn)
          return this.call(
            fn,
            [undefined, ...node.quasi.expressions.map((e) => this.values.get(unwrap(e)))],
            [],
            scope,
            lastName(node.tag) ?? 'the tag',
          );
        return name === 'String.raw' ? value : undefined;
      }
      case 'ObjectExpression':
        return this.object(node, scope);
      case 'ArrayExpression':
        return this.concatenation(itemsOf(node), scope);
      case 'SequenceExpression': {
        let value: Value | undefined;
        for (const expression of node.expressions) value = this.evaluate(expression, scope);
        return value;
      }
      case 'AwaitExpression':
        return this.evaluate(node.argument, scope);
      case 'YieldExpression': {
        const value = node.argument ? this.evaluate(node.argument, scope) : undefined;
        this.frame.summary.returns = union(this.frame.summary.returns, flat(value));
        return undefined;
      }
      case 'SpreadElement':
        return this.evaluate(node.argument, scope);
      case 'UnaryExpression':
      case 'UpdateExpression':
        this.evaluate(node.argument, scope);
        return undefined;
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        this.summaryOf(node, scope);
        return undefined;
      case 'ClassExpression':
        classBody(node, scope, this);
        return undefined;
      default:
        return this.children(node, scope);
    }
  }

  /** The value of parts written one after the other. */
  private concatenation(parts: readonly Node[], scope: Scope): Value | undefined {
    const values = parts.map((part) => this.evaluate(part, scope));
    return concatenated(parts, values, scope);
  }

  /** JSX and whatever else holds expressions. */
  private children(node: Node, scope: Scope): Value | undefined {
    for (const key of keysOf(node.type)) {
      const value = child(node, key);
      if (Array.isArray(value)) this.all(value as readonly (Node | null)[], scope);
      else if (value) {
        const inner = this.evaluate(value as Node, scope);
        if (node.type === 'JSXExpressionContainer') return inner;
      }
    }
    return undefined;
  }

  private callExpression(node: CallNode, scope: Scope): Value | undefined {
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
    for (const [i, argument] of node.arguments.entries()) {
      const value = argument.type === 'SpreadElement' ? this.evaluate(argument.argument, scope) : this.evaluate(argument, scope);
      args.push(value);
      const given = i === 0 || method === 'then' ? functionOf(argument, scope, this.scopes) : undefined;
      if (callback && given) {
        const items = flat(receiver);
        const parameters = given.params.map((_, p) => (callback.takes.includes(p) ? items : undefined));
        const returned = this.call(given, parameters, [], scope, `${method} callback`);
        if (callback.returns) result = union(result, returned);
      }
    }
    const name = mayBeSource(`${lastName(callee) ?? ''}()`) ? canonicalName(node, scope, this.scopes) : undefined;
    const source = name && sourceByName(name, undefined);
    if (source) return this.source(source, node);
    if (fn) return this.call(fn, args, node.arguments, scope, lastName(callee) ?? 'the function');
    if (node.type === 'NewExpression' && callee.type === 'Identifier') {
      const made = lookup(scope, callee.name)?.node;
      const constructor = made?.type === 'ClassDeclaration' ? this.scopes.methods.get(made)?.get('constructor') : undefined;
      if (constructor) return void this.call(constructor, args, node.arguments, scope, callee.name);
    }
    const foreign = this.foreignOf(callee, scope);
    if (foreign) return applied(foreign, args, node, lastName(callee) ?? 'the function', (end, taint) => this.reach(end, taint));
    if (callback && result) return union(result, callback.receiver ? flat(receiver) : undefined);
    if (callback && node.arguments[0] && functionOf(node.arguments[0], scope, this.scopes))
      return callback.receiver ? flat(receiver) : result;
    const everything = args.reduce((a, b) => union(a, flat(b)), undefined);
    const canonical = canonicalName(callee, scope, this.scopes);
    const effect = effectOf(canonical, method);
    if (effect === 'ends') return undefined;
    if (effect === 'passes') {
      const [target] = node.arguments;
      if (method === 'assign' && target && everything) this.fill(target, everything, scope, undefined);
      return union(sideBySide(canonical) ? concatenated(node.arguments, args, scope) : everything, flat(receiver));
    }
    if (method !== undefined && isMember(callee)) {
      if (fills(method) && everything) {
        this.fill(callee.object, everything, scope, undefined);
      }
      if (/^(?:replace|replaceAll|concat|join|padStart|padEnd|fill|with)$/.test(method)) {
        if (keepsWordsOnly(node.arguments[0])) return args[1];
        const inserted = args.some((arg) => arg?.taints.length);
        return inserted ? concatenated([callee.object, ...node.arguments], [receiver, ...args], scope) : flat(receiver);
      }
      return flat(called ?? (receiver?.carrier ? undefined : receiver));
    }
    return undefined;
  }

  private sink(match: Match): void {
    const here = match.bindings.get('HERE');
    const { node: place } = match.place;
    // A function of the project that is called as a library's: what it does is known.
    if (!here || (isCall(place) && this.foreignOf(unwrap(place.callee), match.place.scope))) return;
    const node = unwrap(here);
    let value = this.values.get(node) ?? (settledInit(node, match.place.scope) ? this.evaluate(node, match.place.scope) : undefined);
    // Of a parameterised query only the text can be injected into.
    const command = ['text', 'sql', 'query'].find((key) => value?.props?.has(key));
    if (command && node.type === 'ObjectExpression') value = value?.props?.get(command);
    for (const taint of value?.taints ?? []) this.reach(match, taint);
  }

  private reach(end: End, taint: Taint): void {
    this.sinks.reach(end, taint, (fn) => this.summaries.get(fn));
  }
}
