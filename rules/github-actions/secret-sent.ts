import { commandsOf } from '../../server/engine/packages.ts';
import { get, items, text } from '../../server/engine/tree.ts';
import type { Check, Hit } from '../../server/engine/types.ts';
import { written } from '../../server/engine/workflow.ts';

const SECRET =
  /\$\{\{[^}]*\bsecrets[.[]|\$\{?(CI_JOB_TOKEN|CI_JOB_JWT(_V\d)?|CI_DEPLOY_PASSWORD|CI_REGISTRY_PASSWORD|GITHUB_TOKEN|\w*(_PASSWORD|_SECRET|_API_KEY|_PRIVATE_KEY))\b/;

const check: Check = (fact) =>
  commandsOf(fact.node).flatMap((command): Hit[] => {
    const program = text(command, 'program') ?? '';
    if (!/^(curl|wget|nc|ncat)$/.test(program) || items(get(command, 'words')).length === 0) return [];
    return SECRET.test(written(fact, command)) ? [{ span: command.span, values: { value: program } }] : [];
  });

export default check;
