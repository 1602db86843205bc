import { settledInit, staticValue } from './names.ts';
import { unwrap, type Node } from './nodes.ts';
import { lookup, type Scope } from './scopes.ts';
import { surrounded, union, unknown, type Value } from './values.ts';

type Template = Extract<Node, { type: 'TemplateLiteral' }>;

/** The texts and expressions of a template in the order they are written. */
export function templateParts(node: Template): Node[] {
  return node.quasis.flatMap((quasi, i): Node[] => {
    const expression = node.expressions[i];
    return expression ? [quasi, expression] : [quasi];
  });
}

/** The items of a list, as they would be joined. */
export const itemsOf = (node: Extract<Node, { type: 'ArrayExpression' }>): Node[] =>
  node.elements.flatMap((item) => (!item ? [] : item.type === 'SpreadElement' ? [item.argument] : [item]));

/** Functions whose result has their arguments one after the other: `util.format('<b>%s</b>', name)`, `path.join(folder, name)`. */
export const sideBySide = (canonical: string | undefined): boolean =>
  canonical !== undefined && /^(?:util\.format|path\.(?:join|resolve)|(?:url\.)?URL)$/.test(canonical);

/** The text that an expression gives as far as it can be known, `…` for the rest: `<h1>…</h1>`. */
export function knownText(node: Node, scope: Scope, depth = 0): string {
  node = unwrap(node);
  if (node.type === 'TemplateElement') return node.value.cooked ?? '';
  const value = staticValue(node, scope);
  if (value !== undefined) return String(value);
  if (depth > 20) return unknown;
  switch (node.type) {
    case 'TemplateLiteral':
      return templateParts(node)
        .map((part) => knownText(part, scope, depth + 1))
        .join('');
    case 'BinaryExpression':
      return node.operator === '+' ? knownText(node.left, scope, depth + 1) + knownText(node.right, scope, depth + 1) : unknown;
    case 'ConditionalExpression':
      return knownText(node.consequent, scope, depth + 1) || knownText(node.alternate, scope, depth + 1);
    case 'Identifier': {
      const init = settledInit(node, scope);
      if (init) return knownText(init.node, init.scope, depth + 1);
      // What is added to a text later comes after what it began with.
      const binding = lookup(scope, node.name);
      const begin = binding?.init && binding.kind !== 'param' && !binding.path.length ? binding.init : undefined;
      return begin && binding?.initScope ? knownText(begin, binding.initScope, depth + 1).replace(/…*$/, unknown) : unknown;
    }
    default:
      return unknown;
  }
}

/** The value of parts written one after the other: each taint with the text that stands before and after it. */
export function concatenated(parts: readonly Node[], values: readonly (Value | undefined)[], scope: Scope): Value | undefined {
  if (!values.some((value) => value?.taints.length)) return undefined;
  const texts = parts.map((part, i) => (values[i]?.taints.length ? unknown : knownText(part, scope)));
  let value: Value | undefined;
  for (const [i, own] of values.entries()) {
    if (own?.taints.length) value = union(value, surrounded(own, texts.slice(0, i).join(''), texts.slice(i + 1).join('')));
  }
  return value;
}
