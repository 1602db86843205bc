import { entryOf, get, items, text, type Node } from './tree.ts';

/** What a command of a package manager is asked to install. */
export interface Installation {
  readonly manager: Manager;
  /** The packages that are named literally; files, URLs, groups and variables are left out. */
  readonly packages: readonly Package[];
}

export interface Package {
  readonly name: string;
  readonly node: Node;
  readonly pinned: boolean;
}

export type Manager = 'apt' | 'apk' | 'yum' | 'zypper' | 'pip' | 'npm' | 'gem' | 'go' | 'cargo';

interface Grammar {
  readonly programs: RegExp;
  readonly install: RegExp;
  /** Flags whose value is the next word. */
  readonly valued: RegExp;
  /** Flags that say elsewhere which versions are installed. */
  readonly settled?: RegExp;
  /** Words that name no package of a repository. */
  readonly other: RegExp;
  readonly pinned: RegExp;
}

const grammars: Readonly<Record<Manager, Grammar>> = {
  apt: {
    programs: /^(apt|apt-get|aptitude)$/,
    install: /^install$/,
    valued: /^(-[toca]|--target-release|--default-release|--option|--config-file)$/,
    other: /\.deb$|[*?]|-$/,
    pinned: /[=/]/,
  },
  apk: {
    programs: /^apk$/,
    install: /^add$/,
    valued: /^(-[tXp]|--virtual|--repository|--root|--keys-dir|--repositories-file|--arch)$/,
    other: /\.apk$|^\./,
    pinned: /[=<>~]/,
  },
  yum: {
    programs: /^(yum|dnf|microdnf)$/,
    install: /^(install|groupinstall|localinstall)$/,
    valued: /^(-[cdex]|--(enablerepo|disablerepo|installroot|releasever|exclude|setopt|repo|repoid|nodocs-list))$/,
    other: /\.rpm$|^@|[*?]|:\/\/|^[A-Z][\w ]+$/,
    pinned: /-\d/,
  },
  zypper: {
    programs: /^zypper$/,
    install: /^(install|in)$/,
    valued: /^(-[trRp]|--(type|repo|root|from|plus-repo|name))$/,
    other: /\.rpm$|:\/\//,
    pinned: /[=<>]/,
  },
  pip: {
    programs: /^(pip[\d.]*|pipx|uv)$/,
    install: /^install$/,
    valued:
      /^(-[reictfb]|--(requirement|editable|index-url|constraint|target|find-links|extra-index-url|prefix|root|trusted-host|proxy|timeout|retries|cache-dir|python|platform|python-version|implementation|abi|log|src|build|no-binary|only-binary|upgrade-strategy|progress-bar|cert|global-option|install-option))$/,
    settled: /^(-c|--constraint|--require-hashes)$/,
    other: /^[.~/]|:\/\/|\.(whl|zip|tar\.gz|txt)$|@ |\/|[*?]/,
    pinned: /==|===|~=/,
  },
  npm: {
    programs: /^(npm|pnpm|yarn|bun)$/,
    install: /^(install|i|add)$/,
    valued: /^(--(prefix|registry|cache|userconfig|globalconfig|loglevel|cwd|network-timeout|tag|modules-folder))$/,
    other: /^[.~/]|:\/\/|:|\.tgz$|^[^@/]+\/|[*?]/,
    pinned: /.@[~^]?v?\d/,
  },
  gem: {
    programs: /^gem$/,
    install: /^install$/,
    valued: /^(-[visPn]|--(version|install-dir|source|bindir|platform|document|trust-policy))$/,
    settled: /^(-v|--version)$/,
    other: /\.gem$|^[./]/,
    pinned: /:\d/,
  },
  go: {
    programs: /^go$/,
    install: /^install$/,
    valued: /^-(tags|ldflags|gcflags|mod|o|p|asmflags|buildmode|installsuffix|pkgdir|toolexec)$/,
    other: /^[./]|^[^@]*$/,
    pinned: /@(v\d|[0-9a-f]{7,40}$)/,
  },
  cargo: {
    programs: /^cargo$/,
    install: /^install$/,
    valued: /^(--(version|vers|git|branch|tag|rev|path|root|registry|index|target|target-dir|features|profile|jobs)|-[FZj])$/,
    settled: /^(--version|--vers|--git|--path)$/,
    other: /^[./]/,
    pinned: /@\d/,
  },
};

/** The installation that a command of `commands` stands for; undefined for other commands. `python -m pip` and `uv pip` are looked through. */
export function installation(command: Node): Installation | undefined {
  let program = text(command, 'program') ?? '';
  let words = items(get(command, 'words'));
  if (/^python[\d.]*$/.test(program) && text(words[0]) === '-m' && text(words[1]) === 'pip') [program, words] = ['pip', words.slice(2)];
  if (program === 'uv' && text(words[0]) === 'pip') words = words.slice(1);
  if (program === 'yarn' && text(words[0]) === 'global') words = words.slice(1);
  const found = Object.entries(grammars).find(([, grammar]) => grammar.programs.test(program));
  if (!found) return undefined;
  const [manager, grammar] = found as [Manager, Grammar];
  const packages: Package[] = [];
  let installs = false;
  let settled = false;
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const value = text(word);
    if (value === undefined) continue;
    if (value.startsWith('-')) {
      const flag = value.replace(/=.*$/s, '');
      if (grammar.settled?.test(flag)) settled = true;
      if (flag === value && grammar.valued.test(value)) i++;
      continue;
    }
    if (!installs) {
      if (!grammar.install.test(value)) return undefined;
      installs = true;
    } else if (value !== '' && !grammar.other.test(value)) {
      packages.push({ name: value, node: word, pinned: grammar.pinned.test(value) });
    }
  }
  if (!installs) return undefined;
  return { manager, packages: settled ? packages.map((one) => ({ ...one, pinned: true })) : packages };
}

/** The commands of a script or task; empty where they are not known. */
export function commandsOf(node: Node): readonly Node[] {
  return items(entryOf(node, 'commands')?.value).filter((command) => command.kind === 'map');
}
