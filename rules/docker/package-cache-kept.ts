import { commandsOf, installation, type Manager } from '../../server/engine/packages.ts';
import { at, entryOf, get, items, text, type Node } from '../../server/engine/tree.ts';
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
    by: /^rm .*\/(var\/cache\/apk|etc\/apk\/cache)|^apk (cache clean|-U)/,
    flag: '--no-cache',
    folder: /apk/,
    advice: 'Add `--no-cache`.',
  },
  yum: {
    by: /^(yum|dnf|microdnf) .*clean|^rm .*\/var\/cache\/(yum|dnf)/,
    folder: /\/(yum|dnf|libdnf5)/,
    advice: 'End the `RUN` with `dnf clean all` (or `yum clean all`).',
  },
  zypper: { by: /^zypper .*(clean|cc)\b/, folder: /zypp/, advice: 'End the `RUN` with `zypper clean --all`.' },
  pip: { by: /^pip[\d.]* cache purge|^rm .*\.cache/, flag: '--no-cache-dir', folder: /\.cache|pip/, advice: 'Add `--no-cache-dir`.' },
};

/** Installations whose RUN neither cleans up nor keeps the cache in a mount. */
const check: Check = (fact) => {
  const commands = commandsOf(fact.node);
  const lines = commands.map((command) =>
    [command, ...items(get(command, 'words'))].map((node) => text(node) ?? text(node, 'program') ?? '').join(' '),
  );
  const mounts = at(fact.node, 'flags.mount').found.map(
    ({ node }) => `type=${text(node, 'type') ?? ''} ${text(node, 'target') ?? text(node, 'dst') ?? ''}`,
  );
  const seen = new Set<Manager>();
  return commands.flatMap((command): Hit[] => {
    const found = installation(command);
    const cleaning = found && CLEANING[found.manager];
    if (!found || !cleaning || seen.has(found.manager)) return [];
    seen.add(found.manager);
    if (lines.some((line) => cleaning.by.test(line))) return [];
    if (mounts.some((mount) => /type=(cache|tmpfs)/.test(mount) && cleaning.folder.test(mount.slice(mount.indexOf(' ') + 1)))) return [];
    const flags = items(get(command, 'flags')).map((flag) => text(flag));
    if (found.manager === 'pip' && (text(command, 'program') === 'uv' || flags.includes('--no-cache') || quiet(fact.parent?.node)))
      return [];
    if (cleaning.flag && flags.includes(cleaning.flag)) return [];
    const program = get(command, 'program') ?? command;
    const fix = cleaning.flag && {
      title: `Add ${cleaning.flag}`,
      safe: true,
      edits: [{ op: 'set' as const, path: 'commands.flags', value: cleaning.flag }],
    };
    return [{ span: program.span, values: { value: text(program) ?? '', advice: cleaning.advice }, ...(fix && { fix }) }];
  });
};

/** `PIP_NO_CACHE_DIR` is set to anything in the stage. */
function quiet(stage: Node | undefined): boolean {
  return (
    entryOf(get(stage, 'environment'), 'PIP_NO_CACHE_DIR') !== undefined ||
    entryOf(get(stage, 'arguments'), 'PIP_NO_CACHE_DIR') !== undefined
  );
}

export default check;
