import { get, items, text, type Node } from '../../server/engine/tree.ts';
import type { Check, Fact, Hit } from '../../server/engine/types.ts';
import { eventsOf, stepsAround, written } from '../../server/engine/workflow.ts';

const DOWNLOADS =
  /^(dawidd6\/action-download-artifact|aochmann\/actions-download-artifact|benday-inc\/download-latest-artifact|levonet\/action-download-last-artifact)$/;
/** Programs that run, or are told what to do by, files of the workspace. */
const RUNS =
  /(^|[\s;&|(])(\.\/|\.\\|source |\. |bash |sh |python3? |node |npm |npx |pnpm |yarn |make\b|mvn |gradle |\.?\/?gradlew|cargo |go |docker build|pip install|bundle |rake |ruby |perl |composer |dotnet |cmake )/m;

const check: Check = (fact) => {
  if (!eventsOf(fact).includes('workflow_run')) return [];
  const steps = stepsAround(fact);
  const own = steps.findIndex((step) => step.span.start === fact.node.span.start);
  const later = steps.slice(own + 1);
  if (own < 0 || !later.some((step) => isRun(fact, step))) return [];
  if (fact.types.includes('run')) return byCommand(fact);
  const action = text(fact.node, 'action')?.toLowerCase() ?? '';
  const foreign =
    action === 'actions/download-artifact' && written(fact, get(fact.node, 'with.run-id')).includes('github.event.workflow_run');
  if (!foreign && !DOWNLOADS.test(action)) return [];
  const path = get(fact.node, 'with.path');
  if (path && apart(written(fact, path))) return [];
  const fix: Hit['fix'] = {
    title: 'Unpack it outside the workspace',
    safe: false,
    edits: [{ op: 'set', path: 'with.path', value: '${{ runner.temp }}/artifact' }],
  };
  return [{ span: get(fact.node, 'uses')?.span ?? fact.head, fix }];
};

/** `gh run download` and `unzip` into the workspace. */
const byCommand: Check = (fact) =>
  items(get(fact.node, 'commands')).flatMap((command): Hit[] => {
    const line = written(fact, command);
    return text(command, 'program') === 'gh' &&
      /\brun\s+download\b/.test(line) &&
      !/(-D|--dir)[ =]*\S*(RUNNER_TEMP|runner\.temp|\/tmp)/.test(line)
      ? [{ span: command.span }]
      : [];
  });

const apart = (path: string): boolean => /runner\.temp|RUNNER_TEMP|^["']?\/tmp\//.test(path);

function isRun(fact: Fact, step: Node): boolean {
  return items(get(step, 'run')).some((run) => RUNS.test(written(fact, run))) || (text(step, 'uses') ?? '').startsWith('./');
}

export default check;
