import { keepsWordsOnly } from './calls.ts';
import { functionOf } from './functions.ts';
import { canonicalName, lastName, literalOf, settledInit } from './names.ts';
import { isMember, propertyName, unwrap, type CallNode, type Node } from './nodes.ts';
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
    case 'LogicalExpression': {
      if (node.operator === '??') return [];
      const left = provedBy(node.left, truth, text, scope, scopes, depth + 1);
      const right = provedBy(node.right, truth, text, scope, scopes, depth + 1);
      // Of "a or b" it isn't known which holds: only what both prove.
      return (node.operator === '&&') === truth ? [...left, ...right] : left.filter((one) => right.includes(one));
    }
    case 'Identifier': {
      // `const known = LIST.includes(x); if (!known) return;`
      const init = settledInit(node, scope);
      const proved = init ? provedBy(init.node, truth, text, init.scope, scopes, depth + 1) : [];
      // An empty value harms nobody, and what a pattern found in a text is as good as the text.
      return !truth || (proved.length > 0 && isFound(init!.node)) ? [...proved, node.name] : proved;
    }
    case 'AwaitExpression':
      return provedBy(node.argument, truth, text, scope, scopes, depth + 1);
    case 'CallExpression':
    case 'OptionalCallExpression': {
      const name = lastName(node.callee);
      const args = node.arguments;
      // A path without `..` stays where it is, and a name without a slash is no path.
      if (!truth && name === 'includes' && isMember(node.callee) && args[0] && /^(?:\.\.|\/)$/.test(String(literalOf(args[0]))))
        return written(node.callee.object);
      if (!name) return [];
      // `const way = path.relative(folder, file); if (way.startsWith('..')) throw …`
      if (!truth && name === 'startsWith' && isMember(node.callee) && args[0] && String(literalOf(args[0])).startsWith('..')) {
        const way = settledInit(unwrap(node.callee.object), scope)?.node ?? unwrap(node.callee.object);
        const file = way.type === 'CallExpression' && lastName(way.callee) === 'relative' ? way.arguments[1] : undefined;
        return file ? [...written(node.callee.object), ...written(file)] : [];
      }
      if (name === 'isNaN') return truth ? [] : written(args[0]);
      // `/[^a-z]/.test(x)`: when nothing else is in it.
      if (!truth && name === 'test' && isMember(node.callee) && findsOthers(node.callee.object, scope)) return written(args[0]);
      if (name === (truth ? 'some' : 'every')) return written(comparedInSome(args[0], truth));
      const own = provedInside(node, truth, text, scope, scopes, depth);
      if (own.length || !truth) return own;
      if (isMember(node.callee) && /^(?:startsWith|match)$/.test(name)) return written(node.callee.object);
      if (name === 'exec' && isMember(node.callee) && isRegex(node.callee.object, scope)) return written(args[0]);
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
      if (subject.type === 'CallExpression' && lastName(subject.callee) === 'search' && isMember(subject.callee) && isMinusOne(fixed)) {
        const none = (equal && truth) || (unequal && !truth);
        return none && subject.arguments[0] && findsOthers(subject.arguments[0], scope) ? written(subject.callee.object) : [];
      }
      if (subject.type === 'CallExpression' && lastName(subject.callee) === 'indexOf') {
        const found = ((unequal || operator === '>') && isMinusOne(fixed)) || operator === '>=';
        const missing = (equal && isMinusOne(fixed)) || operator === '<';
        return (truth && found) || (!truth && missing) ? written(subject.arguments[0]) : [];
      }
      const answer = literalOf(fixed);
      if (typeof answer === 'boolean' && (equal || unequal))
        return provedBy(other, (answer === truth) === equal, text, scope, scopes, depth + 1);
      if (!(equal && truth) && !(unequal && !truth)) return [];
      const value = answer ?? (settledInit(fixed, scope) ? literalOf(settledInit(fixed, scope)!.node) : undefined);
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

/** A call of a function of this file that does nothing but judge: what it proves of its parameters, it proves of the arguments. */
function provedInside(call: CallNode, truth: boolean, text: string, scope: Scope, scopes: Scopes, depth: number): string[] {
  const fn = depth < 5 ? functionOf(call.callee, scope, scopes) : undefined;
  const inner = fn && scopes.inside.get(fn);
  if (!inner) return [];
  const last = fn.body.type === 'BlockStatement' ? fn.body.body.at(-1) : undefined;
  const answer = fn.body.type !== 'BlockStatement' ? fn.body : last?.type === 'ReturnStatement' ? last.argument : undefined;
  if (!answer || (fn.body.type === 'BlockStatement' && fn.body.body.some((one) => one.type === 'IfStatement'))) return [];
  const proved = provedBy(answer, truth, text, inner, scopes, depth + 1);
  return call.arguments.flatMap((argument, i) => {
    const param = fn.params[i];
    return param?.type === 'Identifier' && proved.includes(param.name) ? [text.slice(argument.start!, argument.end!)] : [];
  });
}

/** Whether an expression is a regular expression, or a constant that is one. */
export const isRegex = (node: Node, scope: Scope): boolean =>
  (settledInit(unwrap(node), scope)?.node ?? unwrap(node)).type === 'RegExpLiteral';

/** `/[^a-z]/` finds what is not harmless. */
const findsOthers = (node: Node, scope: Scope): boolean => keepsWordsOnly(settledInit(unwrap(node), scope)?.node ?? unwrap(node), false);

const isFound = (node: Node): boolean => node.type === 'CallExpression' && /^(?:match|exec)$/.test(lastName(node.callee) ?? '');

/** `hosts.some((host) => url.hostname === host)`, `hosts.every((host) => host !== url.hostname)`: what is compared with the items. */
function comparedInSome(callback: Node | undefined, same = true): Node | undefined {
  if (callback?.type !== 'ArrowFunctionExpression' || callback.params[0]?.type !== 'Identifier') return undefined;
  const item = callback.params[0].name;
  const isItem = (node: Node | undefined): boolean => node?.type === 'Identifier' && node.name === item;
  const body = unwrap(callback.body);
  if (body.type === 'BinaryExpression' && (same ? /^===?$/ : /^!==?$/).test(body.operator)) {
    return isItem(body.left) ? body.right : isItem(body.right) ? body.left : undefined;
  }
  if (!same || body.type !== 'CallExpression' || !isMember(body.callee)) return undefined;
  const name = propertyName(body.callee);
  if (/^(?:startsWith|endsWith)$/.test(name ?? '') && isItem(body.arguments[0])) return body.callee.object;
  return name === 'test' && isItem(body.callee.object) ? body.arguments[0] : undefined;
}

const isMinusOne = (node: Node): boolean =>
  node.type === 'UnaryExpression' && node.operator === '-' && node.argument.type === 'NumericLiteral' && node.argument.value === 1;
