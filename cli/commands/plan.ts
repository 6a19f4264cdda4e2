/** `flotilla plan`: what a run would do, before it is made. */
import { Option, type Command } from 'commander';
import type { ClusterStagedUpdateRun } from '../../api/types/clusterstagedupdaterun.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { ownCommand } from '../calledAs.ts';
import { exitCodes } from '../exitCodes.ts';
import type { PlanReport } from '../plan/report.ts';
import { parseRevision } from '../rollout/revisionNumber.ts';
import { parseReference } from '../rollout/target.ts';

interface PlanOptions {
  filename?: string;
  strategy?: string;
  index?: number;
  name?: string;
  namespace?: string;
  members: boolean;
  output?: 'json';
  ascii?: boolean;
  context?: string;
}

/** Adds `plan -f FILE` and `plan PLACEMENT --strategy S`. */
export function addPlanCommand(program: Command): void {
  program
    .command('plan')
    .argument('[placement]', 'name of the placement, where no file is given')
    .description('show what a run would do on which clusters, and what is in its way; nothing is made')
    .option('-f, --filename <file>', 'the run, as it would be applied; - reads standard input')
    .option(
      '--strategy <name>',
      'the ClusterStagedUpdateStrategy, or with -n the StagedUpdateStrategy, with the stages',
    )
    .option('--index <number>', 'index of the resource snapshot; without it, what is selected now', parseRevision)
    .option('--name <name>', 'name of the run; without it PLACEMENT-run-NUMBER')
    .option(
      '-n, --namespace <name>',
      'where the placement is, for a ResourcePlacement; without it a ClusterResourcePlacement is meant',
    )
    .option('--no-members', 'ask the hub only: changes are those between two snapshots')
    .addOption(new Option('-o, --output <format>', 'json for programs').choices(['json']))
    .option('--ascii', 'draw with ASCII only')
    .option('--context <name>', "the hub's context in KUBECONFIG, if not the current one")
    .addHelpText('after', `\nIt ends with ${exitCodes.found} where something would stop the run.`)
    .action(runPlan);
}

async function runPlan(typed: string | undefined, options: PlanOptions): Promise<void> {
  const asked = await understand(typed, options);
  const [{ atHub }, { readPlanFacts }, { reportPlan }] = await Promise.all([
    import('../rollout/atHub.ts'),
    import('../plan/facts.ts'),
    import('../plan/report.ts'),
  ]);
  const report = await atHub(options.context, async (hub) => {
    const facts = await readPlanFacts(hub, await asked(hub), Date.now());
    return reportPlan(hub, facts, { askMembers: options.members, file: options.filename });
  });
  process.stdout.write(
    options.output === 'json' ? `${JSON.stringify(report, undefined, 2)}\n` : await textOf(report, options),
  );
  if (!report.canRun) process.exitCode = exitCodes.found;
}

async function textOf(report: PlanReport, { ascii }: PlanOptions): Promise<string> {
  const [{ planText }, { paperFor }] = await Promise.all([import('../plan/planText.ts'), import('../run/paper.ts')]);
  return planText(report, paperFor(process.stdout, process.env, ascii === true));
}

/** What was typed is judged before the hub is asked. @returns how to get the run that is meant */
async function understand(
  typed: string | undefined,
  { filename, strategy, index, name, namespace }: PlanOptions,
): Promise<(hub: KubernetesClient) => Promise<ClusterStagedUpdateRun>> {
  if (filename !== undefined) {
    if (typed !== undefined || strategy !== undefined || index !== undefined || name !== undefined) {
      throw new Error('The file says what the run is: leave PLACEMENT, --strategy, --index and --name away, or -f.');
    }
    const { readRunFile } = await import('../plan/readRunFile.ts');
    const run = await readRunFile(filename, namespace);
    return () => Promise.resolve(run);
  }
  if (typed !== undefined && (strategy ?? '') === '') {
    const where = namespace === undefined ? '' : ` -n ${namespace}`;
    throw new Error(`Name the strategy as well: ${ownCommand(`plan ${typed} --strategy STRATEGY${where}`)}.`);
  }
  if (typed === undefined || strategy === undefined) {
    throw new Error(
      `Say what to plan: ${ownCommand('plan -f FILE')}, or ${ownCommand('plan PLACEMENT --strategy STRATEGY')}.`,
    );
  }
  const placement = parseReference(typed, namespace, 'placement');
  return async (hub) => {
    const [{ newRun, nextRunName }, { runNames }] = await Promise.all([
      import('../rollout/newRun.ts'),
      import('../rollout/createRun.ts'),
    ]);
    const chosen = name ?? nextRunName(placement.name, 'run', await runNames(hub, placement));
    return newRun({ placement, strategy, ...(index !== undefined && { revision: index }), name: chosen });
  };
}
