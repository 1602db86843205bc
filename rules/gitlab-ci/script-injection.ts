import { get, items, text } from '../../server/engine/tree.ts';
import type { Check, Hit } from '../../server/engine/types.ts';

/** Variables whose text is chosen by whoever pushes a branch or opens a merge request. */
const OUTSIDE =
  /^CI_(MERGE_REQUEST_(TITLE|DESCRIPTION|SOURCE_BRANCH_NAME|LABELS)|COMMIT_(MESSAGE|TITLE|DESCRIPTION|BRANCH|REF_NAME|TAG|TAG_MESSAGE|AUTHOR)|EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME)$/;

/** `eval` and `sh -c` with such a variable in their text; single quotes leave it to the inner shell, which only inserts it. */
const check: Check = (fact) =>
  items(get(fact.node, 'commands')).flatMap((command): Hit[] => {
    const program = text(command, 'program') ?? '';
    const words = items(get(command, 'words'));
    const evaluated =
      program === 'eval' ? words : /^(ba|da|a|z)?sh$/.test(program) ? words.filter((_, i) => /^-\w*c$/.test(text(words[i - 1]) ?? '')) : [];
    const refs = evaluated.flatMap((word) => (word.kind === 'unknown' ? word.refs : []));
    const variable = refs.find((ref) => OUTSIDE.test(ref));
    return variable === undefined ? [] : [{ span: command.span, values: { value: variable } }];
  });

export default check;
