import { commandsOf } from '../../server/engine/packages.ts';
import { get, items } from '../../server/engine/tree.ts';
import type { Check, Hit } from '../../server/engine/types.ts';
import { written } from '../../server/engine/workflow.ts';

const check: Check = (fact) =>
  commandsOf(fact.node).flatMap((command): Hit[] => {
    const word = items(get(command, 'words')).find(
      (one) => one.kind === 'unknown' && one.refs.includes('CI_JOB_TOKEN') && /https?:\/\/\S*CI_JOB_TOKEN/.test(written(fact, one)),
    );
    return word ? [{ span: word.span }] : [];
  });

export default check;
