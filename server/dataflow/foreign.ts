import type { File } from '@babel/types';
import type { CodeQuery, Related, SourceDocument } from '../engine/types.ts';
import { functionOf, madeBy } from './functions.ts';
import { isFunction, isMember, keyName, propertyName, unwrap, type ClassNode, type FunctionNode, type Node } from './nodes.ts';
import { lookup, type Scope, type Scopes } from './scopes.ts';
import type { Carrier, SourceName } from './sources.ts';

/** A parameter of a function in another file that reaches a sink there. */
export interface ForeignSink {
  readonly index: number;
  /** Position of the query in the list. */
  readonly query: number;
  /** What the parameter has become part of on the way. */
  readonly text?: string;
  /** Queries whose sanitizers lie on the way. */
  readonly clean: readonly number[];
  /** From the parameter to the sink, which is the last. */
  readonly steps: readonly Related[];
  /** What the query's `where` says once the whole text is known; absent when it has been asked already. */
  readonly passes?: (text: string) => boolean;
}

/** What a function of another file returns: one of its parameters, or a source. */
export interface ForeignReturn {
  readonly from: number | SourceName;
  readonly text?: string;
  readonly clean: readonly number[];
  readonly steps: readonly Related[];
}

export interface ForeignFunction {
  readonly sinks: readonly ForeignSink[];
  readonly returns: readonly ForeignReturn[];
  readonly carrier?: Carrier;
  /** Whether its last parameter takes all that follows. */
  readonly rest?: number;
}

/** What another file gives to those that import it, by what stands behind its name: `find`, `default`, `Repository().find`. */
export type Foreign = ReadonlyMap<string, ForeignFunction>;

/** Leads from a file to those that it imports. */
export interface Imports {
  /** The functions of the file that `specifier` (`./db`) means in the file `from`; undefined when it isn't known. */
  foreign(specifier: string, from: string, queries: readonly CodeQuery[]): Foreign | undefined;
}

/** Where a program that is being looked at stands, and what it can ask of others. */
export interface Neighbourhood {
  readonly document: SourceDocument;
  readonly imports: Imports | undefined;
}

export const isLocal = (specifier: string): boolean =>
  specifier.startsWith('./') || specifier.startsWith('../') || specifier === '.' || specifier === '..';

const specifiers = new WeakMap<Scopes, readonly string[]>();

/** The other files of the project that a program imports, longest name first. */
export function localImports(scopes: Scopes): readonly string[] {
  let found = specifiers.get(scopes);
  if (!found) {
    const all = new Set<string>();
    for (const { node } of scopes.places) {
      if (node.type === 'ImportDeclaration') all.add(node.source.value);
      else if (
        node.type === 'CallExpression' &&
        (node.callee.type === 'Import' || (node.callee.type === 'Identifier' && node.callee.name === 'require'))
      ) {
        const [source] = node.arguments;
        if (source?.type === 'StringLiteral') all.add(source.value);
      }
    }
    found = [...all].filter(isLocal).sort((a, b) => b.length - a.length);
    specifiers.set(scopes, found);
  }
  return found;
}

/** A canonical name such as `./db.find` in its two parts. */
export function imported(canonical: string, scopes: Scopes): { readonly specifier: string; readonly name: string } | undefined {
  if (!canonical.startsWith('.')) return undefined;
  for (const specifier of localImports(scopes)) {
    if (!canonical.startsWith(specifier)) continue;
    const rest = canonical.slice(specifier.length);
    if (rest === '') return { specifier, name: 'default' };
    if (rest.startsWith('.') || rest.startsWith('()')) return { specifier, name: rest.replace(/^\./, '') };
  }
  return undefined;
}

export interface Exports {
  /** By the name that is left of a canonical one. */
  readonly functions: ReadonlyMap<string, FunctionNode>;
  /** Names that come from other files: the own one (empty for all), the file, and the name there. */
  readonly passedOn: readonly { readonly as: string; readonly specifier: string; readonly name: string }[];
}

