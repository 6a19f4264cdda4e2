/** `flotilla run`: rolls a placement out with a strategy. */
import { Option, type Command } from 'commander';
import { parseRevision } from '../rollout/revisionNumber.ts';
import { parseReference } from '../rollout/target.ts';
import { complain } from '../say.ts';

interface RunOptions {
  strategy: string;
  index?: number;
  name?: string;
  dryRun?: boolean;
  output?: 'yaml' | 'json';
  namespace?: string;
  context?: string;
}

/** Adds `run PLACEMENT --strategy S`. */
export function addRunCommand(program: Command): void {
  program
    .command('run')
    .argument('<placement>', 'name of the placement')
    .description('roll a placement out: make a run of it on the hub')
    .requiredOption('--strategy <name>', 'the ClusterStagedUpdateStrategy with the stages')
    .option('--index <number>', 'index of the resource snapshot; without it, what is selected now', parseRevision)
    .option('--name <name>', 'name of the run; without it PLACEMENT-run-NUMBER')
    .option('--dry-run', 'have the hub check the run and make nothing')
    .addOption(new Option('-o, --output <format>', 'print the run itself').choices(['yaml', 'json']))
    .option(
      '-n, --namespace <name>',
      'where the placement is, for a ResourcePlacement; without it a ClusterResourcePlacement is meant',
    )
    .option('--context <name>', "the hub's context in KUBECONFIG, if not the current one")
    .action(runRun);
}

async function runRun(typed: string, options: RunOptions): Promise<void> {
  const { strategy, index, name, dryRun, output, namespace } = options;
  const placement = parseReference(typed, namespace, 'placement');
  const [{ atHub }, { startRun }] = await Promise.all([
    import('../rollout/atHub.ts'),
    import('../rollout/startRun.ts'),
  ]);
  await atHub(options.context, (hub) =>
    startRun(
      hub,
      { placement, strategy, revision: index, name },
      {
        dryRun: dryRun === true,
        output,
        print: (text) => process.stdout.write(text),
        note: complain,
      },
    ),
  );
}
