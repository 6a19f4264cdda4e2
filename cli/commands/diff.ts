/** `flotilla diff`: what is different between two revisions of a placement. */
import type { Command } from 'commander';
import { exitCodes } from '../exitCodes.ts';
import { parseRevision } from '../rollout/revisionNumber.ts';
import { formsOf, parseReference } from '../rollout/target.ts';

interface DiffOptions {
  namespace?: string;
  exitCode?: boolean;
  context?: string;
}

/** Adds `diff PLACEMENT FROM [TO]`. */
export function addDiffCommand(program: Command): void {
  program
    .command('diff')
    .argument('<placement>', `name of the placement, or ${formsOf(['placement'])}`)
    .argument('<from>', 'revision to begin with: index of a resource snapshot', parseRevision)
    .argument('[to]', 'revision to compare it with; without it, the latest', parseRevision)
    .description('compare two revisions of a placement, object by object and line by line')
    .option(
      '-n, --namespace <name>',
      'where the placement is, for a ResourcePlacement; without it a ClusterResourcePlacement is meant',
    )
    .option('--exit-code', `end with ${exitCodes.found} where there are differences`)
    .option('--context <name>', "the hub's context in KUBECONFIG, if not the current one")
    .addHelpText('after', '\nOnly the hub is needed. Values of Secrets are not shown.')
    .action(runDiff);
}

async function runDiff(typed: string, from: number, to: number | undefined, options: DiffOptions): Promise<void> {
  const { namespace } = options;
  const placement = parseReference(typed, namespace, 'placement');
  const [{ atHub }, { diffRevisions }, { diffText }, { isDifferent }, { paperFor }] = await Promise.all([
    import('../rollout/atHub.ts'),
    import('../diff/diffRevisions.ts'),
    import('../diff/diffText.ts'),
    import('../changes/changeCounts.ts'),
    import('../run/paper.ts'),
  ]);
  const difference = await atHub(options.context, (hub) => diffRevisions(hub, placement, { from, to }));
  process.stdout.write(diffText(difference, paperFor(process.stdout, process.env, false)));
  if (options.exitCode === true && isDifferent(difference.changes)) process.exitCode = exitCodes.found;
}
