import type { File } from '@babel/types';
import type { Related, SourceDocument } from '../engine/types.ts';
import { callbackOf, effectOf, fills } from './calls.ts';
import { provedBy } from './guards.ts';
import { canonicalName, lastName, rootOf, settledInit, writtenName } from './names.ts';
import {
  child,
  isCall,
  isFunction,
  isMember,
  keyName,
  keysOf,
  propertyName,
  unwrap,
  type CallNode,
  type FunctionNode,
  type Node,
} from './nodes.ts';
import type { Match, QueryIndex } from './queries.ts';
import { lookup, type Binding, type Scope, type Scopes } from './scopes.ts';
import { carriedBy, readCarrier, sourceByName, sources, type Carrier, type SourceName } from './sources.ts';
import { cleaned, flat, nothing, tainted, through, union, type Label, type Step, type Taint, type Value } from './values.ts';

/** A source that reaches a sink. */
export interface Flow {
  readonly match: Match;
  readonly source: Node;
  /** From the source to the sink. */
  readonly related: readonly Related[];
}

/** Follows values from sources to sinks through one file: each function once, with what its parameters lead to as a summary. */
export function taints(
  document: SourceDocument,
  program: File,
  scopes: Scopes,
  index: QueryIndex,
  flows: ReadonlyMap<Node, readonly Match[]>,
): readonly Flow[] {
  const interpreter = new Interpreter(document, scopes, index, flows);
  interpreter.run(program);
  return interpreter.found;
}

interface Summary {
  returns: Value | undefined;
  /** Parameters that reach a sink. */
  readonly sinks: { readonly index: number; readonly match: Match; readonly taint: Taint }[];
}

/** The variables at one point of a function. */
interface State {
  readonly vars: Map<Binding, Value | undefined>;
  /** Expressions, as written, that a condition has proved harmless. */
  readonly safe: Set<string>;
}

interface Frame {
  readonly fn: FunctionNode | undefined;
  readonly summary: Summary;
  loops: number;
}

const depthLimit = 250;
const carriers: ReadonlySet<string> = new Set<Carrier>(['request', 'context', 'event', 'message']);
const isCarrier = (read: SourceName | Carrier): read is Carrier => carriers.has(read);
const arithmetic = /^(?:[-*/%&|^]|\*\*|<<|>>>?|[=!]==?|[<>]=?|in|instanceof)$/;

class Interpreter {
  readonly found: Flow[] = [];
  private readonly text: string;
  private readonly document: SourceDocument;
  private readonly scopes: Scopes;
  private readonly index: QueryIndex;
  private readonly flows: ReadonlyMap<Node, readonly Match[]>;
  private readonly summaries = new Map<FunctionNode, Summary>();
  /** Everything a variable or field ever held, for functions that run at another time. */
  private readonly ever = new Map<Binding | string, Value | undefined>();
  /** The latest value of each node that has one, for sinks. */
  private readonly values = new Map<Node, Value>();
  private readonly reported = new Set<Match>();
  private frame: Frame = { fn: undefined, summary: { returns: undefined, sinks: [] }, loops: 0 };
  private state: State = { vars: new Map(), safe: new Set() };
  private depth = 0;
  /** Bounds the whole run; loops and branches look at nodes more than once. */
  private left: number;

  constructor(document: SourceDocument, scopes: Scopes, index: QueryIndex, flows: ReadonlyMap<Node, readonly Match[]>) {
    this.document = document;
    this.text = document.text;
    this.scopes = scopes;
    this.index = index;
    this.flows = flows;
    this.left = 50_000 + document.text.length * 4;
  }

  run(program: File): void {
    this.statements(program.program.body, this.scopes.root);
    for (const fn of this.scopes.parents.keys()) this.summaryOf(fn, this.scopes.inside.get(fn)?.parent ?? this.scopes.root);
  }

  // ------------------------------------------------------------------------------------------ functions

