/** `flotilla join`: a cluster becomes a member. */
import type { Command } from 'commander';
import { memberKubeconfig } from '../../local/memberKubeconfig.ts';
import { parseLabels } from '../labels.ts';

interface JoinOptions {
  kubeconfig: string;
  context?: string;
  label?: Record<string, string>;
  hubContext?: string;
}

/** Adds `join NAME --kubeconfig F`. */
export function addJoinCommand(program: Command): void {
  program
    .command('join')
    .argument('<name>', 'name of the member')
    .description('make a cluster a member of the fleet whose hub KUBECONFIG points at')
    .requiredOption('--kubeconfig <file>', 'kubeconfig that reaches the cluster; the hub keeps a copy in a Secret')
    .option('--context <name>', "its context to use, if not the file's current one")
    .option('--label <key=value>', 'label of the member; repeat for more', addLabel)
    .option('--hub-context <name>', "the hub's context in KUBECONFIG, if not the current one")
    .action(runJoin);
}

async function runJoin(name: string, options: JoinOptions): Promise<void> {
  const text = await memberKubeconfig(options.kubeconfig, options.context);
  const [{ KubeConfig }, { KubernetesClient }, { joinMember }] = await Promise.all([
    import('@kubernetes/client-node'),
    import('../../kube/client.ts'),
    import('../../local/join.ts'),
  ]);
  const member = new KubeConfig();
  member.loadFromString(text);
  const hub = new KubeConfig();
  hub.loadFromDefault();
  const clients = {
    hub: KubernetesClient.fromKubeconfig({ name: 'hub', kubeconfig: hub, context: options.hubContext }),
    member: KubernetesClient.fromKubeconfig({ name, kubeconfig: member }),
  };
  try {
    await joinMember(clients.hub, clients.member, { name, labels: options.label ?? {}, kubeconfig: text });
  } finally {
    await Promise.all([clients.hub.close(), clients.member.close()]);
  }
  process.stdout.write(`${name} is a member now; "kubectl get membercluster ${name}" shows when it has joined.\n`);
}

function addLabel(text: string, before: Record<string, string> = {}): Record<string, string> {
  return { ...before, ...parseLabels([text]) };
}
