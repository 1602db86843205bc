import { type Entry, type Node } from '../../server/engine/tree.ts';
import type { Check, Hit } from '../../server/engine/types.ts';

/** Arguments of modules that switch the check off, under whatever module they stand. */
const OPTIONS = new Set(['validate_certs', 'sslverify', 'ssl_verify', 'verify_ssl', 'use_ssl_verification']);

const check: Check = (fact) => {
  if (!fact.types.includes('task') || fact.node.kind !== 'map') return [];
  // A module's arguments are there under its short and its full name: one place is enough.
  const seen = new Set<number>();
  return fact.node.entries.flatMap((module) =>
    module.value.kind !== 'map'
      ? []
      : module.value.entries.flatMap((entry): Hit[] => {
          if (!OPTIONS.has(entry.key) || !isFalse(entry.value) || seen.has(entry.span.start)) return [];
          seen.add(entry.span.start);
          return [{ span: entry.span, values: { key: entry.key }, ...fixOf(module, entry, fact.document.text) }];
        }),
  );
};

function isFalse(node: Node): boolean {
  return node.kind === 'scalar' && /^(false|no|off|0|n)$/i.test(String(node.value));
}

/** Removes the argument's line; a `key=value` string is left to the reader. */
function fixOf(module: Entry, entry: Entry, text: string): Pick<Hit, 'fix'> | undefined {
  if (!text.slice(module.keySpan.end, entry.keySpan.start).includes('\n')) return undefined;
  return { fix: { title: 'Verify the certificate', safe: false, edits: [{ op: 'remove', path: `"${module.key}".${entry.key}` }] } };
}

export default check;
