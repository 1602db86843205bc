import { get, items, text, type Node, type Span } from '../../server/engine/tree.ts';
import type { Check, Hit } from '../../server/engine/types.ts';

interface Named {
  readonly name: string;
  readonly span: Span;
}

const PARTS = ['x-', 'version', 'name', 'include', 'services', 'networks', 'volumes', 'secrets', 'configs'];

const rank = (part: string): number => PARTS.indexOf(part.startsWith('x-') ? 'x-' : part);

/** The first name out of order in the file, among the services, and among the dependencies of each. */
const check: Check = (fact) => {
  const services = namesOf(get(fact.node, 'services'));
  const dependencies = services.map(({ name }) => namesOf(get(fact.node, `services."${name}".depends_on`)));
  const byAlphabet = (a: Named, b: Named): boolean => a.name.localeCompare(b.name, 'en') > 0;
  const parts = namesOf(fact.node).filter(({ name }) => rank(name) >= 0);
  return [
    ...firstAfter(parts, (a, b) => rank(a.name) > rank(b.name)),
    ...firstAfter(services, byAlphabet),
    ...dependencies.flatMap((names) => firstAfter(names, byAlphabet)),
  ];
};

function namesOf(node: Node | undefined): readonly Named[] {
  if (node?.kind === 'map')
    return node.entries.map(({ key, keySpan }) => ({ name: key, span: keySpan })).filter(({ name }) => name !== '<<');
  return items(node).flatMap((item) => ({ name: text(item) ?? '', span: item.span }));
}

function firstAfter(names: readonly Named[], wrong: (a: Named, b: Named) => boolean): readonly Hit[] {
  const place = names.findIndex((name, i) => i > 0 && wrong(names[i - 1]!, name));
  return place < 0 ? [] : [{ span: names[place]!.span, values: { value: names[place]!.name, before: names[place - 1]!.name } }];
}

export default check;
