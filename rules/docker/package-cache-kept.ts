import { commandsOf, installation, type Manager } from '../../server/engine/packages.ts';
import { at, get, items, text } from '../../server/engine/tree.ts';
import type { Check, Hit } from '../../server/engine/types.ts';

interface Cleaning {
  /** A command of the same RUN that cleans up, as `program words`. */
  readonly by: RegExp;
  readonly flag?: string;
  /** Folders which a cache mount may cover. */
  readonly folder: RegExp;
  readonly advice: string;
}

const CLEANING: Readonly<Partial<Record<Manager, Cleaning>>> = {
  apt: {
    by: /^rm .*\/var\/lib\/apt|^apt-get (dist)?clean.*\/lists/,
    folder: /^\/var\/(lib|cache)\/apt/,
    advice: 'End the `RUN` with `rm -rf /var/lib/apt/lists/*`.',
  },
  apk: {
    by: /^rm .*\/(var\/cache\/apk|etc\/apk\/cache)|^apk cache clean/,
    flag: '--no-cache',
    folder: /apk/,
    advice: 'Add `--no-cache`.',
  },
  yum: {
    by: /^(yum|dnf|microdnf) .*clean (all|packages)|^rm .*\/var\/cache\/(yum|dnf)/,
    folder: /\/(yum|dnf|libdnf5)/,
    advice: 'End the `RUN` with `dnf clean all` (or `yum clean all`).',
  },
  zypper: { by: /^zypper .*(clean|cc)\b/, folder: /zypp/, advice: 'End the `RUN` with `zypper clean --all`.' },
};

/** Installations whose RUN neither cleans up afterwards nor keeps the cache in a mount, where the layer becomes part of an image. */
const check: Check = (fact) => {
  if (text(fact.parent?.node, 'shipped') === 'false') return [];
  const commands = commandsOf(fact.node);
  const lines = commands.map((command) =>
    [command, ...items(get(command, 'words'))].map((node) => text(node) ?? text(node, 'program') ?? '').join(' '),
  );
  const mounts = at(fact.node, 'flags.mount').found.map(
    ({ node }) => `type=${text(node, 'type') ?? ''} ${text(node, 'target') ?? text(node, 'dst') ?? ''}`,
  );
  const installations = commands.map((command) => installation(command)?.manager);
  const seen = new Set<Manager>();
  return commands.flatMap((command, i): Hit[] => {
    const manager = installations[i];
    const cleaning = manager && CLEANING[manager];
    if (!cleaning || seen.has(manager)) return [];
    seen.add(manager);
    // What is cleaned before the last installation is filled again.
    const last = installations.lastIndexOf(manager);
    if (lines.some((line, place) => place >= last && cleaning.by.test(line))) return [];
    if (mounts.some((mount) => /type=(cache|tmpfs)/.test(mount) && cleaning.folder.test(mount.slice(mount.indexOf(' ') + 1)))) return [];
    if (cleaning.flag && items(get(command, 'flags')).some((flag) => text(flag) === cleaning.flag)) return [];
    const program = get(command, 'program') ?? command;
    const fix = cleaning.flag && {
      title: `Add ${cleaning.flag}`,
      safe: true,
      edits: [{ op: 'set' as const, path: 'commands.flags', value: cleaning.flag }],
    };
    return [{ span: program.span, values: { value: text(program) ?? '', advice: cleaning.advice }, ...(fix && { fix }) }];
  });
};

export default check;
