import { entryOf, text } from '../engine/tree.ts';
import type { Parsed } from '../parse/parsed.ts';
import { contextOf, instances } from './terraform-evaluate.ts';
import { calledModule, moduleOf, type Declaration, type Module } from './terraform-module.ts';

/** More calls of one folder than these aren't looked at. */
const mostCalls = 8;
/** Arguments of the call itself, which no variable gets. */
const ownArguments: ReadonlySet<string> = new Set(['source', 'version', 'providers', 'count', 'for_each', 'depends_on']);
/** An example is no deployment: what it passes says nothing about the module. */
const example = /(?:^|\/)(?:examples?|tests?|fixtures?|wrappers?)(?:\/|$)/i;

/** The folder of a path; '' for the topmost. */
function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/**
 * The folder that a module's `source` means in a file of `folder`, '/'-separated like it. Undefined when it is no relative path, leads out of
 * the topmost folder, or is called by an example or a test only.
 */
export function calledFolder(folder: string, source: string): string | undefined {
  if (!/^\.\.?\//.test(source)) return undefined;
  const steps = folder === '' ? [] : folder.split('/');
  let common = steps.length;
  for (const step of source.split('/')) {
    if (step === '' || step === '.') continue;
    if (step !== '..') {
      steps.push(step);
      continue;
    }
    if (steps.pop() === undefined) return undefined;
    common = Math.min(common, steps.length);
  }
  return example.test(folder.split('/').slice(common).join('/')) ? undefined : steps.join('/');
}

/** The module of a file as each of its calls makes it; as it is by itself where nobody calls it. `others` are files of its folder and of callers. */
export function instancesOf(parsed: Parsed, others: readonly Parsed[]): readonly Module[] {
  const folders = new Map<string, Parsed[]>([[folderOf(parsed.document.path), [parsed]]]);
  for (const file of others) {
    const folder = folderOf(file.document.path);
    const files = folders.get(folder);
    if (files) files.push(file);
    else folders.set(folder, [file]);
  }
  const modules = new Map([...folders].map(([folder, files]) => [folder, moduleOf(files)]));
  return modulesOf(folderOf(parsed.document.path), modules, []);
}

function modulesOf(folder: string, modules: ReadonlyMap<string, Module>, above: readonly string[]): readonly Module[] {
  const base = modules.get(folder)!;
  if (above.includes(folder)) return [];
  const made: Module[] = [];
  for (const [caller, module] of modules) {
    const calls = caller === folder ? [] : callsOf(module, caller).filter((call) => call.folder === folder);
    if (calls.length === 0) continue;
    for (const outer of modulesOf(caller, modules, [...above, folder])) {
      for (const { address } of calls) {
        made.push(...callOf(outer, address, base));
        if (made.length >= mostCalls) return made.slice(0, mostCalls);
      }
    }
  }
  // A folder with values of its own is also applied by itself. What a call makes true is told of the call.
  return made.length === 0 || base.given.size > 0 ? [...made, base] : made;
}

interface Call {
  readonly address: string;
  readonly folder: string;
}

const calls = new WeakMap<Module, readonly Call[]>();

/** The calls of local modules in a module. */
function callsOf(module: Module, folder: string): readonly Call[] {
  let known = calls.get(module);
  if (!known) {
    known = [...module.blocks].flatMap(([address, { entry }]) => {
      const source = entry.key === 'module' ? text(entryOf(entry.value, 'source')?.value) : undefined;
      const called = source === undefined ? undefined : calledFolder(folder, source);
      return called === undefined ? [] : [{ address, folder: called }];
    });
    calls.set(module, known);
  }
  return known;
}

interface Called {
  readonly base: Module;
  readonly called: readonly Module[];
}

const made = new WeakMap<Module, Map<string, Called>>();

/** What a call makes of a folder's module: one for each element of its `for_each`, none when that or `count` is empty. The same modules give the same result. */
function callOf(caller: Module, address: string, base: Module): readonly Module[] {
  let known = made.get(caller);
  if (!known) {
    known = new Map<string, Called>();
    made.set(caller, known);
  }
  const before = known.get(address);
  if (before?.base === base) return before.called;
  const { entry, document } = caller.blocks.get(address)!;
  const passed = entry.value.kind === 'map' ? entry.value.entries.filter(({ key }) => !ownArguments.has(key)) : [];
  const called = instances(entry, contextOf(caller, document))
    .slice(0, mostCalls)
    .map((from) =>
      calledModule(
        base,
        address,
        new Map(passed.map((argument): [string, Declaration] => [argument.key, { entry: argument, document, from }])),
      ),
    );
  known.set(address, { base, called });
  return called;
}
