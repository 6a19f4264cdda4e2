/** `rollout undo`: shows what goes back to what, asks, and makes a run that does it. */
import { inScopeOf, referenceOf, type ObjectReference } from '../../api/references.ts';
import { kindsIn } from '../../api/kinds.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { formatTable } from '../table.ts';
import { createRun, runNames, type CreateOptions } from './createRun.ts';
import { findObject, findPlacement } from './findTarget.ts';
import { newRun, nextRunName } from './newRun.ts';
import { readRevisions } from './revisions.ts';
import { writeState } from './setState.ts';
import { requireExternal } from './startRun.ts';
import { placementTarget, runTarget } from './target.ts';
import { planUndo, type ClusterMove, type UndoPlan } from './undoPlan.ts';

export interface UndoOptions extends CreateOptions {
  /** Whether the user agrees. */
  confirm(question: string): Promise<boolean>;
}

export interface UndoCommand {
  placement: ObjectReference;
  toRevision?: number;
  strategy?: string;
  name?: string;
}

/** @throws Error with one sentence on why there is no way back, or that the user did not agree */
export async function rolloutUndo(hub: KubernetesClient, command: UndoCommand, options: UndoOptions): Promise<void> {
  const { placement: reference, toRevision, strategy } = command;
  requireExternal(await findPlacement(hub, reference));
  const placement = placementTarget(reference);
  const plan = planUndo({ ...(await readRevisions(hub, reference)), name: placement, toRevision, strategy });
  await findObject(hub, kindsIn(reference).strategy, inScopeOf(reference, plan.strategy));
  options.note(planText(placement, plan).trimEnd());
  if (!options.dryRun && !(await options.confirm(`Bring ${placement} to revision ${String(plan.to)}?`))) {
    throw new Error('Nothing was done.');
  }
  for (const run of options.dryRun ? [] : plan.toPause) {
    await writeState(hub, run, 'Stop');
    options.note(`${runTarget(referenceOf(run))} paused`);
  }
  const name = command.name ?? nextRunName(reference.name, 'undo', await runNames(hub, reference));
  await createRun(hub, newRun({ placement: reference, strategy: plan.strategy, revision: plan.to, name }), options);
}

/** Ends with a line feed. */
export function planText(placement: string, { to, strategy, moves, toPause }: UndoPlan): string {
  const table = formatTable(
    ['CLUSTER', 'FROM', 'TO'],
    moves.map((move) => [move.cluster, move.from === undefined ? '<none>' : String(move.from), goal(move)]),
  );
  const paused = toPause.map((run) => `${runTarget(referenceOf(run))} is still under way, and is paused first.\n`);
  return (
    `${placement} to revision ${String(to)}, with strategy ${strategy}:\n${table}${paused.join('')}` +
    'The objects on the hub stay as they are: a run without a revision brings them again.\n'
  );
}

function goal({ from, to }: ClusterMove): string {
  if (to === undefined) return 'removed';
  return from === to ? `${String(to)} (unchanged)` : String(to);
}
