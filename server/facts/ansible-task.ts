import { entryOf } from '../engine/tree.ts';
import type { Entry, MapNode, Node, ScalarNode, Span } from '../engine/tree.ts';

/** What may stand in a task beside its module. */
const keywords: ReadonlySet<string> = new Set(
  (
    'action always any_errors_fatal args async become become_exe become_flags become_method become_user block changed_when check_mode ' +
    'collections connection debugger delay delegate_facts delegate_to diff environment failed_when first_available_file ignore_errors ' +
    'ignore_unreachable listen local_action loop loop_control module_defaults name no_log notify poll port register remote_user rescue ' +
    'retries run_once sudo sudo_user tags throttle timeout until vars when'
  ).split(' '),
);

/** Modules of `ansible.builtin`, which are mostly written without their collection. */
const builtin: ReadonlySet<string> = new Set(
  (
    'add_host apt apt_key apt_repository assemble assert async_status blockinfile command copy cron deb822_repository debconf debug dnf dnf5 ' +
    'dpkg_selections expect fail fetch file find gather_facts get_url getent git group group_by hostname import_playbook import_role ' +
    'import_tasks include include_role include_tasks include_vars iptables known_hosts lineinfile meta mount_facts package package_facts ' +
    'pause ping pip raw reboot replace rpm_key script service service_facts set_fact set_stats setup shell slurp stat subversion systemd ' +
    'systemd_service sysvinit tempfile template unarchive uri user validate_argument_spec wait_for wait_for_connection yum yum_repository'
  ).split(' '),
);
const qualified = /^[a-z_]\w*\.[a-z_]\w*(?:\.[a-z_]\w*)+$/;

/** The entry that names the module, if the map looks like a task. */
export function moduleEntry(task: MapNode): Entry | undefined {
  const others = task.entries.filter((e) => !keywords.has(e.key) && !e.key.startsWith('with_'));
  return others.find((e) => qualified.test(e.key) || builtin.has(e.key)) ?? (others.length === 1 ? others[0] : undefined);
}

/** Whether the map is a task beyond doubt: by a module that is known or qualified, or by a name and a single other key with arguments. */
export function isTask(task: Node): boolean {
  if (task.kind !== 'map') return false;
  if (entryOf(task, 'block')) return entryOf(task, 'block')!.value.kind === 'list';
  if (entryOf(task, 'local_action')) return true;
  const module = moduleEntry(task);
  if (!module) return false;
  return (
    qualified.test(module.key) ||
    builtin.has(module.key) ||
    (entryOf(task, 'name') !== undefined && /^[a-z]\w*$/.test(module.key) && module.value.kind === 'map')
  );
}

export interface Module {
  readonly short: string;
  readonly full: string;
  /** Its arguments as a map, also where they are written as `a=b c=d` or as a command line. */
  readonly args: Node;
  /** What stands in the task, for the place. */
  readonly entry: Entry;
  /** The command line of `shell`, `command`, `raw` and `script`. */
  readonly command?: Node;
}

/** The module of a task; `local_action` and `action` are looked through. */
export function moduleOf(task: MapNode, path: string): Module | undefined {
  const indirect = entryOf(task, 'local_action') ?? entryOf(task, 'action');
  let entry = moduleEntry(task);
  let name = entry?.key;
  let value = entry?.value;
  if (!entry && indirect) {
    entry = indirect;
    value = indirect.value;
    if (value.kind === 'map') {
      const module = entryOf(value, 'module');
      name = module?.value.kind === 'scalar' ? String(module.value.value) : undefined;
    } else if (value.kind === 'scalar') {
      const match = /^([\w.]+)\s*/.exec(String(value.value));
      name = match?.[1];
      value = { ...value, value: String(value.value).slice(match?.[0].length ?? 0), span: cut(value, match?.[0].length ?? 0) };
    }
  }
  if (!entry || name === undefined || !value) return undefined;
  const short = name.slice(name.lastIndexOf('.') + 1);
  const full = name.includes('.') ? name : builtin.has(name) ? `ansible.builtin.${name}` : name;
  const runs = /^(?:shell|command|raw|script|win_shell|win_command)$/.test(short);
  let args: Node = value;
  let command: Node | undefined;
  if (value.kind === 'scalar' && typeof value.value === 'string') {
    args = freeForm(value, runs, path);
    if (runs) command = entryOf(args, 'cmd')?.value;
  } else if (value.kind === 'scalar' && value.value === null) args = { kind: 'map', entries: [], span: value.span };
  else if (runs) command = value.kind === 'map' ? (entryOf(value, 'cmd') ?? entryOf(value, 'argv'))?.value : value;
  const extra = entryOf(task, 'args')?.value;
  if (extra?.kind === 'map' && args.kind === 'map') args = { ...args, entries: [...args.entries, ...extra.entries] };
  return { short, full, args, entry, ...(command && /^(?:shell|command|raw)$/.test(short) && { command }) };
}

/** The span of what follows the first `length` characters of a scalar. */
function cut(scalar: ScalarNode, length: number): Span {
  const { start, end } = scalar.span;
  return { start: Math.min(start + length, end), end };
}

/** Ansible reads YAML 1.1, where an unquoted `no` is false. */
export function plainValue(value: string): string | boolean {
  if (/^(?:yes|on|true)$/i.test(value)) return true;
  return /^(?:no|off|false)$/i.test(value) ? false : value;
}

const pair = /(?:^|\s)([A-Za-z_]\w*)=((?:\{\{[^{}]{0,200}\}\}|"(?:[^"\\]|\\.){0,1000}"|'[^']{0,1000}'|\S)+)/g;
/** What a command line may say to its module, at the end or the beginning of the line. */
const commandOption = /^(?:chdir|creates|removes|executable|warn|stdin|strip_empty_ends)$/;

/** `path=/x mode=0644` as a map; of a command line `cmd` and its options. It can't be edited as YAML: its `origin` says so. */
function freeForm(scalar: ScalarNode, runs: boolean, path: string): MapNode {
  const text = String(scalar.value);
  const { span } = scalar;
  // Quotes shift the text by one, folded lines by more; then all is underlined.
  const lead = span.end - span.start - text.length;
  const place = (start: number, end: number): Span =>
    lead === 0 || lead === 2 ? { start: span.start + lead / 2 + start, end: span.start + lead / 2 + end } : span;
  const entries: Entry[] = [];
  if (runs) entries.push({ key: 'cmd', keySpan: span, span, value: scalar });
  for (const m of text.matchAll(pair)) {
    const key = m[1]!;
    if (runs && !commandOption.test(key)) continue;
    const end = m.index + m[0].length;
    const raw = m[2]!;
    const value = /^(["']).*\1$/s.test(raw) && raw.length > 1 ? raw.slice(1, -1) : plainValue(raw);
    const keyStart = end - raw.length - 1 - key.length;
    const keySpan = place(keyStart, keyStart + key.length);
    const at = place(end - raw.length, end);
    entries.push({ key, keySpan, span: { start: keySpan.start, end: at.end }, value: { kind: 'scalar', value, span: at } });
  }
  return { kind: 'map', entries, span, origin: { path, span, what: 'the arguments in one line' } };
}
