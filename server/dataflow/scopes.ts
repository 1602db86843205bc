import type { File, Identifier } from '@babel/types';
import { child, isFunction, keyName, keysOf, type ClassNode, type FunctionNode, type Node } from './nodes.ts';

/** One name of a scope and what is known of its value. */
export interface Binding {
  readonly name: string;
  readonly kind: 'import' | 'const' | 'variable' | 'param' | 'function' | 'class';
  /** Where the name is declared. */
  readonly node: Node;
  readonly scope: Scope;
  /** Canonical name of what an import brings: `child_process.exec`. */
  readonly imported?: string;
  /** The expression its value comes from, by way of `path` (destructuring). */
  init?: Node;
  initScope?: Scope;
  readonly path: readonly string[];
  /** Assignments after the declaration. */
  writes: number;
  /** A property of it is assigned somewhere, or it is handed to Object.assign. */
  mutated: boolean;
  /** The function of a parameter and its position. */
  readonly param?: { readonly of: FunctionNode; readonly index: number };
  /** Memo of names.ts; null while it is being found out, so that circles end. */
  canonical?: string | null | undefined;
}

export interface Scope {
  readonly parent: Scope | undefined;
  readonly names: Map<string, Binding>;
  /** The nearest scope that `var` belongs to. */
  readonly home: Scope;
  /** The function whose body this is, or is within. */
  readonly within: FunctionNode | undefined;
  /** The class that `this` is an instance of. */
  readonly self: ClassNode | undefined;
}

/** A node that patterns may ask for, with the scope its names are looked up in. */
export interface Place {
  readonly node: Node;
  readonly scope: Scope;
  readonly parent: Node;
}

/** What one walk over a program finds. */
export interface Scopes {
  readonly root: Scope;
  /** In the order of the text. */
  readonly places: readonly Place[];
  /** The scope inside of nodes that open one. */
  readonly inside: ReadonlyMap<Node, Scope>;
  /** Fields by class: `this.x = …` and `x = …`. */
  readonly fields: ReadonlyMap<ClassNode, ReadonlyMap<string, { readonly value: Node; readonly scope: Scope }>>;
  readonly methods: ReadonlyMap<ClassNode, ReadonlyMap<string, FunctionNode>>;
  readonly parents: ReadonlyMap<FunctionNode, Node>;
  /** Memo of purpose.ts. */
  placeOf?: ReadonlyMap<Node, Place>;
}

export function lookup(scope: Scope, name: string): Binding | undefined {
  for (let at: Scope | undefined = scope; at; at = at.parent) {
    const found = at.names.get(name);
    if (found) return found;
  }
  return undefined;
}

