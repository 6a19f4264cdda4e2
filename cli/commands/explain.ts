/** `flotilla explain`: why clusters are in a placement or out of it. */
import { Option, type Command } from 'commander';
import { columnsOf } from '../foldText.ts';
import { parseReference } from '../rollout/target.ts';

interface ExplainCommandOptions {
  cluster?: string;
  namespace?: string;
  context?: string;
  output?: 'json';
}

/** Adds `explain placement NAME`. */
export function addExplainCommand(program: Command): void {
  program
    .command('explain')
    .description('say why something is as it is')
    .command('placement')
    .argument('<name>', 'name of the placement')
    .description('say why each cluster is in a placement or out of it, and what would change that')
    .option('--cluster <name>', 'only this cluster')
    .option(
      '-n, --namespace <name>',
      'where the placement is, for a ResourcePlacement; without it a ClusterResourcePlacement is meant',
    )
    .addOption(new Option('-o, --output <format>', 'json for programs').choices(['json']))
    .option('--context <name>', "the hub's context in KUBECONFIG, if not the current one")
    .action(runExplain);
}

async function runExplain(
  typed: string,
  { cluster, namespace, context, output }: ExplainCommandOptions,
): Promise<void> {
  const placement = parseReference(typed, namespace, 'placement');
  const [{ atHub }, { explainFromHub }, { explanationText }] = await Promise.all([
    import('../rollout/atHub.ts'),
    import('../explainPlacement.ts'),
    import('../explanationText.ts'),
  ]);
  const explained = await atHub(context, (hub) => explainFromHub(hub, { placement, cluster, now: Date.now() }));
  process.stdout.write(
    output === 'json'
      ? `${JSON.stringify(explained, undefined, 2)}\n`
      : explanationText(explained, columnsOf(process.stdout)),
  );
}
