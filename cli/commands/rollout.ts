/** `flotilla rollout`: following rollouts and steering them, in the words of `kubectl rollout`. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { KubernetesClient } from '../../kube/client.ts';
import { ownCommand } from '../calledAs.ts';
import { exitCodes } from '../exitCodes.ts';
import { columnsOf } from '../foldText.ts';
import { nextLines } from '../nextLines.ts';
import { parseRevision } from '../rollout/revisionNumber.ts';
import { formsOf, parseTarget, runTarget, type Target, type TargetKind } from '../rollout/target.ts';
import { parseTimeout } from '../rollout/timeout.ts';
import { complain, say } from '../say.ts';

interface HubOptions {
  namespace?: string;
  context?: string;
}

interface StatusOptions extends HubOptions {
  timeout: number;
  watch: boolean;
}

interface HistoryOptions extends HubOptions {
  revision?: number;
}

interface UndoOptions extends HubOptions {
  toRevision?: number;
  strategy?: string;
  name?: string;
  yes?: boolean;
  dryRun?: boolean;
  output?: 'yaml' | 'json';
}

/** What each verb works on. */
const rollouts: readonly TargetKind[] = ['run', 'placement'];
const placements: readonly TargetKind[] = ['placement'];

/** Adds `rollout status|history|undo|pause|resume`. */
export function addRolloutCommand(program: Command): void {
  const rollout = program.command('rollout').description('follow rollouts, pause them, and go back');
  add(rollout, 'status', rollouts, 'follow a rollout until it ends; the exit code tells how')
    .option('--timeout <time>', 'how long to wait, such as 90s or 5m; 0 without end', parseTimeout, 0)
    .option('-w, --watch [boolean]', 'false only tells the present state', parseBoolean, true)
    .action(runStatus);
  add(rollout, 'history', placements, 'list the revisions of a placement, with the runs that brought them')
    .option('--revision <number>', 'print what this revision holds', parseRevision)
    .action(runHistory);
  add(rollout, 'undo', placements, 'bring a placement back to an earlier revision, with a run')
    .option('--to-revision <number>', 'the revision; without it, the last that succeeded before', parseRevision)
    .option('--strategy <name>', 'the strategy of the run; without it, that of the last run')
    .option('--name <name>', 'name of the run; without it PLACEMENT-undo-NUMBER')
    .option('-y, --yes', 'do not ask')
    .option('--dry-run', 'only show what would happen')
    .addOption(new Option('-o, --output <format>', 'print the run itself').choices(['yaml', 'json']))
    .action(runUndo);
  add(rollout, 'pause', rollouts, 'let a run start nothing more; what is in work comes to its end').action(
    (object: string, name: string | undefined, options: HubOptions) => runSetState({ object, name }, options, 'Stop'),
  );
  add(rollout, 'resume', rollouts, 'let a paused run go on, or one that is only planned begin').action(
    (object: string, name: string | undefined, options: HubOptions) => runSetState({ object, name }, options, 'Run'),
  );
}

function add(rollout: Command, name: string, wanted: readonly TargetKind[], description: string): Command {
  return rollout
    .command(name)
    .argument('<object>', `${formsOf(wanted)}; a name alone where only one has it`)
    .argument('[name]', 'the name, where the kind stands alone: crp NAME')
    .description(description)
    .option('-n, --namespace <name>', 'where the object is')
    .option('--context <name>', "the hub's context in KUBECONFIG, if not the current one");
}

function parseBoolean(text: string): boolean {
  if (text !== 'true' && text !== 'false') throw new InvalidArgumentError('It is true or false.');
  return text === 'true';
}

async function runStatus(
  object: string,
  name: string | undefined,
  { timeout, watch, ...options }: StatusOptions,
): Promise<void> {
  const target = targetOf({ object, name }, options, rollouts);
  const [{ atHub }, { rolloutStatus }] = await Promise.all([
    import('../rollout/atHub.ts'),
    import('../rollout/rolloutStatus.ts'),
  ]);
  const outcome = await atHub(options.context, async (hub) =>
    rolloutStatus(hub, await target(hub), { timeoutMs: timeout, watch, say, complain }),
  );
  if (outcome === 'failed' || outcome === 'deleted') process.exitCode = exitCodes[outcome];
  // Without watching nothing was waited for, as in kubectl.
  if (outcome === 'unfinished' && watch) process.exitCode = exitCodes.unfinished;
}

async function runHistory(
  object: string,
  name: string | undefined,
  { revision, ...options }: HistoryOptions,
): Promise<void> {
  const target = targetOf({ object, name }, options, placements);
  const [{ atHub }, { rolloutHistory }] = await Promise.all([
    import('../rollout/atHub.ts'),
    import('../rollout/rolloutHistory.ts'),
  ]);
  process.stdout.write(
    await atHub(options.context, async (hub) =>
      rolloutHistory(hub, (await target(hub)).reference, revision, columnsOf(process.stdout)),
    ),
  );
}

async function runUndo(object: string, typedName: string | undefined, options: UndoOptions): Promise<void> {
  const target = targetOf({ object, name: typedName }, options, placements);
  const [{ atHub }, { rolloutUndo }, { confirm }] = await Promise.all([
    import('../rollout/atHub.ts'),
    import('../rollout/rolloutUndo.ts'),
    import('../rollout/confirm.ts'),
  ]);
  const { toRevision, strategy, name, yes, dryRun, output } = options;
  await atHub(options.context, async (hub) =>
    rolloutUndo(
      hub,
      { placement: (await target(hub)).reference, toRevision, strategy, name },
      {
        dryRun: dryRun === true,
        output,
        confirm: (question) => (yes === true ? Promise.resolve(true) : confirm(question)),
        print: (text) => process.stdout.write(text),
        // The object alone goes to standard output, so that it can be piped.
        note: output === undefined ? say : complain,
      },
    ),
  );
}

async function runSetState(typed: Typed, options: HubOptions, state: 'Stop' | 'Run'): Promise<void> {
  const target = targetOf(typed, options, rollouts);
  const [{ atHub }, { setState }, { whyNotNoticed }] = await Promise.all([
    import('../rollout/atHub.ts'),
    import('../rollout/setState.ts'),
    import('../rollout/notice.ts'),
  ]);
  await atHub(options.context, async (hub) => {
    const run = await setState(hub, await target(hub), state);
    const name = runTarget(run.metadata);
    say(`${name} ${state === 'Stop' ? 'paused' : 'resumed'}`);
    const later = await whyNotNoticed(hub, run);
    if (later !== undefined) complain(later);
    complain(nextLines([ownCommand(`rollout ${state === 'Stop' ? 'resume' : 'status'} ${name}`)]).join('\n'));
  });
}

/** `crp/NAME`, the same in two words as kubectl takes it, or a name. */
interface Typed {
  object: string;
  name?: string;
}

/** What was typed is judged before the hub is asked. @returns how to get what is meant */
function targetOf(
  { object, name }: Typed,
  { namespace }: HubOptions,
  wanted: readonly TargetKind[],
): (hub: KubernetesClient) => Promise<Target> {
  const target = parseTarget(name === undefined ? object : `${object}/${name}`, namespace, wanted);
  return async (hub) => {
    if (target !== undefined) return target;
    const { targetCalled } = await import('../rollout/targetCalled.ts');
    return targetCalled(hub, { name: object, namespace }, wanted);
  };
}
