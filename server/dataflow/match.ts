import { canonicalName, literalOf, rootOf, settledInit, staticValue, writtenName } from './names.ts';
import { child, isCall, isFunction, isMember, keyName, keysOf, propertyName, unwrap, type Node } from './nodes.ts';
import { absentKey, ellipsis, isEllipsis, metavariable, type Pattern } from './pattern.ts';
import { lookup, type Scope, type Scopes } from './scopes.ts';

/** What the metavariables of a pattern stand for. */
export type Bindings = Map<string, Node>;

export interface Subject {
  readonly text: string;
  readonly scopes: Scopes;
}

/**
 * The metavariables if the pattern matches the node, else undefined. `given` are bindings that must hold already; `local`
 * lets a name stand for a function of the file too (a sanitizer of one's own).
 */
export function matches(
  pattern: Pattern,
  node: Node,
  scope: Scope,
  subject: Subject,
  given?: Bindings,
  local = false,
): Bindings | undefined {
  const matcher = new Matcher(pattern, subject, given, local);
  return matcher.node(pattern.node, node, scope) ? matcher.bindings : undefined;
}

type List = readonly (Node | null)[];

class Matcher {
  private readonly pattern: Pattern;
  private readonly subject: Subject;
  private readonly given: Bindings | undefined;
  private readonly local: boolean;
  private bound: Bindings | undefined;
  private depth = 0;

  constructor(pattern: Pattern, subject: Subject, given: Bindings | undefined, local: boolean) {
    this.local = local;
    this.pattern = pattern;
    this.subject = subject;
    this.given = given;
  }

  /** Made at the first metavariable: most patterns fail before one. */
  get bindings(): Bindings {
    return (this.bound ??= new Map(this.given));
  }

  /** One pattern node against one node of the code, looked at through casts, optional chaining and constants. */
  node(pattern: Node, code: Node, scope: Scope): boolean {
    pattern = unwrap(pattern);
    code = unwrap(code);
    const variable = metavariable(pattern);
    if (variable !== undefined) return this.bind(variable, code);
    const name = this.pattern.names.get(pattern);
    if (name !== undefined) return this.named(name, code, scope);
    const literal = pattern.type === 'TemplateLiteral' && !isAnyText(pattern) ? undefined : literalOf(pattern);
    if (literal !== undefined) return sameLiteral(literal, staticValue(code, scope));
    if (this.same(pattern, code, scope) || this.brought(pattern, code, scope)) return true;
    if (this.depth > 3) return false;
    const init = settledInit(code, scope);
    if (!init) return false;
    this.depth++;
    const found = this.node(pattern, init.node, init.scope);
    this.depth--;
    return found;
  }

  /** `fs.$F` behind `import { readFile } from 'fs'`. */
  private brought(pattern: Node, code: Node, scope: Scope): boolean {
    if (code.type !== 'Identifier' || !isMember(pattern) || pattern.computed) return false;
    const variable = metavariable(pattern.property);
    const module = this.pattern.names.get(pattern.object);
    if (variable === undefined || module === undefined) return false;
    return canonicalName(code, scope, this.subject.scopes) === `${module}.${code.name}` && this.bind(variable, code);
  }

  private bind(variable: string, code: Node): boolean {
    if (variable.startsWith('_')) return true;
    const before = this.bindings.get(variable);
    if (!before) {
      this.bindings.set(variable, code);
      return true;
    }
    return this.textOf(before) === this.textOf(code);
  }

  private textOf(node: Node): string {
    return this.subject.text.slice(node.start!, node.end!);
  }

  private named(name: string, code: Node, scope: Scope): boolean {
    if (canonicalName(code, scope, this.subject.scopes) === name) return true;
    if (writtenName(code) !== name) return false;
    // As it is written: a parameter or variable with the name that everybody gives it (`res.redirect`).
    const root = rootOf(code);
    const binding = root.type === 'Identifier' ? lookup(scope, root.name) : undefined;
    if (!binding) return root.type === 'Identifier' || root.type === 'ThisExpression';
    if (binding.kind === 'function' || binding.kind === 'class') return this.local;
    return this.local || isMember(unwrap(code)) || binding.kind === 'import' || typeof binding.canonical === 'string';
  }

