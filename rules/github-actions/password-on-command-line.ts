import { commandsOf } from '../../server/engine/packages.ts';
import { get, items, text } from '../../server/engine/tree.ts';
import type { Check, Hit } from '../../server/engine/types.ts';

const check: Check = (fact) =>
  commandsOf(fact.node).flatMap((command): Hit[] => {
    const program = text(command, 'program') ?? '';
    const words = items(get(command, 'words')).map((word) => text(word) ?? (word.kind === 'unknown' ? (word.parts?.[0] ?? '') : ''));
    const login = words.indexOf('login');
    if (!/^(docker|podman|helm|skopeo|crane|az|oras)$/.test(program) || login < 0 || login > 1) return [];
    const flag = words.slice(login).some((word) => /^(-p.*|--password(=.*)?)$/.test(word) && word !== '--password-stdin');
    return flag ? [{ span: command.span, values: { value: `${program} login` } }] : [];
  });

export default check;
