/** `flotilla get`: what there is on the hub, and how far a run is. */
import { Option, type Command } from 'commander';
import { columnsOf, foldText } from '../foldText.ts';
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
    .option('--at <time>', 'a run as it was at 14:05, at 2026-03-01T14:05:00Z, or 5m ago; Temporal has to be up')
    .option('--ascii', 'draw a run with ASCII only')
    .option('--context <name>', "the hub's context in KUBECONFIG, if not the current one")
    .addHelpText('after', '\nOnly the hub is needed, but for --at. How it ends: docs/command.md.')
    .action(runGet);
}

async function runGet(resource: string, names: string[], options: GetOptions): Promise<void> {
  // What was typed is judged before anything large is loaded.
  const { understand } = await import('../get/request.ts');
  const request = understand(resource, names, options);
  const { atHub } = await import('../rollout/atHub.ts');
  const stop = new AbortController();
  const interrupt = (): void => {
    // As a shell counts a program that was interrupted.
    process.exitCode = 130;
    // Whoever presses the keys again has no patience for an orderly end.
    if (stop.signal.aborted) process.exit();
    stop.abort();
  };
  // Not "once": what shows the cursor again ends the program where nobody else listens.
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    await atHub(options.context, (hub) => show(hub, request, { ascii: options.ascii === true, until: stop.signal }));
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

interface Showing {
  ascii: boolean;
  until: AbortSignal;
}

async function show(hub: KubernetesClient, request: GetRequest, { ascii, until }: Showing): Promise<void> {
  const terminal = {
    out: (text: string) => void process.stdout.write(text),
    aside: (text: string) => void process.stderr.write(foldText(text, columnsOf(process.stderr))),
    columns: columnsOf(process.stdout),
  };
  const [name] = request.names;
  const isOneRun = request.resource.word === 'runs' && request.names.length === 1 && request.format === undefined;
  if (!isOneRun || name === undefined) {
    const { list } = await import('../get/listing.ts');
    await list(hub, request, terminal, until);
    return;
  }
  const { at, namespace, watch } = request;
  const reference = { name, ...(namespace !== undefined && { namespace }) };
  if (at !== undefined) {
    const { showPastRun } = await import('../run/showPastRun.ts');
    await showPastRun(hub, reference, { at, ascii, terminal });
    return;
  }
  const { showRun } = await import('../run/showRun.ts');
  await showRun(hub, reference, { ascii, watch, terminal, until });
}
