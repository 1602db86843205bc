import type { ObjectExpression } from '@babel/types';
import { isMember, keyName, propertyName, unwrap, type FunctionNode, type Node } from './nodes.ts';
import { rootOf, writtenName } from './names.ts';
import { classOf, madeBy } from './functions.ts';
import { lookup, type Binding, type Scope, type Scopes } from './scopes.ts';
import { readCarrier, isCarrier, sources, type SourceName } from './sources.ts';
import { State } from './state.ts';
import { flat, nothing, outOf, tainted, through, under, union, type Step, type Value } from './values.ts';

/** Variables, properties and fields, and how values get in and out of them. */
export abstract class Memory {
  state = new State();
  /** Everything a variable or field ever held, for functions that run at another time. */
  protected readonly ever = new Map<Binding | string, Value | undefined>();

  private constructors: Map<FunctionNode, FunctionNode> | undefined;

  abstract readonly scopes: Scopes;
  abstract evaluate(node: Node, scope: Scope): Value | undefined;
  abstract summaryOf(fn: FunctionNode, outer: Scope): unknown;

  protected source(name: SourceName, node: Node): Value | undefined {
    const step: Step = { node, message: `${sources[name]} enters here` };
    return tainted([{ label: { kind: 'source', name }, origin: node, trace: [step], clean: nothing }]);
  }

  setField(scope: Scope, name: string, value: Value | undefined): void {
    const owner = value && this.ownerOf(scope);
    if (!owner) return;
    const key = `${owner.start} ${name}`;
    this.ever.set(key, union(this.ever.get(key), value));
  }

  /** `this.name`, of the class or one that it extends. */
  protected getField(scope: Scope, name: string): Value | undefined {
    let owner: Node | undefined = this.ownerOf(scope);
    let value: Value | undefined;
    for (let depth = 0; owner && depth < 5; depth++) {
      value = union(value, this.ever.get(`${owner.start} ${name}`));
      owner = 'superClass' in owner && owner.superClass ? classOf(owner.superClass, scope) : undefined;
    }
    return value;
  }

  /** What `this` is an instance of: a class, or a constructor function. */
  private ownerOf(scope: Scope): Node | undefined {
    if (scope.self) return scope.self;
    let at: Scope | undefined = scope;
    while (at?.within?.type === 'ArrowFunctionExpression') at = this.scopes.inside.get(at.within)?.parent;
    return at?.within && this.constructorOf(at.within);
  }

  /** The constructor function that a function is, or is a method of. */
  protected constructorOf(fn: FunctionNode): FunctionNode | undefined {
    if (!this.constructors) {
      this.constructors = new Map();
      for (const [of, methods] of madeBy(this.scopes)) {
        this.constructors.set(of, of);
        for (const method of methods.values()) this.constructors.set(method, of);
      }
    }
    return this.constructors.get(fn);
  }

  assign(target: Node, value: Value | undefined, scope: Scope, from?: Node): void {
    target = unwrap(target);
    switch (target.type) {
      case 'Identifier': {
        const binding = lookup(scope, target.name);
        this.state.forget(target.name);
        if (!binding) return;
        const kept = from && value?.taints.length ? through(value, { node: target, message: `stored in \`${target.name}\`` }) : value;
        if (kept || this.state.has(binding)) this.state.set(binding, kept);
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

  /** `for await (const chunk of req)`: a request is read piece by piece. */
  pieces(value: Value | undefined, at: Node): Value | undefined {
    return value?.carrier === 'request' ? this.source('user-input', at) : flat(value);
  }

  /** What a handler has put where the ones after it find it: `req.code`, `res.locals.code`, `ctx.state.code`. */
  protected shared(name: string): Value | undefined {
    return this.ever.get(`shared ${name}`);
  }

  private share(target: Node, name: string, value: Value | undefined): void {
    const taints = value?.taints.filter(({ label }) => label.kind !== 'param');
    if (!taints?.length || !isMember(target)) return;
    const key = `shared ${name}`;
    this.ever.set(key, union(this.ever.get(key), tainted(taints)));
  }

  /** Puts a value under a key of its own: `map.set('name', value)`. */
  protected put(object: Node, key: string, value: Value | undefined, scope: Scope): void {
    const target = unwrap(object);
    const binding = target.type === 'Identifier' ? lookup(scope, target.name) : undefined;
    const before = binding && this.state.get(binding);
    if (!binding || (before && !before.props)) return this.fill(object, flat(value), scope, undefined);
    const after = union(before, value && { taints: value.taints, rest: [] })!;
    this.state.set(binding, { ...after, rest: before?.rest ?? [], props: new Map([...(before?.props ?? []), [key, value]]) });
    this.ever.set(binding, union(this.ever.get(binding), this.state.get(binding)));
  }

  /** Puts a value into a property of the object at the root of a member expression. */
  protected fill(target: Node, value: Value | undefined, scope: Scope, name: string | undefined): void {
    const root = rootOf(target);
    if (root.type !== 'Identifier') return;
    const binding = lookup(scope, root.name);
    if (!binding) return;
    const before = this.state.get(binding);
    if (!value && !before) return;
    if (name !== undefined && (before?.carrier === 'request' || /\.(?:locals|state)\.[\w$]+$/.test(writtenName(target) ?? '')))
      this.share(target, name, value);
    const direct = isMember(target) && unwrap(target.object) === root && name !== undefined;
    let after = union(before, value ? { ...value, rest: direct ? [] : value.rest } : undefined);
    if (direct && after) after = { ...after, props: new Map([...(before?.props ?? []), [name, value]]) };
    this.state.set(binding, after);
    if (after) this.ever.set(binding, union(this.ever.get(binding), after));
  }

  /** A property of a value. */
  protected read(value: Value | undefined, name: string, at: Node): Value | undefined {
    if (!value) return undefined;
    if (value.carrier) {
      const read = readCarrier(value.carrier, name);
      if (read) return isCarrier(read) ? tainted([], read) : this.source(read, at);
    }
    if (name === 'length') return undefined;
    if (value.props?.has(name)) return value.props.get(name);
    if (value.carrier === 'request') return this.shared(name);
    return tainted(outOf(value.props ? value.rest : value.taints));
  }

  /** The value of an object literal, by property. */
  protected object(node: ObjectExpression, scope: Scope): Value | undefined {
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
        value = union(value, name === undefined ? flat(own) : under(name, own));
      }
    }
    value = union(value, rest);
    return value && { taints: value.taints, rest: rest?.taints ?? [], props };
  }
}
