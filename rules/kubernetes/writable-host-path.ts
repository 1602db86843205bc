import { at, entryOf, items, text } from '../../server/engine/tree.ts';
import type { Check, Hit } from '../../server/engine/types.ts';

/** Mounts of hostPath volumes that aren't read-only; a socket is used through a read-only mount just as well. */
const check: Check = (fact) => {
  const folders = new Map<string, string>();
  for (const volume of items(entryOf(fact.node, 'volumes')?.value)) {
    const [name, path] = [text(volume, 'name'), text(volume, 'hostPath.path')];
    if (name !== undefined && path !== undefined && !path.endsWith('.sock')) folders.set(name, path);
  }
  if (folders.size === 0) return [];
  return ['containers', 'initContainers', 'ephemeralContainers'].flatMap((key) =>
    items(entryOf(fact.node, key)?.value).flatMap((container) =>
      items(entryOf(container, 'volumeMounts')?.value).flatMap((mount): Hit[] => {
        const path = folders.get(text(mount, 'name') ?? '');
        const readOnly = at(mount, 'readOnly');
        if (path === undefined || readOnly.uncertain || (readOnly.found.length > 0 && text(mount, 'readOnly') !== 'false')) return [];
        const first = mount.kind === 'map' ? mount.entries[0] : undefined;
        if (!first) return [];
        return [
          {
            span: first.span,
            values: { value: path },
            fix: { title: 'Mount it read-only', safe: false, edits: [{ op: 'set', path: `${key}.volumeMounts.readOnly`, value: true }] },
          },
        ];
      }),
    ),
  );
};

export default check;
