/** `flotilla rollout`: following rollouts and steering them, in the words of `kubectl rollout`. */
import { InvalidArgumentError, Option, type Command } from 'commander';
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

/** Adds `rollout status|history|undo|pause|resume`. */
export function addRolloutCommand(program: Command): void {
  const rollout = program.command('rollout').description('follow rollouts, pause them, and go back');
  add(rollout, 'status', ['run', 'placement'], 'follow a rollout until it ends; the exit code tells how')
    .option('--timeout <time>', 'how long to wait, such as 90s or 5m; 0 without end', parseTimeout, 0)
    .option('-w, --watch [boolean]', 'false only tells the present state', parseBoolean, true)
    .action(runStatus);
  add(rollout, 'history', ['placement'], 'list the revisions of a placement, with the runs that brought them')
    .option('--revision <number>', 'print what this revision holds', parseRevision)
    .action(runHistory);
  add(rollout, 'undo', ['placement'], 'bring a placement back to an earlier revision, with a run')
    .option('--to-revision <number>', 'the revision; without it, the last that succeeded before', parseRevision)
    .option('--strategy <name>', 'the strategy of the run; without it, that of the last run')
    .option('--name <name>', 'name of the run; without it PLACEMENT-undo-NUMBER')
    .option('-y, --yes', 'do not ask')
    .option('--dry-run', 'only show what would happen')
    .addOption(new Option('-o, --output <format>', 'print the run itself').choices(['yaml', 'json']))
    .action(runUndo);
  add(rollout, 'pause', ['run', 'placement'], 'let a run start nothing more; what is in work comes to its end').action(
    (typed: string, options: HubOptions) => runSetState(typed, options, 'Stop'),
  );
  add(rollout, 'resume', ['run', 'placement'], 'let a paused run go on, or one that is only planned begin').action(
    (typed: string, options: HubOptions) => runSetState(typed, options, 'Run'),
  );
}

function add(rollout: Command, name: string, wanted: TargetKind[], description: string): Command {
  return rollout
    .command(name)
    .argument('<object>', formsOf(wanted))
    .description(description)
    .option('-n, --namespace <name>', 'where the object is')
    .option('--context <name>', "the hub's context in KUBECONFIG, if not the current one");
}

function parseBoolean(text: string): boolean {
  if (text !== 'true' && text !== 'false') throw new InvalidArgumentError('It is true or false.');
  return text === 'true';
}

async function runStatus(typed: string, { timeout, watch, ...options }: StatusOptions): Promise<void> {
  const target = targetOf(typed, options, ['run', 'placement']);
  const [{ atHub }, { rolloutStatus }] = await Promise.all([
    import('../rollout/atHub.ts'),
    import('../rollout/rolloutStatus.ts'),
  ]);
  const outcome = await atHub(options.context, (hub) =>
    rolloutStatus(hub, target, { timeoutMs: timeout, watch, say, complain }),
  );
  if (outcome === 'failed' || outcome === 'deleted') process.exitCode = exitCodes[outcome];
  // Without watching nothing was waited for, as in kubectl.
  if (outcome === 'unfinished' && watch) process.exitCode = exitCodes.unfinished;
}

async function runHistory(typed: string, { revision, ...options }: HistoryOptions): Promise<void> {
  const { reference } = targetOf(typed, options, ['placement']);
  const [{ atHub }, { rolloutHistory }] = await Promise.all([
    import('../rollout/atHub.ts'),
    import('../rollout/rolloutHistory.ts'),
  ]);
  process.stdout.write(
    await atHub(options.context, (hub) => rolloutHistory(hub, reference, revision, columnsOf(process.stdout))),
  );
}

async function runUndo(typed: string, options: UndoOptions): Promise<void> {
  const { reference } = targetOf(typed, options, ['placement']);
  const [{ atHub }, { rolloutUndo }, { confirm }] = await Promise.all([
    import('../rollout/atHub.ts'),
    import('../rollout/rolloutUndo.ts'),
    import('../rollout/confirm.ts'),
  ]);
  const { toRevision, strategy, name, yes, dryRun, output } = options;
  await atHub(options.context, (hub) =>
    rolloutUndo(
      hub,
      { placement: reference, toRevision, strategy, name },
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

async function runSetState(typed: string, options: HubOptions, state: 'Stop' | 'Run'): Promise<void> {
  const target = targetOf(typed, options, ['run', 'placement']);
  const [{ atHub }, { setState }, { whyNotNoticed }] = await Promise.all([
    import('../rollout/atHub.ts'),
    import('../rollout/setState.ts'),
    import('../rollout/notice.ts'),
  ]);
  await atHub(options.context, async (hub) => {
    const run = await setState(hub, target, state);
    const name = runTarget(run.metadata);
    say(`${name} ${state === 'Stop' ? 'paused' : 'resumed'}`);
    const later = await whyNotNoticed(hub, run);
    if (later !== undefined) complain(later);
    complain(nextLines([`flotilla rollout ${state === 'Stop' ? 'resume' : 'status'} ${name}`]).join('\n'));
  });
}

function targetOf(typed: string, { namespace }: HubOptions, wanted: TargetKind[]): Target {
  const target = parseTarget(typed, namespace, wanted);
  if (target !== undefined) return target;
  throw new Error(`Say what ${typed} is: ${formsOf(wanted).replaceAll('NAME ', `${typed} `).replace(/NAME$/, typed)}.`);
}