  private same(pattern: Node, code: Node, scope: Scope): boolean {
    if (isCall(pattern)) {
      if (!isCall(code) || (pattern.type === 'NewExpression') !== (code.type === 'NewExpression')) return false;
      return this.node(pattern.callee, code.callee, scope) && this.list(pattern.arguments, code.arguments, scope);
    }
    if (isMember(pattern)) {
      if (!isMember(code)) return false;
      const wanted = propertyName(pattern);
      const variable = pattern.computed ? undefined : metavariable(pattern.property);
      if (variable !== undefined) {
        if (!this.bind(variable, code.property)) return false;
      } else if (wanted === undefined) {
        if (!code.computed || !this.node(pattern.property, code.property, scope)) return false;
      } else {
        const got = propertyName(code) ?? (code.computed ? staticValue(code.property, scope) : undefined);
        if (got !== wanted) return false;
      }
      return this.node(pattern.object, code.object, scope);
    }
    if (isFunction(pattern)) {
      if (!isFunction(code)) return false;
      const inner = this.subject.scopes.inside.get(code) ?? scope;
      if (!this.list(pattern.params, code.params, inner)) return false;
      if (pattern.body.type === 'BlockStatement' && pattern.body.body.length === 1 && isEllipsis(pattern.body.body[0])) return true;
      return this.node(pattern.body, code.body, inner);
    }
    switch (pattern.type) {
      case 'ObjectExpression':
        return code.type === 'ObjectExpression' && this.object(pattern, code, scope);
      case 'JSXElement':
        return code.type === 'JSXElement' && this.element(pattern, code, scope);
      case 'TemplateLiteral':
        return code.type === 'TemplateLiteral' && this.template(pattern, code, scope);
      case 'BinaryExpression':
        if (code.type !== 'BinaryExpression' || code.operator !== pattern.operator) return false;
        if (pattern.operator === '+' && pattern.left.type !== 'BinaryExpression') return this.concatenation(pattern, code, scope);
        break;
      case 'RegExpLiteral':
        return code.type === 'RegExpLiteral' && sameRegex(pattern, code);
      case 'Identifier':
        return code.type === 'Identifier' && code.name === pattern.name;
    }
    if (pattern.type !== code.type) return false;
    for (const property of ['operator', 'kind', 'name', 'prefix', 'async'] as const) {
      const wanted = (pattern as unknown as Record<string, unknown>)[property];
      const got = (code as unknown as Record<string, unknown>)[property];
      if (typeof wanted !== 'object' && wanted !== undefined && wanted !== got) return false;
    }
    const inner = this.subject.scopes.inside.get(code) ?? scope;
    for (const key of keysOf(pattern.type)) {
      const wanted = child(pattern, key);
      const got = child(code, key);
      if (Array.isArray(wanted)) {
        if (!Array.isArray(got) || !this.list(wanted as List, got as List, inner)) return false;
      } else if (wanted) {
        if (!got || !this.node(wanted as Node, got as Node, inner)) return false;
      } else if (got) return false;
    }
    return true;
  }

  /** `"…" + $X`: the text at the left end of a whole chain of `+`, and what is added to it first. */
  private concatenation(pattern: Extract<Node, { type: 'BinaryExpression' }>, code: Node, scope: Scope): boolean {
    let at = code;
    let added: Node | undefined;
    while (at.type === 'BinaryExpression' && at.operator === '+') {
      added = at.right;
      at = unwrap(at.left);
    }
    const bound = this.bound?.size;
    if (added && this.node(pattern.left, at, scope) && this.node(pattern.right, added, scope)) return true;
    this.restore(bound);
    return code.type === 'BinaryExpression' && this.node(pattern.left, code.left, scope) && this.node(pattern.right, code.right, scope);
  }

  /** Forgets what was bound since there were so many; a map keeps the order in which names came. */
  private restore(count: number | undefined): void {
    if (count === undefined) this.bound = undefined;
    else if (this.bound && this.bound.size > count) this.bound = new Map([...this.bound].slice(0, count));
  }

  /** Lists in which `...` stands for any number of items. */
  private list(pattern: List, code: List, scope: Scope, p = 0, c = 0): boolean {
    for (; p < pattern.length; p++, c++) {
      const wanted = pattern[p];
      if (isEllipsis(wanted)) {
        if (p === pattern.length - 1) return true;
        for (let from = c; from <= code.length; from++) {
          const bound = this.bound?.size;
          if (this.list(pattern, code, scope, p + 1, from)) return true;
          this.restore(bound);
        }
        return false;
      }
      const got = code[c];
      if (!wanted || !got) {
        if (wanted || got || c >= code.length) return false;
        continue;
      }
      if (got.type === 'SpreadElement' && wanted.type !== 'SpreadElement') {
        // `exec(...args)`: the value that is asked for may come out of the spread list.
        if (metavariable(wanted) !== 'HERE' || !this.bind('HERE', got.argument)) return false;
        continue;
      }
      if (!this.node(wanted, got, scope)) return false;
    }
    return c >= code.length;
  }

