import { entryOf, get, items, text, walk, type Node, type Span } from '../../server/engine/tree.ts';
import type { Check } from '../../server/engine/types.ts';

const SECRET = /(^|[._])(password|passwd|passphrase|secret|secret_key|token|api_?key|private_key|access_key)(\.stdout)?$/i;
/** Arguments that are printed as they are, by module. */
const PRINTED: Readonly<Record<string, readonly string[]>> = {
  command: ['cmd', 'argv', '_raw_params'],
  shell: ['cmd'],
  raw: ['cmd'],
  uri: ['body', 'headers', 'url'],
  debug: ['msg', 'var'],
  lineinfile: ['line'],
  blockinfile: ['block'],
  copy: ['content'],
  set_fact: ['*'],
};

const check: Check = (fact) => {
  if (text(fact.node, 'no_log') !== undefined && text(fact.node, 'no_log') !== 'false') return [];
  if (get(fact.node, 'no_log')?.kind === 'unknown') return [];
  const module = fact.types.find((type) => Object.hasOwn(PRINTED, type));
  const args = module === undefined ? undefined : entryOf(fact.node, module)?.value;
  if (args && module !== 'set_fact') {
    for (const key of PRINTED[module!]!) {
      for (const node of items(get(args, key))) {
        const found = secretIn(node, key === 'var');
        if (found) return [{ span: found.span, values: { value: found.name } }];
      }
    }
  }
  // Items of a loop are printed whatever the module hides.
  const loop = fact.node.kind === 'map' && fact.node.entries.some(({ key }) => key === 'loop' || key.startsWith('with_'));
  const short = fact.types[0] ?? '';
  const own = loop ? entryOf(fact.node, short)?.value : undefined;
  if (own?.kind === 'map') {
    for (const entry of own.entries) {
      const ref = entry.value.kind === 'unknown' ? entry.value.refs.find((one) => /^item\b/.test(one) && SECRET.test(one)) : undefined;
      if (ref !== undefined) return [{ span: entry.value.span, values: { value: ref } }];
    }
  }
  return [];
};

function secretIn(root: Node, variable: boolean): { name: string; span: Span } | undefined {
  let found: { name: string; span: Span } | undefined;
  walk(root, (node) => {
    const names = node.kind === 'unknown' ? node.refs : variable && node.kind === 'scalar' ? [String(node.value)] : [];
    const name = names.find((one) => SECRET.test(one));
    if (name !== undefined) found ??= { name, span: node.span };
  });
  return found;
}

export default check;
