import { commandsOf, installation } from '../../server/engine/packages.ts';
import type { Check, Hit } from '../../server/engine/types.ts';

const LANGUAGES = ['pip', 'npm', 'gem', 'go', 'cargo'];

const check: Check = (fact) =>
  commandsOf(fact.node).flatMap((command): Hit[] => {
    const found = installation(command);
    const loose = found && LANGUAGES.includes(found.manager) ? found.packages.filter((one) => !one.pinned) : [];
    return loose[0] ? [{ span: loose[0].node.span, values: { value: loose.map((one) => one.name).join(' ') } }] : [];
  });

export default check;