  private summaryOf(fn: FunctionNode, outer: Scope): Summary {
    const known = this.summaries.get(fn);
    if (known) return known;
    const summary: Summary = { returns: undefined, sinks: [] };
    this.summaries.set(fn, summary);
    const scope = this.scopes.inside.get(fn) ?? outer;
    const { frame, state, depth } = this;
    if (depth > depthLimit) return summary;
    this.frame = { fn, summary, loops: 0 };
    this.state = { vars: new Map(state.vars), safe: new Set(state.safe) };
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
    for (const { index, match, taint } of [...sinks]) {
      for (const outer of argument(index)?.taints ?? []) {
        this.reach(match, { ...outer, trace: [...outer.trace, ...taint.trace], clean: both(outer.clean, taint.clean) });
      }
    }
    if (!returns) return undefined;
    const taints: Taint[] = [];
    for (const taint of returns.taints) {
      if (taint.label.kind !== 'param' || taint.label.of !== fn) taints.push(taint);
      else for (const outer of argument(taint.label.index)?.taints ?? []) taints.push({ ...outer, clean: both(outer.clean, taint.clean) });
    }
    return tainted(taints, returns.carrier);
  }

  /** The function of this file that an expression stands for. */
  private functionOf(node: Node, scope: Scope, depth = 0): FunctionNode | undefined {
    node = unwrap(node);
    if (isFunction(node)) return node;
    if (depth > 5) return undefined;
    if (node.type === 'Identifier') {
      const binding = lookup(scope, node.name);
      if (binding?.kind === 'function') return isFunction(binding.node) ? binding.node : undefined;
      if (!binding?.init || binding.path.length || binding.writes) return undefined;
      return this.functionOf(binding.init, binding.initScope ?? scope, depth + 1);
    }
    if (isMember(node)) {
      const name = propertyName(node);
      if (name === undefined) return undefined;
      const object = unwrap(node.object);
      if (object.type === 'ThisExpression') return scope.self && this.scopes.methods.get(scope.self)?.get(name);
      if (object.type !== 'Identifier') return undefined;
      const binding = lookup(scope, object.name);
      if (binding?.kind === 'class' && binding.node.type === 'ClassDeclaration') return this.scopes.methods.get(binding.node)?.get(name);
      const init = binding?.init && !binding.writes && !binding.path.length ? unwrap(binding.init) : undefined;
      if (init?.type === 'NewExpression' && init.callee.type === 'Identifier') {
        const made = lookup(binding!.initScope ?? scope, init.callee.name)?.node;
        return made?.type === 'ClassDeclaration' ? this.scopes.methods.get(made)?.get(name) : undefined;
      }
      if (init?.type !== 'ObjectExpression') return undefined;
      for (const property of init.properties) {
        if (property.type === 'SpreadElement' || keyName(property.key, property.computed) !== name) continue;
        if (property.type === 'ObjectMethod') return property;
        return this.functionOf(property.value, binding!.initScope ?? scope, depth + 1);
      }
    }
    return undefined;
  }

  // ----------------------------------------------------------------------------------------- statements

  /** Runs statements in order; true when control does not come out at the end. */
  private statements(body: readonly Node[], scope: Scope): boolean {
    for (const statement of body) if (this.statement(statement, scope)) return true;
    return false;
  }

  private statement(node: Node, scope: Scope): boolean {
    if (this.depth > depthLimit || this.left-- <= 0) return false;
    this.depth++;
    const leaves = this.execute(node, scope);
    this.depth--;
    return leaves;
  }