/** What a program exports, ESM and CommonJS. */
export function exportsOf(program: File, scopes: Scopes): Exports {
  const functions = new Map<string, FunctionNode>();
  const passedOn: { as: string; specifier: string; name: string }[] = [];
  const made = madeBy(scopes);
  const add = (name: string, fn: FunctionNode): void => {
    if (functions.has(name)) return;
    functions.set(name, fn);
    const prefix = name === 'default' ? '' : name;
    for (const [method, own] of made.get(fn) ?? []) functions.set(`${prefix}().${method}`, own);
  };
  const classMembers = (prefix: string, node: ClassNode): void => {
    for (const [name, fn] of scopes.methods.get(node) ?? []) {
      add(`${prefix}().${name}`, fn);
      const member = node.body.body.find(
        (one) => (one.type === 'ClassMethod' || one.type === 'ClassProperty') && keyName(one.key, one.computed) === name,
      );
      if (member && 'static' in member && member.static) add(prefix === '' ? name : `${prefix}.${name}`, fn);
    }
  };
  /** `prefix` is empty for what the module is as a whole. */
  const value = (prefix: string, expression: Node, scope: Scope, depth = 0): void => {
    const node = unwrap(expression);
    if (depth > 4) return;
    if (isFunction(node)) return add(prefix || 'default', node);
    if (node.type === 'ClassExpression' || node.type === 'ClassDeclaration') return classMembers(prefix, node);
    if (node.type === 'ObjectExpression') {
      for (const property of node.properties) {
        if (property.type === 'SpreadElement') continue;
        const key = keyName(property.key, property.computed);
        if (key === undefined) continue;
        const name = prefix ? `${prefix}.${key}` : key;
        if (property.type === 'ObjectMethod') add(name, property);
        else value(name, property.value, scope, depth + 1);
      }
      return;
    }
    if (node.type === 'NewExpression' && node.callee.type === 'Identifier') {
      const made = lookup(scope, node.callee.name)?.node;
      if (made?.type === 'ClassDeclaration')
        for (const [name, fn] of scopes.methods.get(made) ?? []) add(prefix ? `${prefix}.${name}` : name, fn);
      return;
    }
    if (node.type === 'CallExpression') {
      // `asyncHandler(async (req, res) => …)`, `module.exports = require('./x')`.
      const [first] = node.arguments;
      if (node.callee.type === 'Identifier' && node.callee.name === 'require' && first?.type === 'StringLiteral' && isLocal(first.value))
        passedOn.push({ as: prefix, specifier: first.value, name: prefix ? 'default' : '' });
      else if (first && isFunction(first)) add(prefix || 'default', first);
      return;
    }
    const fn = functionOf(node, scope, scopes);
    if (fn) return add(prefix || 'default', fn);
    if (node.type !== 'Identifier') return;
    const binding = lookup(scope, node.name);
    if (binding?.kind === 'class' && (binding.node.type === 'ClassDeclaration' || binding.node.type === 'ClassExpression'))
      return classMembers(prefix, binding.node);
    if (binding?.imported !== undefined) {
      const from = imported(binding.imported, scopes);
      if (from) passedOn.push({ as: prefix, ...from });
    } else if (binding?.init && !binding.path.length) value(prefix, binding.init, binding.initScope ?? scope, depth + 1);
  };
  const { root } = scopes;
  for (const statement of program.program.body) {
    switch (statement.type) {
      case 'ExportDefaultDeclaration':
        value('', statement.declaration, root);
        break;
      case 'ExportNamedDeclaration': {
        const { declaration, source } = statement;
        if (declaration?.type === 'VariableDeclaration') {
          for (const { id, init } of declaration.declarations) if (id.type === 'Identifier' && init) value(id.name, init, root);
        } else if (declaration && 'id' in declaration && declaration.id?.type === 'Identifier')
          value(declaration.id.name, declaration, root);
        for (const specifier of statement.specifiers) {
          if (specifier.type !== 'ExportSpecifier') continue;
          const as = keyName(specifier.exported, false) ?? '';
          const prefix = as === 'default' ? '' : as;
          if (source && isLocal(source.value))
            passedOn.push({ as: prefix, specifier: source.value, name: keyName(specifier.local, false) ?? '' });
          else if (!source) value(prefix, specifier.local, root);
        }
        break;
      }
      case 'ExportAllDeclaration':
        if (isLocal(statement.source.value)) passedOn.push({ as: '', specifier: statement.source.value, name: '' });
        break;
      case 'TSExportAssignment':
        value('', statement.expression, root);
        break;
    }
  }
  for (const { node, scope } of scopes.places) {
    if (node.type !== 'AssignmentExpression' || node.operator !== '=' || !isMember(node.left)) continue;
    const name = exportedName(node.left);
    if (name !== undefined) value(name, node.right, scope);
  }
  return { functions, passedOn };
}

/** `module.exports` is the module as a whole, `exports.find` and `module.exports.find` are `find`. */
function exportedName(target: Node): string | undefined {
  if (!isMember(target)) return undefined;
  const property = propertyName(target);
  const object = unwrap(target.object);
  if (property === undefined) return undefined;
  if (object.type === 'Identifier')
    return object.name === 'exports' ? property : object.name === 'module' && property === 'exports' ? '' : undefined;
  return exportedName(object) === '' ? property : undefined;
}
