import { entryOf } from '../../server/engine/tree.ts';
import type { Check, Hit } from '../../server/engine/types.ts';

/** The last words of a name that holds a credential itself, not something about one (`TOKEN_TTL`, `PASSWORD_FILE`). */
const CREDENTIAL =
  /(^|_)(PASSWORD|PASSWD|PASS|PWD|SECRET|SECRET_KEY|SECRET_ACCESS_KEY|API_?KEY|ACCESS_KEY|PRIVATE_KEY|AUTH_?TOKEN|ACCESS_TOKEN|TOKEN|CREDENTIALS?)$/i;
/** Words that only look like one. */
const HARMLESS = /(^|_)(PUBLIC|ALLOW|ENABLE|DISABLE|NO|USE|OLD)_/i;

/** An `ARG` without a default, and an `ENV` that keeps an argument's value, whose name says credential. Literals are for the secrets rules. */
const check: Check = (fact) => {
  const variables = entryOf(fact.node, 'variables')?.value;
  if (variables?.kind !== 'map') return [];
  const argument = fact.types[0] === 'ARG';
  return variables.entries.flatMap((entry): Hit[] => {
    if (!CREDENTIAL.test(entry.key) || HARMLESS.test(entry.key)) return [];
    const { value } = entry;
    const given = argument ? value.kind === 'unknown' || (value.kind === 'scalar' && value.value === null) : value.kind === 'unknown';
    return given ? [{ span: entry.keySpan, values: { key: entry.key } }] : [];
  });
};

export default check;
