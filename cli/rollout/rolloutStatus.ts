/** `rollout status`: which object of the hub is followed, and what counts as its end. */
import { kindsIn } from '../../api/kinds.ts';
import { referenceOf, type ObjectReference } from '../../api/references.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import type { ClusterStagedUpdateRun } from '../../api/types/clusterstagedupdaterun.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { ownCommand } from '../calledAs.ts';
import { findPlacement, findRun, runsOf } from './findTarget.ts';
import { followRollout, type FollowOptions, type FollowOutcome } from './follow.ts';
import { isRolledOut, placementLines } from './placementLines.ts';
import { runEnd, runLines } from './runLines.ts';
import { placementTarget, runTarget, type Target } from './target.ts';

/** @throws Error with one sentence: which name is wrong, or why there is nothing to follow */
export async function rolloutStatus(
  hub: KubernetesClient,
  { kind, reference }: Target,
  options: FollowOptions,
): Promise<FollowOutcome> {
  if (kind === 'run') return followRun(hub, await findRun(hub, reference), options);
  const placement = await findPlacement(hub, reference);
  if (placement.spec.strategy?.type !== 'External') return followPlacement(hub, placement, options);
  const [newest] = await runsOf(hub, reference);
  if (newest === undefined) throw new Error(noRun(reference));
  options.say(`${placementTarget(reference)} is rolled out by runs; ${runTarget(referenceOf(newest))} is the newest`);
  return followRun(hub, newest, options);
}

/** Why nothing can be done with the runs of a placement that has none. */
export function noRun(placement: ObjectReference): string {
  const namespace = placement.namespace === undefined ? '' : ` -n ${placement.namespace}`;
  return (
    `${placementTarget(placement)} is rolled out by runs, and it has none: ` +
    `${ownCommand(`run ${placement.name} --strategy STRATEGY${namespace}`)} makes one.`
  );
}

function followRun(hub: KubernetesClient, run: ClusterStagedUpdateRun, options: FollowOptions): Promise<FollowOutcome> {
  return followRollout(hub, run, { definition: kindsIn(run.metadata).run, lines: runLines, end: runEnd }, options);
}

function followPlacement(
  hub: KubernetesClient,
  placement: ClusterResourcePlacement,
  options: FollowOptions,
): Promise<FollowOutcome> {
  const text = `${placementTarget(referenceOf(placement))} successfully rolled out`;
  const rollout = {
    definition: kindsIn(placement.metadata).placement,
    lines: placementLines,
    end: (object: ClusterResourcePlacement) => (isRolledOut(object) ? { succeeded: true, text } : undefined),
  };
  return followRollout(hub, placement, rollout, options);
}
