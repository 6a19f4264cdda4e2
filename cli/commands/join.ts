/** `flotilla join`: a cluster becomes a member. */
import type { Command } from 'commander';
import type { Taint } from '../../api/types/membercluster.ts';
import { exitCodes } from '../exitCodes.ts';
import { parseLabels } from '../labels.ts';
import { parseSeconds } from '../seconds.ts';
import { parseTaint } from '../taints.ts';

interface JoinOptions {
  kubeconfig: string;
  context?: string;
  labels?: Record<string, string>;
  taint?: Taint[];
  location?: string;
  resourceGroup?: string;
  subscriptionId?: string;
  takeOver?: boolean;
  timeout: number;
  dryRun?: boolean;
  hubContext?: string;
}

/** Adds `join NAME --kubeconfig F`. */
export function addJoinCommand(program: Command): void {
  program
    .command('join')
    .argument('<name>', 'name of the member')
    .description('make a cluster a member of the fleet whose hub KUBECONFIG points at, or change one that is')
    .requiredOption('--kubeconfig <file>', 'kubeconfig that reaches the cluster; the hub keeps a copy in a Secret')
    .option('--context <name>', "the cluster's context in that file, if not the file's current one")
    .option('--label, --labels <key=value,...>', 'labels of the member; repeat for more', addLabels)
    .option(
      '--taint <key=value:NoSchedule>',
      'keeps placements away that do not tolerate it; repeat for more',
      addTaint,
    )
    .option('--location <name>', 'value of the label fleet.azure.com/location')
    .option('--resource-group <name>', 'value of the label fleet.azure.com/resource-group')
    .option('--subscription-id <id>', 'value of the label fleet.azure.com/subscription-id')
    .option('--take-over', 'take a cluster that is marked as a member of another hub')
    .option('--timeout <seconds>', 'how long to wait until it has joined; 0 does not wait', parseSeconds, 30)
    .option('--dry-run', 'only say what would be written, after all checks')
    .option('--hub-context <name>', "the hub's context in KUBECONFIG, if not the current one")
    .action(runJoin);
}

async function runJoin(name: string, options: JoinOptions): Promise<void> {
  const { memberKubeconfig } = await import('../../local/memberKubeconfig.ts');
  const kubeconfig = await memberKubeconfig(options.kubeconfig, options.context);
  const [{ KubeConfig }, { KubernetesClient }, { requireSelfContained }, { atHub }, { joinCluster }, { parse }] =
    await Promise.all([
      import('@kubernetes/client-node'),
      import('../../kube/client.ts'),
      import('../../kube/pool.ts'),
      import('../rollout/atHub.ts'),
      import('../members/joinCluster.ts'),
      import('yaml'),
    ]);
  // The worker, which reads the Secret, would refuse the same.
  requireSelfContained(name, parse(kubeconfig));
  const config = new KubeConfig();
  config.loadFromString(kubeconfig);
  const member = KubernetesClient.fromKubeconfig({ name, kubeconfig: config });
  const request = {
    name,
    kubeconfig,
    labels: { ...placeLabels(options), ...options.labels },
    taints: options.taint ?? [],
    takeOver: options.takeOver === true,
    dryRun: options.dryRun === true,
    timeoutMs: options.timeout * 1000,
    say: (line: string) => process.stdout.write(`${line}\n`),
  };
  try {
    const done = await atHub(options.hubContext, (hub) => joinCluster(hub, member, request), '--hub-context');
    if (!done) process.exitCode = exitCodes.unfinished;
  } finally {
    await member.close();
  }
}

/** Labels that a managed fleet gives to its members; those that are not said are empty, or stay as they are. */
function placeLabels({ location, resourceGroup, subscriptionId }: JoinOptions): Record<string, string> {
  const entries = [
    ['location', location],
    ['resource-group', resourceGroup],
    ['subscription-id', subscriptionId],
  ].flatMap(([label, value]) => (value === undefined ? [] : [`fleet.azure.com/${String(label)}=${value}`]));
  return parseLabels(entries);
}

function addLabels(text: string, before: Record<string, string> = {}): Record<string, string> {
  return { ...before, ...parseLabels(text.split(',')) };
}

function addTaint(text: string, before: Taint[] = []): Taint[] {
  return [...before, parseTaint(text)];
}
