/** `flotilla explain`: why clusters are in a placement or out of it. */
import { Option, type Command } from 'commander';

interface ExplainCommandOptions {
  cluster?: string;
  namespace?: string;
  hubContext?: string;
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
    .option('--hub-context <name>', "the hub's context in KUBECONFIG, if not the current one")
    .action(runExplain);
}

async function runExplain(name: string, options: ExplainCommandOptions): Promise<void> {
  const [{ KubeConfig }, { KubernetesClient }, { explainFromHub }, { explanationText }] = await Promise.all([
    import('@kubernetes/client-node'),
    import('../../kube/client.ts'),
    import('../explainPlacement.ts'),
    import('../explanationText.ts'),
  ]);
  const { cluster, namespace, hubContext, output } = options;
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromDefault();
  const hub = KubernetesClient.fromKubeconfig({ name: 'hub', kubeconfig, context: hubContext });
  try {
    const placement = { name, ...(namespace !== undefined && { namespace }) };
    const explained = await explainFromHub(hub, { placement, cluster, now: Date.now() });
    process.stdout.write(
      output === 'json' ? `${JSON.stringify(explained, undefined, 2)}\n` : explanationText(explained),
    );
  } finally {
    await hub.close();
  }
}