  private execute(node: Node, scope: Scope): boolean {
    const inner = this.scopes.inside.get(node) ?? scope;
    switch (node.type) {
      case 'ExpressionStatement':
        this.evaluate(node.expression, scope);
        return false;
      case 'VariableDeclaration':
        for (const { id, init } of node.declarations) if (init) this.assign(id, this.evaluate(init, scope), scope, init);
        return false;
      case 'ReturnStatement':
        if (node.argument) this.frame.summary.returns = union(this.frame.summary.returns, this.evaluate(node.argument, scope));
        return true;
      case 'ThrowStatement':
        this.evaluate(node.argument, scope);
        return true;
      case 'BreakStatement':
      case 'ContinueStatement':
        return true;
      case 'BlockStatement':
      case 'StaticBlock':
      case 'TSModuleBlock':
        return this.statements(node.body, inner);
      case 'IfStatement': {
        this.evaluate(node.test, scope);
        const [thenLeaves, elseLeaves] = this.either(
          () => {
            this.prove(node.test, true, scope);
            return this.statement(node.consequent, scope);
          },
          () => {
            this.prove(node.test, false, scope);
            return node.alternate ? this.statement(node.alternate, scope) : false;
          },
        );
        return thenLeaves && elseLeaves;
      }
      case 'ForStatement':
        if (node.init) this.statementOrExpression(node.init, inner);
        this.loop(() => {
          if (node.test) this.evaluate(node.test, inner);
          this.statement(node.body, inner);
          if (node.update) this.evaluate(node.update, inner);
        });
        return false;
      case 'ForOfStatement':
      case 'ForInStatement': {
        const items = this.evaluate(node.right, scope);
        const target = node.left.type === 'VariableDeclaration' ? node.left.declarations[0]?.id : node.left;
        this.loop(() => {
          if (target) this.assign(target, flat(items), inner);
          this.statement(node.body, inner);
        });
        return false;
      }
      case 'WhileStatement':
      case 'DoWhileStatement':
        this.loop(() => {
          this.evaluate(node.test, scope);
          this.statement(node.body, scope);
        });
        return false;
      case 'TryStatement': {
        const [leaves] = this.either(
          () => this.statement(node.block, scope),
          () => (node.handler ? this.statement(node.handler.body, this.scopes.inside.get(node.handler) ?? scope) : false),
        );
        const ends = node.finalizer ? this.statement(node.finalizer, scope) : false;
        return ends || (leaves && !node.handler);
      }
      case 'SwitchStatement': {
        this.evaluate(node.discriminant, scope);
        const subject = unwrap(node.discriminant);
        const before = this.state;
        let after: State | undefined;
        for (const { test, consequent } of node.cases) {
          this.state = copy(before);
          if (test) this.state.safe.add(this.text.slice(subject.start!, subject.end!));
          this.statements(consequent, inner);
          after = after ? joined(after, this.state) : this.state;
        }
        this.state = after ? joined(before, after) : before;
        return false;
      }
      case 'LabeledStatement':
        this.statement(node.body, scope);
        return false;
      case 'ExportNamedDeclaration':
      case 'ExportDefaultDeclaration':
        if (node.declaration) this.statementOrExpression(node.declaration, scope);
        return false;
      case 'TSExportAssignment':
        this.evaluate(node.expression, scope);
        return false;
      case 'TSModuleDeclaration':
        this.statement(node.body, scope);
        return false;
      case 'FunctionDeclaration':
        // When nothing has called it by the end, `run` looks at it; here it would not know the variables set later.
        if (this.frame.fn) this.summaryOf(node, scope);
        return false;
      case 'ClassDeclaration':
        this.classBody(node, scope);
        return false;
      default:
        return false;
    }
  }

  private statementOrExpression(node: Node, scope: Scope): void {
    if (/(?:Statement|Declaration)$/.test(node.type)) this.statement(node, scope);
    else this.evaluate(node, scope);
  }

  private classBody(node: Extract<Node, { type: 'ClassDeclaration' | 'ClassExpression' }>, scope: Scope): void {
    const inner = this.scopes.inside.get(node) ?? scope;
    if (node.superClass) this.evaluate(node.superClass, scope);
    for (const member of node.body.body) {
      if (member.type === 'ClassMethod' || member.type === 'ClassPrivateMethod') this.summaryOf(member, inner);
      else if (member.type === 'StaticBlock') this.statement(member, inner);
      else if ('value' in member && member.value) {
        const value = this.evaluate(member.value, inner);
        const name = keyName(member.key, 'computed' in member && member.computed);
        if (name) this.setField(inner, name, value);
      }
    }
  }

  /** Runs two ways from the same state and joins what they leave behind; a way that leaves does not count. */
  private either(first: () => boolean, second: () => boolean): [boolean, boolean] {
    const before = this.state;
    this.state = copy(before);
    const firstLeaves = first();
    const one = this.state;
    this.state = copy(before);
    const secondLeaves = second();
    if (!firstLeaves && !secondLeaves) this.state = joined(one, this.state);
    else if (secondLeaves) this.state = firstLeaves ? before : one;
    return [firstLeaves, secondLeaves];
  }

