import { canonicalName, lastName, literalOf, settledInit } from './names.ts';
import { isMember, propertyName, unwrap, type Node } from './nodes.ts';
import type { Scope, Scopes } from './scopes.ts';

/** Methods that ask whether their argument is one of what is allowed. */
const membership = /^(?:includes|has|hasOwn|hasOwnProperty|contains|test|isInteger|isSafeInteger|isFinite|call)$/;
/** Functions whose name says that they judge their argument. */
const judging = /^(?:is|validate|check|assert|ensure|allow|verify)(?:[A-Z_]|$)/;

/**
 * The expressions, as they are written, that are known to be harmless when a condition turned out `truth`: allow-lists,
 * comparisons with literals, patterns, prefixes, checks by name.
 */
export function provedBy(test: Node, truth: boolean, text: string, scope: Scope, scopes: Scopes, depth = 0): string[] {
  if (depth > 30) return [];
  const node = unwrap(test);
  const written = (expression: Node | undefined): string[] =>
    expression ? witnesses(expression, scope).map((inner) => text.slice(inner.start!, inner.end!)) : [];
  switch (node.type) {
    case 'UnaryExpression':
      return node.operator === '!' ? provedBy(node.argument, !truth, text, scope, scopes, depth + 1) : [];
    case 'LogicalExpression':
      if ((node.operator === '&&') !== truth || node.operator === '??') return [];
      return [
        ...provedBy(node.left, truth, text, scope, scopes, depth + 1),
        ...provedBy(node.right, truth, text, scope, scopes, depth + 1),
      ];
    case 'AwaitExpression':
      return provedBy(node.argument, truth, text, scope, scopes, depth + 1);
    case 'CallExpression':
    case 'OptionalCallExpression': {
      const name = lastName(node.callee);
      const args = node.arguments;
      // A path without `..` stays where it is, and a name without a slash is no path.
      if (!truth && name === 'includes' && isMember(node.callee) && args[0] && /^(?:\.\.|\/)$/.test(String(literalOf(args[0]))))
        return written(node.callee.object);
      if (!truth || !name) return [];
      if (name === 'some') return written(comparedInSome(args[0]));
      if (isMember(node.callee) && /^(?:startsWith|match)$/.test(name)) return written(node.callee.object);
      if (membership.test(name) || judging.test(name)) {
        // `Object.hasOwn(table, key)` and `hasOwnProperty.call(table, key)` ask about their second argument.
        const of = name === 'hasOwn' || name === 'call' ? args[1] : args[0];
        const own = canonicalName(node.callee, scope, scopes);
        return own === 'JSON.test' ? [] : written(of);
      }
      return [];
    }
    case 'BinaryExpression': {
      const { operator, left, right } = node;
      if (operator === 'in') return truth ? written(left) : [];
      const equal = operator === '===' || operator === '==';
      const unequal = operator === '!==' || operator === '!=';
      const [fixed, other] = literalOf(right) !== undefined || isMinusOne(right) ? [right, left] : [left, right];
      const subject = unwrap(other);
      if (subject.type === 'CallExpression' && lastName(subject.callee) === 'indexOf') {
        const found = ((unequal || operator === '>') && isMinusOne(fixed)) || operator === '>=';
        const missing = (equal && isMinusOne(fixed)) || operator === '<';
        return (truth && found) || (!truth && missing) ? written(subject.arguments[0]) : [];
      }
      if (!(equal && truth) && !(unequal && !truth)) return [];
      const value = literalOf(fixed) ?? (settledInit(fixed, scope) ? literalOf(settledInit(fixed, scope)!.node) : undefined);
      if (value === undefined) return [];
      if (subject.type === 'UnaryExpression' && subject.operator === 'typeof') {
        return value === 'number' || value === 'boolean' ? written(subject.argument) : [];
      }
      return value === null ? [] : written(subject);
    }
    case 'MemberExpression': {
      // `if (TABLE[key])`: a table of what is allowed.
      const table = truth && node.computed ? settledInit(unwrap(node.object), scope) : undefined;
      return table?.node.type === 'ObjectExpression' ? written(node.property) : [];
    }
    default:
      return [];
  }
}

/** What is harmless with an expression: of an address whose host has been judged, the address and what it was made of, too. */
function witnesses(expression: Node, scope: Scope): Node[] {
  const inner = unwrap(expression);
  const name = isMember(inner) ? propertyName(inner) : undefined;
  if (!isMember(inner) || !name || !/^(?:host|hostname|origin|href)$/.test(name)) return [inner];
  const address = unwrap(inner.object);
  const init = settledInit(address, scope)?.node ?? address;
  const made = init.type === 'NewExpression' && lastName(init.callee) === 'URL' ? init.arguments[0] : undefined;
  return made ? [inner, address, unwrap(made)] : [inner, address];
}

/** `hosts.some((host) => url.hostname === host)`: what is compared with the items. */
function comparedInSome(callback: Node | undefined): Node | undefined {
  if (callback?.type !== 'ArrowFunctionExpression' || callback.params[0]?.type !== 'Identifier') return undefined;
  const item = callback.params[0].name;
  const isItem = (node: Node | undefined): boolean => node?.type === 'Identifier' && node.name === item;
  const body = unwrap(callback.body);
  if (body.type === 'BinaryExpression' && /^===?$/.test(body.operator)) {
    return isItem(body.left) ? body.right : isItem(body.right) ? body.left : undefined;
  }
  if (body.type !== 'CallExpression' || !isMember(body.callee)) return undefined;
  const name = propertyName(body.callee);
  if (/^(?:startsWith|endsWith)$/.test(name ?? '') && isItem(body.arguments[0])) return body.callee.object;
  return name === 'test' && isItem(body.callee.object) ? body.arguments[0] : undefined;
}

const isMinusOne = (node: Node): boolean =>
  node.type === 'UnaryExpression' && node.operator === '-' && node.argument.type === 'NumericLiteral' && node.argument.value === 1;
