import { commandsOf, installation } from '../../server/engine/packages.ts';
import { at, entryOf, get, items, text, type Node } from '../../server/engine/tree.ts';
import type { Check, Fact, Hit } from '../../server/engine/types.ts';

/** Installations of pip and Yarn whose cache becomes a part of the image. */
const check: Check = (fact) => {
  if (text(fact.parent?.node, 'shipped') === 'false') return [];
  const commands = commandsOf(fact.node);
  const mounts = at(fact.node, 'flags.mount').found.some(({ node }) => /^(cache|tmpfs)$/.test(text(node, 'type') ?? ''));
  if (mounts) return [];
  return commands.flatMap((command, i): Hit[] => {
    const program = get(command, 'program') ?? command;
    const name = text(program) ?? '';
    if (name === 'yarn') {
      const words = wordsOf(command);
      const installs = words.length === 0 || words[0] === 'install' || words[0]!.startsWith('-');
      if (!installs || commands.slice(i).some(cleansYarn)) return [];
      return [{ span: program.span, values: { value: 'yarn install', advice: 'End the `RUN` with `yarn cache clean`.' } }];
    }
    if (installation(command)?.manager !== 'pip' || name === 'uv' || pipIsQuiet(fact)) return [];
    if (items(get(command, 'flags')).some((flag) => /^--no-cache(-dir)?$/.test(text(flag) ?? ''))) return [];
    if (commands.slice(i).some(cleansPip)) return [];
    const edits = [{ op: 'set' as const, path: 'commands.flags', value: '--no-cache-dir' }];
    const fix = { title: 'Add --no-cache-dir', safe: true, edits };
    return [{ span: program.span, values: { value: name, advice: 'Add `--no-cache-dir`.' }, fix }];
  });
};

const wordsOf = (command: Node): readonly string[] => items(get(command, 'words')).map((word) => text(word) ?? '');

const cleansYarn = (command: Node): boolean =>
  /^(yarn cache clean|rm .*(yarn|\.cache))/.test([text(command, 'program'), ...wordsOf(command)].join(' '));

const cleansPip = (command: Node): boolean =>
  /^(pip[\d.]* cache purge|rm .*\.cache)/.test([text(command, 'program'), ...wordsOf(command)].join(' '));

/** `PIP_NO_CACHE_DIR` is set to anything in the stage. */
function pipIsQuiet({ parent }: Fact): boolean {
  return ['environment', 'arguments'].some((kind) => entryOf(get(parent?.node, kind), 'PIP_NO_CACHE_DIR') !== undefined);
}

export default check;
