import type { File } from '@babel/types';
import { foreignFunctions } from './across.ts';
import { arithmetic } from './calls.ts';
import type { Foreign, Neighbourhood } from './foreign.ts';
import { functionOf } from './functions.ts';
import { provedBy } from './guards.ts';
import { depthLimit, Invocations, ofConstructor, parameter } from './invocations.ts';
import { canonicalName, lastName, settledInit } from './names.ts';
import { child, isCall, isMember, keysOf, propertyName, unwrap, type FunctionNode, type Node } from './nodes.ts';
import type { Match, QueryIndex } from './queries.ts';
import { lookup, type Scope, type Scopes } from './scopes.ts';
import type { Flow } from './sinks.ts';
import { mayBeSource, sourceByName } from './sources.ts';
import { State } from './state.ts';
import { classBody, either, execute, type Machine } from './statements.ts';
import { concatenated, itemsOf, templateParts } from './text.ts';
import { asText, cleaned, flat, nothing, tainted, union, type Label, type Value } from './values.ts';

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

class Interpreter extends Invocations implements Machine {
  /** Whether reading a property may run a function of this file. */
  private readonly getters = [...this.scopes.parents.keys()].some(isGetter);

  run(program: File): readonly Flow[] {
    this.statements(program.program.body, this.scopes.root);
    for (const fn of this.scopes.parents.keys()) this.summaryOf(fn, this.scopes.inside.get(fn)?.parent ?? this.scopes.root);
    return this.sinks.found;
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
        if (!binding) return node.name === 'arguments' && this.frame.fn ? argumentsOf(this.frame.fn) : undefined;
        if (this.state.has(binding)) return this.state.get(binding);
        if (binding.imported !== undefined) return undefined;
        const name = binding.init && binding.scope.within !== this.frame.fn ? sourceByName(node, scope, this.scopes) : undefined;
        if (name) return this.source(name, node);
        return binding.scope.within === this.frame.fn ? undefined : this.ever.get(binding);
      }
      case 'MemberExpression':
      case 'OptionalMemberExpression': {
        const last = propertyName(node);
        const source = last !== undefined && mayBeSource(last) ? sourceByName(node, scope, this.scopes) : undefined;
        const object = this.evaluate(node.object, scope);
        if (node.computed) this.evaluate(node.property, scope);
        if (source) return this.source(source, node);
        const name = propertyName(node);
        if (unwrap(node.object).type === 'ThisExpression') return name ? this.getField(scope, name) : undefined;
        if (name !== undefined && isMember(unwrap(node.object)) && /^(?:locals|state)$/.test(lastName(node.object) ?? '')) {
          const shared = this.shared(name);
          if (shared) return shared;
        }
        const getter = name !== undefined && this.getters ? functionOf(node, scope, this.scopes) : undefined;
        if (isGetter(getter)) {
          const value = this.call(getter, [], [], scope, name!);
          return value?.taints.some(ofConstructor) ? union(value, flat(object)) : value;
        }
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
        if (node.operator === '+') return asText(this.concatenation(parts, scope));
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
        return asText(this.concatenation(templateParts(node), scope));
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
      case 'ArrayExpression': {
        const value = this.concatenation(itemsOf(node), scope);
        if (!value || node.elements.some((item) => item?.type === 'SpreadElement')) return value;
        const items = node.elements.map((item, i) => [String(i), item ? this.values.get(unwrap(item)) : undefined] as const);
        return { taints: value.taints, rest: [], props: new Map(items) };
      }
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
}

/** `arguments` of a function: its parameters by position. */
function argumentsOf(fn: FunctionNode): Value {
  const items = [0, 1, 2, 3].map((index) => [String(index), tainted([parameter(fn, index)])] as const);
  const taints = items.flatMap(([, value]) => value!.taints);
  return { taints, rest: taints, props: new Map(items) };
}

const isGetter = (fn: FunctionNode | undefined): fn is FunctionNode =>
  (fn?.type === 'ClassMethod' || fn?.type === 'ObjectMethod') && fn.kind === 'get';