  private loop(body: () => void): void {
    this.frame.loops++;
    // A second time for what the first leaves behind; not in the depths, where it would multiply.
    for (let i = 0; i < (this.frame.loops > 2 ? 1 : 2); i++) {
      const before = copy(this.state);
      body();
      this.state = joined(before, this.state);
    }
    this.frame.loops--;
  }

  private prove(test: Node, truth: boolean, scope: Scope): void {
    for (const written of provedBy(test, truth, this.text, scope, this.scopes)) this.state.safe.add(written);
  }

  // --------------------------------------------------------------------------------------------- values

  private source(name: SourceName, node: Node): Value | undefined {
    const step: Step = { node, message: `${sources[name]} enters here` };
    return tainted([{ label: { kind: 'source', name }, origin: node, trace: [step], clean: nothing }]);
  }

  private setField(scope: Scope, name: string, value: Value | undefined): void {
    if (!scope.self || !value) return;
    const key = `${scope.self.start} ${name}`;
    this.ever.set(key, union(this.ever.get(key), value));
  }

  private assign(target: Node, value: Value | undefined, scope: Scope, from?: Node): void {
    target = unwrap(target);
    switch (target.type) {
      case 'Identifier': {
        const binding = lookup(scope, target.name);
        for (const written of this.state.safe) {
          if (written === target.name || written.startsWith(`${target.name}.`)) this.state.safe.delete(written);
        }
        // A harmless expression stays harmless under another name.
        if (!binding) return;
        const kept = from && value?.taints.length ? through(value, { node: target, message: `stored in \`${target.name}\`` }) : value;
        if (kept || this.state.vars.has(binding)) this.state.vars.set(binding, kept);
        if (kept) this.ever.set(binding, union(this.ever.get(binding), kept));
        return;
      }
      case 'ObjectPattern': {
        const listed = new Set<string>();
        for (const property of target.properties) {
          if (property.type === 'RestElement') {
            this.assign(property.argument, value, scope);
            continue;
          }
          const name = keyName(property.key, property.computed);
          if (name) listed.add(name);
          this.assign(property.value, name === undefined ? flat(value) : this.read(value, name, property.key), scope);
        }
        return;
      }
      case 'ArrayPattern':
        for (const [i, element] of target.elements.entries())
          if (element) this.assign(element, this.read(value, String(i), element), scope);
        return;
      case 'AssignmentPattern':
        this.assign(target.left, union(value, this.evaluate(target.right, scope)), scope);
        return;
      case 'RestElement':
        this.assign(target.argument, flat(value), scope);
        return;
      case 'MemberExpression': {
        const name = propertyName(target);
        if (unwrap(target.object).type === 'ThisExpression') {
          if (name) this.setField(scope, name, value);
          return;
        }
        this.fill(target, value, scope, name);
        return;
      }
    }
  }

  /** Puts a value into a property of the object at the root of a member expression. */
  private fill(target: Node, value: Value | undefined, scope: Scope, name: string | undefined): void {
    const root = rootOf(target);
    if (root.type !== 'Identifier') return;
    const binding = lookup(scope, root.name);
    if (!binding) return;
    const before = this.state.vars.get(binding);
    if (!value && !before) return;
    const direct = isMember(target) && unwrap(target.object) === root && name !== undefined;
    let after = union(before, value ? { ...value, rest: direct ? [] : value.rest } : undefined);
    if (direct && after) after = { ...after, props: new Map([...(before?.props ?? []), [name, value]]) };
    this.state.vars.set(binding, after);
    if (after) this.ever.set(binding, union(this.ever.get(binding), after));
  }

  /** A property of a value. */
  private read(value: Value | undefined, name: string, at: Node): Value | undefined {
    if (!value) return undefined;
    if (value.carrier) {
      const read = readCarrier(value.carrier, name);
      if (read) return isCarrier(read) ? tainted([], read) : this.source(read, at);
    }
    if (name === 'length') return undefined;
    if (value.props?.has(name)) return value.props.get(name);
    return tainted(value.props ? value.rest : value.taints);
  }