/** A module's name as it is written in rules: no `node:`, an identifier where it can be (`js-yaml` is `js_yaml`, `fs/promises` is `fs.promises`). */
export function moduleName(source: string): string {
  const bare = source.startsWith('node:') ? source.slice(5) : source;
  if (/^[\w$]+$/.test(bare)) return bare;
  if (/^[./]/.test(bare)) return bare;
  const flat = bare.startsWith('@') ? bare.slice(1).replace('/', '_') : bare;
  return flat
    .replace(/\.[cm]?js$/, '')
    .replace(/\//g, '.')
    .replace(/[^\w$.]/g, '_');
}

/** Whether a statement puts a name into the block that it stands in. */
const declares = (node: Node): boolean =>
  node.type === 'VariableDeclaration' ? node.kind !== 'var' : /^(?:Function|Class|TSEnum|TSImportEquals)/.test(node.type);

const placed = new Set([
  'CallExpression',
  'OptionalCallExpression',
  'NewExpression',
  'MemberExpression',
  'OptionalMemberExpression',
  'AssignmentExpression',
  'BinaryExpression',
  'LogicalExpression',
  'UnaryExpression',
  'ConditionalExpression',
  'ObjectExpression',
  'ArrayExpression',
  'TemplateLiteral',
  'TaggedTemplateExpression',
  'JSXElement',
  'RegExpLiteral',
  'StringLiteral',
  'NumericLiteral',
  'IfStatement',
  'ReturnStatement',
  'ThrowStatement',
  'DebuggerStatement',
  'WithStatement',
  'TryStatement',
  'CatchClause',
  'ForInStatement',
  'ForOfStatement',
  'ForStatement',
  'WhileStatement',
  'ImportDeclaration',
  'ImportExpression',
  'VariableDeclaration',
  'VariableDeclarator',
  'ObjectProperty',
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ObjectMethod',
  'ClassMethod',
  'ClassProperty',
]);

/** Scopes, bindings and the nodes that patterns ask for, in one walk. An explicit stack: nesting may be deep. */
export function scopesOf(file: File): Scopes {
  const root: Scope = { parent: undefined, names: new Map(), home: undefined as never, within: undefined, self: undefined };
  (root as { home: Scope }).home = root;
  const places: Place[] = [];
  const inside = new Map<Node, Scope>([[file.program, root]]);
  const fields = new Map<ClassNode, Map<string, { value: Node; scope: Scope }>>();
  const methods = new Map<ClassNode, Map<string, FunctionNode>>();
  const parents = new Map<FunctionNode, Node>();
  const writes: { target: Identifier; scope: Scope; value: Node | undefined }[] = [];
  const mutations: { target: Identifier; scope: Scope }[] = [];

  const open = (node: Node, parent: Scope, own: Partial<Scope>): Scope => {
    const scope = { parent, names: new Map<string, Binding>(), home: parent.home, within: parent.within, self: parent.self, ...own };
    inside.set(node, scope);
    return scope;
  };
  const openFunction = (node: FunctionNode, parent: Scope): Scope => {
    const scope: Scope = {
      parent,
      names: new Map(),
      home: undefined as never,
      within: node,
      self:
        node.type === 'FunctionExpression' || node.type === 'FunctionDeclaration' || node.type === 'ObjectMethod' ? undefined : parent.self,
    };
    (scope as { home: Scope }).home = scope;
    inside.set(node, scope);
    return scope;
  };
  type Kind = Binding['kind'];
  interface Value {
    readonly init?: Node;
    readonly scope: Scope;
    readonly param?: { of: FunctionNode; index: number };
  }
  const bind = (
    name: string,
    kind: Kind,
    node: Node,
    scope: Scope,
    value?: Value,
    path: readonly string[] = [],
    imported?: string,
  ): void => {
    const before = scope.names.get(name);
    if (before) {
      // `var x = 1; var x = 2;` and `function f() {}` twice.
      before.writes++;
      return;
    }
    scope.names.set(name, {
      name,
      kind,
      node,
      scope,
      path,
      writes: 0,
      mutated: false,
      ...(value?.init ? { init: value.init, initScope: value.scope } : {}),
      ...(value?.param ? { param: value.param } : {}),
      ...(imported ? { imported } : {}),
    });
  };
  const bindPattern = (pattern: Node, kind: Kind, scope: Scope, value: Value, path: readonly string[] = []): void => {
    if (path.length > 20) return;
    switch (pattern.type) {
      case 'Identifier':
        bind(pattern.name, kind, pattern, scope, value, path);
        break;
      case 'ObjectPattern':
        for (const property of pattern.properties) {
          if (property.type === 'RestElement') bindPattern(property.argument, kind, scope, value, path);
          else bindPattern(property.value, kind, scope, value, [...path, keyName(property.key, property.computed) ?? '*']);
        }
        break;
      case 'ArrayPattern':
        for (const [i, element] of pattern.elements.entries()) if (element) bindPattern(element, kind, scope, value, [...path, String(i)]);
        break;
      case 'AssignmentPattern':
        bindPattern(pattern.left, kind, scope, value, path);
        break;
      case 'RestElement':
        bindPattern(pattern.argument, kind, scope, value, path);
        break;
      case 'TSParameterProperty':
        bindPattern(pattern.parameter, kind, scope, value, path);
        break;
    }
  };
  const written = (target: Node, scope: Scope, value: Node | undefined): void => {
    switch (target.type) {
      case 'Identifier':
        writes.push({ target, scope, value });
        break;
      case 'MemberExpression': {
        const { object } = target;
        const name = keyName(target.property, target.computed);
        if (object.type === 'ThisExpression' && name && scope.self && value) field(scope.self, name, value, scope);
        let base: Node = object;
        while (base.type === 'MemberExpression') base = base.object;
        if (base.type === 'Identifier') mutations.push({ target: base, scope });
        break;
      }
      case 'ObjectPattern':
        for (const p of target.properties) written(p.type === 'RestElement' ? p.argument : p.value, scope, undefined);
        break;
      case 'ArrayPattern':
        for (const element of target.elements) if (element) written(element, scope, undefined);
        break;
      case 'AssignmentPattern':
        written(target.left, scope, undefined);
        break;
    }
  };
  const field = (of: ClassNode, name: string, value: Node, scope: Scope): void => {
    let own = fields.get(of);
    if (!own) {
      own = new Map<string, { value: Node; scope: Scope }>();
      fields.set(of, own);
    }
    if (!own.has(name)) own.set(name, { value, scope });
  };

  /** `constructor(private readonly users: Users)`: a field that holds one. */
  const injected = (of: ClassNode, { params }: FunctionNode, scope: Scope): void => {
    for (const param of params) {
      const own = param.type === 'TSParameterProperty' && param.parameter.type === 'Identifier' ? param.parameter : undefined;
      const type = own?.typeAnnotation?.type === 'TSTypeAnnotation' ? own.typeAnnotation.typeAnnotation : undefined;
      if (own && type?.type === 'TSTypeReference') field(of, own.name, type, scope);
    }
  };

  const enter = (node: Node, scope: Scope, parent: Node): Scope => {
    switch (node.type) {
      case 'VariableDeclaration': {
        const target = node.kind === 'var' ? scope.home : scope;
        const looped = parent.type === 'ForInStatement' || parent.type === 'ForOfStatement';
        for (const { id, init } of node.declarations) {
          const value: Value = init ? { init, scope } : { scope };
          bindPattern(id, node.kind === 'var' || node.kind === 'let' ? 'variable' : 'const', target, value);
          if (looped) written(id, scope, undefined);
        }
        return scope;
      }
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
      case 'ObjectMethod':
      case 'ClassMethod':
      case 'ClassPrivateMethod': {
        parents.set(node, parent);
        const own = openFunction(node, scope);
        if (node.type === 'FunctionDeclaration' && node.id) bind(node.id.name, 'function', node, scope);
        if (node.type === 'FunctionExpression' && node.id) bind(node.id.name, 'function', node, own);
        for (const [index, param] of node.params.entries()) bindPattern(param, 'param', own, { scope: own, param: { of: node, index } });
        return own;
      }
      case 'ClassDeclaration':
      case 'ClassExpression': {
        if (node.type === 'ClassDeclaration' && node.id) bind(node.id.name, 'class', node, scope);
        const own = open(node, scope, { self: node });
        if (node.type === 'ClassExpression' && node.id) bind(node.id.name, 'class', node, own);
        const named = new Map<string, FunctionNode>();
        for (const member of node.body.body) {
          if (member.type === 'ClassMethod' || member.type === 'ClassPrivateMethod') {
            const name = keyName(member.key, member.type === 'ClassMethod' && member.computed);
            if (name) named.set(name, member);
            if (name === 'constructor') injected(node, member, own);
          } else if ((member.type === 'ClassProperty' || member.type === 'ClassPrivateProperty') && member.value) {
            const name = keyName(member.key, member.type === 'ClassProperty' && member.computed);
            if (name) field(node, name, member.value, own);
            if (name && isFunction(member.value)) named.set(name, member.value);
          }
        }
        methods.set(node, named);
        return own;
      }
      case 'BlockStatement':
        return isFunction(parent) || !node.body.some(declares) ? scope : open(node, scope, {});
      case 'ForStatement':
      case 'ForInStatement':
      case 'ForOfStatement':
        if (node.type !== 'ForStatement' && node.left.type !== 'VariableDeclaration') written(node.left, scope, undefined);
        return open(node, scope, {});
      case 'SwitchStatement':
      case 'StaticBlock':
      case 'TSModuleBlock':
        return open(node, scope, {});
      case 'CatchClause': {
        const own = open(node, scope, {});
        if (node.param) bindPattern(node.param, 'variable', own, { scope: own });
        return own;
      }
      case 'ImportDeclaration': {
        const name = moduleName(node.source.value);
        for (const specifier of node.specifiers) {
          const imported = specifier.type === 'ImportSpecifier' ? (keyName(specifier.imported, false) ?? '') : 'default';
          bind(specifier.local.name, 'import', specifier, root, undefined, [], imported === 'default' ? name : `${name}.${imported}`);
        }
        return scope;
      }
      case 'TSImportEqualsDeclaration':
        if (node.moduleReference.type === 'TSExternalModuleReference') {
          bind(node.id.name, 'import', node, scope, undefined, [], moduleName(node.moduleReference.expression.value));
        }
        return scope;
      case 'TSEnumDeclaration':
        bind(node.id.name, 'class', node, scope);
        return scope;
      case 'AssignmentExpression':
        written(node.left, scope, node.operator === '=' ? node.right : undefined);
        return scope;
      case 'UpdateExpression':
        written(node.argument, scope, undefined);
        return scope;
      case 'UnaryExpression':
        if (node.operator === 'delete') written(node.argument, scope, undefined);
        return scope;
      case 'CallExpression': {
        const [first] = node.arguments;
        if (first?.type === 'Identifier' && node.callee.type === 'MemberExpression' && keyName(node.callee.property, false) === 'assign') {
          mutations.push({ target: first, scope });
        }
        return scope;
      }
      default:
        return scope;
    }
  };

  const nodes: Node[] = [file.program];
  const scopes: Scope[] = [root];
  const above: Node[] = [file.program];
  while (nodes.length) {
    const node = nodes.pop()!;
    const outer = scopes.pop()!;
    const parent = above.pop()!;
    const scope = node === file.program ? outer : enter(node, outer, parent);
    if (placed.has(node.type)) places.push({ node, scope: outer, parent });
    const keys = keysOf(node.type);
    for (let k = keys.length - 1; k >= 0; k--) {
      const value = child(node, keys[k]!);
      if (!value) continue;
      if (!Array.isArray(value)) {
        nodes.push(value as Node);
        scopes.push(scope);
        above.push(node);
        continue;
      }
      for (let i = value.length - 1; i >= 0; i--) {
        const item = (value as readonly (Node | null)[])[i];
        if (!item) continue;
        nodes.push(item);
        scopes.push(scope);
        above.push(node);
      }
    }
  }

  for (const { target, scope, value } of writes) {
    const binding = lookup(scope, target.name);
    if (!binding) continue;
    // `let exec; exec = require('child_process').exec`: the only value it ever has.
    if (value && !binding.init && !binding.writes && binding.kind === 'variable' && binding.node.type === 'Identifier') {
      binding.init = value;
      binding.initScope = scope;
      continue;
    }
    binding.writes++;
  }
  for (const { target, scope } of mutations) {
    const binding = lookup(scope, target.name);
    if (binding) binding.mutated = true;
  }
  return { root, places, inside, fields, methods, parents };
}
