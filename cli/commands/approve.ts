/** `flotilla approve`: a person lets a stage go on. */
import { Option, type Command } from 'commander';
import type { FlotillaClient } from '../../client/index.ts';
import { parseReference } from '../rollout/target.ts';
import { say } from '../say.ts';

interface ApproveCommandOptions {
  by?: string;
  comment?: string;
  context?: string;
  namespace?: string;
  before?: boolean;
  after?: boolean;
}

/** Adds `approve RUN STAGE`. */
export function addApproveCommand(program: Command): void {
  program
    .command('approve')
    .argument('<run>', 'name of the run')
    .argument('<stage>', 'name of its stage')
    .description('approve a stage of a run, also before the stage asks for it')
    .addOption(new Option('--before', 'the approval without which the stage does not begin').conflicts('after'))
    .addOption(new Option('--after', 'the approval without which the stage does not end'))
    .option('--by <name>', 'who approves; shown on the approval request')
    .option('--comment <text>', 'why; shown on the approval request')
    .option(
      '-n, --namespace <name>',
      'where the run is, for a StagedUpdateRun; without it a ClusterStagedUpdateRun is meant',
    )
    .option('--context <name>', "the hub's context in KUBECONFIG, if not the current one")
    .action(runApprove);
}

async function runApprove(typed: string, stage: string, options: ApproveCommandOptions): Promise<void> {
  const { by, comment, namespace, context } = options;
  const run = parseReference(typed, namespace, 'run');
  const [{ atHub }, { approveStage }] = await Promise.all([
    import('../rollout/atHub.ts'),
    import('../approveStage.ts'),
  ]);
  let flotilla: FlotillaClient | undefined;
  // Only an approval that is given ahead of its request goes through Temporal.
  const openFlotilla = async (): Promise<FlotillaClient> => {
    const { connectFlotilla } = await import('../../client/index.ts');
    return (flotilla ??= connectFlotilla({ awaitStart: false }));
  };
  try {
    const approval = { run, stage, by, comment, task: taskOf(options) };
    say(await atHub(context, (hub) => approveStage({ hub, flotilla: openFlotilla }, approval)));
  } finally {
    await flotilla?.close();
  }
}

/** Without either, the stage's only approval is meant, or the one that is waited for. */
function taskOf({ before, after }: ApproveCommandOptions): 'before' | 'after' | undefined {
  if (before === true) return 'before';
  return after === true ? 'after' : undefined;
}
