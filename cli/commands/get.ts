/** `flotilla get`: what there is on the hub, and how far a run is. */
import { Option, type Command } from 'commander';
import type { GetOptions, GetRequest } from '../get/request.ts';
import type { KubernetesClient } from '../../kube/client.ts';

const formats = ['wide', 'json', 'yaml', 'name'];

/** Adds `get RESOURCE [NAME...]`. */
export function addGetCommand(program: Command): void {
  program
    .command('get')
    .argument('<resource>', 'runs, placements, members or approvals')
    .argument('[names...]', 'names; without any, all are listed')
    .description('list runs, placements, members or approvals; "get run NAME" shows where a run is and why')
    .addOption(new Option('-o, --output <format>', 'in another form than for people').choices(formats))
    .option('-l, --selector <labels>', 'only those with these labels, such as app=shop,tier!=test')
    .option('-w, --watch', 'stay, and show what changes; "get run NAME" ends with the run')
    .option(
      '-n, --namespace <name>',
      'those in a namespace, such as StagedUpdateRuns; without it the cluster-scoped ones',
    )
    .option('-A, --all-namespaces', 'the cluster-scoped ones and those in any namespace')
    .option('--ascii', 'draw a run with ASCII only')
    .option('--hub-context <name>', "the hub's context in KUBECONFIG, if not the current one")
    .addHelpText('after', '\nOnly the hub is needed. How it ends: docs/command.md.')
    .action(runGet);
}

async function runGet(resource: string, names: string[], options: GetOptions): Promise<void> {
  // What was typed is judged before anything large is loaded.
  const { understand } = await import('../get/request.ts');
  const request = understand(resource, names, options);
  const { openHub } = await import('../get/openHub.ts');
  const hub = openHub(options.hubContext);
  const stop = new AbortController();
  const interrupt = (): void => {
    // As a shell counts a program that was interrupted.
    process.exitCode = 130;
    stop.abort();
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  // Whoever reads may have seen enough, as `head` does.
  process.stdout.on('error', () => stop.abort());
  try {
    await show(hub, request, { ascii: options.ascii === true, until: stop.signal });
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    await hub.close();
  }
}

interface Showing {
  ascii: boolean;
  until: AbortSignal;
}

async function show(hub: KubernetesClient, request: GetRequest, { ascii, until }: Showing): Promise<void> {
  const terminal = {
    out: (text: string) => void process.stdout.write(text),
    aside: (text: string) => void process.stderr.write(text),
  };
  const [name] = request.names;
  const isOneRun = request.resource.word === 'runs' && request.names.length === 1 && request.format === undefined;
  if (!isOneRun || name === undefined) {
    const { list } = await import('../get/listing.ts');
    await list(hub, request, terminal, until);
    return;
  }
  const { showRun } = await import('../run/showRun.ts');
  const { namespace } = request;
  await showRun(
    hub,
    { name, ...(namespace !== undefined && { namespace }) },
    { ascii, watch: request.watch, terminal, until },
  );
}