  private evaluate(node: Node, scope: Scope): Value | undefined {
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
    if (value && this.state.safe.size && this.state.safe.has(this.text.slice(node.start!, node.end!))) value = undefined;
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
        if (this.state.vars.has(binding)) return this.state.vars.get(binding);
        if (binding.imported !== undefined) return undefined;
        const name = binding.init && sourceByName(canonicalName(node, scope, this.scopes) ?? '', undefined);
        if (name && binding.scope.within !== this.frame.fn) return this.source(name, node);
        return binding.scope.within === this.frame.fn ? undefined : this.ever.get(binding);
      }
      case 'MemberExpression':
      case 'OptionalMemberExpression': {
        const named = canonicalName(node, scope, this.scopes);
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
        const value = this.all(parts.reverse(), scope);
        return arithmetic.test(node.operator) ? undefined : value;
      }
      case 'LogicalExpression': {
        const left = this.evaluate(node.left, scope);
        const before = this.state;
        this.state = copy(before);
        if (node.operator !== '??') this.prove(node.left, node.operator === '&&', scope);
        const right = this.evaluate(node.right, scope);
        this.state = joined(before, this.state);
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
        this.either(
          () => way(node.consequent, true),
          () => way(node.alternate, false),
        );
        return value;
      }
      case 'AssignmentExpression': {
        let value = this.evaluate(node.right, scope);
        if (node.operator !== '=') {
          const before = this.evaluate(node.left, scope);
          value = /^(?:\+=|\|\|=|&&=|\?\?=)$/.test(node.operator) ? union(flat(before), value) : undefined;
        } else if (isMember(node.left)) {
          this.evaluate(node.left.object, scope);
          if (node.left.computed) this.evaluate(node.left.property, scope);
        }
        this.assign(node.left, value, scope, node.right);
        return value;
      }
      case 'TemplateLiteral':
        return this.all(node.expressions, scope);
      case 'TaggedTemplateExpression': {
        const value = this.all(node.quasi.expressions, scope);
        const name = canonicalName(node.tag, scope, this.scopes);
        const fn = this.functionOf(node.tag, scope);
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
      case 'ObjectExpression': {
        const props = new Map<string, Value | undefined>();
        let value: Value | undefined;
        let rest: Value | undefined;
        for (const property of node.properties) {
          if (property.type === 'SpreadElement') {
            const spread = this.evaluate(property.argument, scope);
            rest = union(rest, flat(spread));
          } else if (property.type === 'ObjectMethod') this.summaryOf(property, scope);
          else {
            if (property.computed) this.evaluate(property.key, scope);
            const own = this.evaluate(property.value, scope);
            const name = keyName(property.key, property.computed);
            if (name === undefined) rest = union(rest, flat(own));
            else props.set(name, own);
            value = union(value, flat(own));
          }
        }
        value = union(value, rest);
        return value && { taints: value.taints, rest: rest?.taints ?? [], props };
      }
      case 'ArrayExpression':
        return this.all(node.elements, scope);
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
        this.classBody(node, scope);
        return undefined;
      default:
        return this.children(node, scope);
    }
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
    const fn = this.functionOf(callee, scope);
    const callback = method !== undefined && !fn ? callbackOf(method) : undefined;
    const args: (Value | undefined)[] = [];
    let result: Value | undefined;
    for (const [i, argument] of node.arguments.entries()) {
      const value = argument.type === 'SpreadElement' ? this.evaluate(argument.argument, scope) : this.evaluate(argument, scope);
      args.push(value);
      const given = i === 0 || method === 'then' ? this.functionOf(argument, scope) : undefined;
      if (callback && given) {
        const items = flat(receiver);
        const parameters = given.params.map((_, p) => (callback.takes.includes(p) ? items : undefined));
        const returned = this.call(given, parameters, [], scope, `${method} callback`);
        if (callback.returns) result = union(result, returned);
      }
    }
    const name = canonicalName(node, scope, this.scopes);
    const source = name && sourceByName(name, undefined);
    if (source) return this.source(source, node);
    if (fn) return this.call(fn, args, node.arguments, scope, lastName(callee) ?? 'the function');
    if (node.type === 'NewExpression' && callee.type === 'Identifier') {
      const made = lookup(scope, callee.name)?.node;
      const constructor = made?.type === 'ClassDeclaration' ? this.scopes.methods.get(made)?.get('constructor') : undefined;
      if (constructor) return void this.call(constructor, args, node.arguments, scope, callee.name);
    }
    if (callback && result) return union(result, callback.receiver ? flat(receiver) : undefined);
    if (callback && node.arguments[0] && this.functionOf(node.arguments[0], scope)) return callback.receiver ? flat(receiver) : result;
    const everything = args.reduce((a, b) => union(a, flat(b)), undefined);
    const effect = effectOf(canonicalName(callee, scope, this.scopes), method);
    if (effect === 'ends') return undefined;
    if (effect === 'passes') {
      const [target] = node.arguments;
      if (method === 'assign' && target && everything) this.fill(target, everything, scope, undefined);
      return union(everything, flat(receiver));
    }
    if (method !== undefined && isMember(callee)) {
      if (fills(method) && everything) {
        this.fill(callee.object, everything, scope, undefined);
        if (method === 'concat') return union(flat(receiver), everything);
      }
      if (/^(?:replace|replaceAll|concat|join|padStart|padEnd|fill|with)$/.test(method)) return union(flat(receiver), everything);
      return flat(called ?? (receiver?.carrier ? undefined : receiver));
    }
    return undefined;
  }

  // ---------------------------------------------------------------------------------------------- sinks

  private sink(match: Match): void {
    const here = match.bindings.get('HERE');
    if (!here) return;
    const node = unwrap(here);
    let value = this.values.get(node) ?? (settledInit(node, match.place.scope) ? this.evaluate(node, match.place.scope) : undefined);
    // Of a parameterised query only the text can be injected into.
    const command = ['text', 'sql', 'query'].find((key) => value?.props?.has(key));
    if (command && node.type === 'ObjectExpression') value = value?.props?.get(command);
    for (const taint of value?.taints ?? []) this.reach(match, taint);
  }

  private reach(match: Match, taint: Taint): void {
    const { query } = match;
    const { label } = taint;
    if (taint.clean.has(query)) return;
    if (label.kind === 'param') {
      const summary = this.summaries.get(label.of);
      if (summary && summary.sinks.length < 200 && !summary.sinks.some((s) => s.match === match && s.index === label.index)) {
        summary.sinks.push({ index: label.index, match, taint });
      }
      return;
    }
    if (label.kind === 'query' ? label.query !== query : !this.index.compiled[query]!.from.has(label.name)) return;
    if (this.reported.has(match)) return;
    this.reported.add(match);
    const steps = [...taint.trace, { node: match.place.node, message: `reaches ${this.sinkName(match)} here` }];
    this.found.push({
      match,
      source: taint.origin,
      related: steps.map(({ node, message }) => ({ path: this.document.path, span: this.oneLine(node), message })),
    });
  }

  private sinkName({ place: { node, scope } }: Match): string {
    const named = isCall(node) ? node.callee : node.type === 'AssignmentExpression' ? node.left : node;
    const written = writtenName(named) ?? lastName(named);
    const name = canonicalName(named, scope, this.scopes) ?? written;
    return name && !name.includes('()') ? name : (written ?? 'the sink');
  }

  private oneLine(node: Node): { start: number; end: number } {
    const start = node.start!;
    const line = this.text.slice(start, node.end!).search(/[\r\n]/);
    return { start, end: line < 0 ? node.end! : start + line };
  }
}

const both = (a: ReadonlySet<number>, b: ReadonlySet<number>): ReadonlySet<number> => (!a.size ? b : !b.size ? a : new Set([...a, ...b]));

const copy = (state: State): State => ({ vars: new Map(state.vars), safe: new Set(state.safe) });

function joined(a: State, b: State): State {
  const vars = new Map(a.vars);
  for (const [binding, value] of b.vars) vars.set(binding, union(vars.get(binding), value));
  return { vars, safe: new Set([...a.safe].filter((written) => b.safe.has(written))) };
}