  private object(
    pattern: Extract<Node, { type: 'ObjectExpression' }>,
    code: Extract<Node, { type: 'ObjectExpression' }>,
    scope: Scope,
  ): boolean {
    let open = false;
    let wantedCount = 0;
    const spread = code.properties.some((p) => p.type === 'SpreadElement');
    for (const wanted of pattern.properties) {
      if (isEllipsis(wanted)) {
        open = true;
        continue;
      }
      if (wanted.type !== 'ObjectProperty') continue;
      wantedCount++;
      const name = keyName(wanted.key, wanted.computed);
      const absent = name === undefined ? undefined : absentKey(name);
      if (absent !== undefined) {
        wantedCount--;
        // A spread may bring the key.
        if (spread || code.properties.some((p) => p.type !== 'SpreadElement' && keyName(p.key, p.computed) === absent)) return false;
        continue;
      }
      const variable = metavariable(wanted.key);
      let found = false;
      for (let i = code.properties.length - 1; i >= 0 && !found; i--) {
        const got = code.properties[i]!;
        if (got.type === 'SpreadElement') continue;
        if (variable === undefined && keyName(got.key, got.computed) !== name) continue;
        const bound = this.bound?.size;
        const value = got.type === 'ObjectProperty' ? got.value : got;
        found = (variable === undefined || this.bind(variable, got.key)) && this.node(wanted.value, value, scope);
        if (!found) {
          this.restore(bound);
          if (variable === undefined) break;
        }
      }
      if (!found) return false;
    }
    return open || (!spread && code.properties.length === wantedCount);
  }

  private element(pattern: Extract<Node, { type: 'JSXElement' }>, code: Extract<Node, { type: 'JSXElement' }>, scope: Scope): boolean {
    const wanted = pattern.openingElement;
    const got = code.openingElement;
    const variable = metavariable(wanted.name);
    if (variable !== undefined ? !this.bind(variable, got.name) : this.patternText(wanted.name) !== this.textOf(got.name)) return false;
    for (const attribute of wanted.attributes) {
      if (attribute.type !== 'JSXAttribute' || isEllipsis(attribute)) continue;
      const own = got.attributes.find(
        (a) => a.type === 'JSXAttribute' && a.name.type === 'JSXIdentifier' && a.name.name === attribute.name.name,
      );
      if (own?.type !== 'JSXAttribute') return false;
      if (!attribute.value) continue;
      if (!own.value || !this.node(content(attribute.value), content(own.value), scope)) return false;
    }
    return true;
  }

  private patternText(name: Node): string | undefined {
    return name.type === 'JSXIdentifier' ? name.name : undefined;
  }

  /** A quasi `...` stands for any text; with `...` on both sides a template of any number of expressions matches by its first. */
  private template(
    pattern: Extract<Node, { type: 'TemplateLiteral' }>,
    code: Extract<Node, { type: 'TemplateLiteral' }>,
    scope: Scope,
  ): boolean {
    const raw = pattern.quasis.map((quasi) => quasi.value.raw);
    if (!code.expressions.length || !pattern.expressions.length) return false;
    if (raw.length === 2 && raw[1] === '...') {
      const start = code.quasis[0]!.value.raw;
      return (raw[0] === '...' || raw[0] === start) && this.node(pattern.expressions[0]!, code.expressions[0]!, scope);
    }
    return (
      raw.length === code.quasis.length &&
      raw.every((text, i) => text === '...' || text === code.quasis[i]!.value.raw) &&
      pattern.expressions.every((expression, i) => this.node(expression, code.expressions[i]!, scope))
    );
  }
}

/** What a JSX attribute's value holds. */
const content = (value: Node): Node => (value.type === 'JSXExpressionContainer' ? value.expression : value);

const isAnyText = (node: Extract<Node, { type: 'TemplateLiteral' }>): boolean => node.expressions.length === 0;

type Regex = Extract<Node, { type: 'RegExpLiteral' }>;

/** `/...<.../` is any expression with a `<` in it, whatever its flags. */
function sameRegex(wanted: Regex, got: Regex): boolean {
  const parts = wanted.pattern.split(ellipsis);
  if (parts.length === 1) return got.pattern === wanted.pattern && got.flags === wanted.flags;
  let at = 0;
  for (const part of parts) {
    const found = got.pattern.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return !wanted.flags || wanted.flags === got.flags;
}

/** `"..."` is any string; `"http://..."` one that starts so. */
function sameLiteral(wanted: string | number | boolean | null, got: string | number | boolean | null | undefined): boolean {
  if (typeof wanted === 'string' && typeof got === 'string' && wanted.endsWith('...')) return got.startsWith(wanted.slice(0, -3));
  return wanted === got;
}
