import { lastName } from './names.ts';
import { isFunction, keyName, type FunctionNode } from './nodes.ts';
import type { Place, Scopes } from './scopes.ts';

/** Calls that hand on what they are given in another form. */
const conversions =
  /^(?:String|Number|BigInt|Boolean|parseInt|parseFloat|Math|floor|round|ceil|trunc|toString|toFixed|from|fromCharCode|fromCodePoint|charAt|at|slice|substr|substring|join|concat|push|map|padStart|padEnd|replace|btoa|encode|stringify|update|digest|createHash|hex|abs|repeat|of|fill|reduce|toUpperCase|toLowerCase|trim)$/;

/**
 * The names that the value of an expression gets: the variable, property or argument it ends up in, and the function it is
 * made in. `const token = String(Math.random())` gives `token` for `Math.random()`.
 */
export function namesFor(place: Place, scopes: Scopes): readonly string[] {
  const places = (scopes.placeOf ??= new Map(scopes.places.map((p) => [p.node, p])));
  const names: string[] = [];
  const add = (name: string | undefined): void => {
    if (name) names.push(name);
  };
  let at: Place | undefined = place;
  for (let steps = 0; at && steps < 60; steps++) {
    const { node, parent, scope }: Place = at;
    switch (parent.type) {
      case 'VariableDeclarator':
        add(lastName(parent.id));
        break;
      case 'AssignmentExpression':
        if (parent.right === node) add(lastName(parent.left));
        break;
      case 'ObjectProperty':
      case 'ClassProperty':
        add(keyName(parent.key, parent.computed));
        break;
      case 'CallExpression':
      case 'NewExpression': {
        if (parent.callee === node) break;
        const callee = lastName(parent.callee);
        if (callee && conversions.test(callee)) break;
        if (!isFunction(node)) add(callee);
        return names;
      }
    }
    if (isFunction(node)) {
      add(nameOfFunction(node));
      if (parent.type !== 'CallExpression') return names;
    }
    const next: Place | undefined = places.get(parent);
    if (next) at = next;
    else if (scope.within) {
      // The statements of a function: what it is called says what it makes.
      add(nameOfFunction(scope.within));
      at = places.get(scope.within);
    } else return names;
  }
  return names;
}

function nameOfFunction(fn: FunctionNode): string | undefined {
  if ('id' in fn && fn.id) return fn.id.name;
  if ('key' in fn) return keyName(fn.key, 'computed' in fn && fn.computed);
  return undefined;
}
