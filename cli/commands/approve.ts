/** `flotilla approve`: a person lets a stage go on. */
import { Option, type Command } from 'commander';

interface ApproveCommandOptions {
  by?: string;
  comment?: string;
  hubContext?: string;
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
    .option('--hub-context <name>', "the hub's context in KUBECONFIG, if not the current one")
    .action(runApprove);
}

async function runApprove(name: string, stage: string, options: ApproveCommandOptions): Promise<void> {
  const [{ KubeConfig }, { KubernetesClient }, { approveStage }] = await Promise.all([
    import('@kubernetes/client-node'),
    import('../../kube/client.ts'),
    import('../approveStage.ts'),
  ]);
  const { connectFlotilla } = await import('../../client/index.ts');
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromDefault();
  const hub = KubernetesClient.fromKubeconfig({ name: 'hub', kubeconfig, context: options.hubContext });
  let flotilla: ReturnType<typeof connectFlotilla> | undefined;
  try {
    const doors = { hub, flotilla: () => (flotilla ??= connectFlotilla()) };
    const { by, comment, namespace } = options;
    const run = { name, namespace };
    const said = await approveStage(doors, { run, stage, by, comment, task: taskOf(options) });
    process.stdout.write(`${said}\n`);
  } finally {
    await Promise.all([hub.close(), flotilla?.close()]);
  }
}

/** Without either, the stage's only approval is meant, or the one that is waited for. */
function taskOf({ before, after }: ApproveCommandOptions): 'before' | 'after' | undefined {
  if (before === true) return 'before';
  return after === true ? 'after' : undefined;
}
