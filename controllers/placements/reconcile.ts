/** One look at one placement: everything that follows from its spec, from what it selects, and from the members. */
import { finalizers } from '../../api/labels.ts';
import { kindsIn } from '../../api/kinds.ts';
import { referenceOf } from '../../api/references.ts';
import type { ClusterResourcePlacement, PlacementStatus } from '../../api/types/clusterresourceplacement.ts';
import {
  invalidSelectorsStatus,
  placementStatus,
  withFailingSnapshots,
  withHeldUpSnapshots,
} from '../../domain/placements/index.ts';
import { rfc3339 } from '../../domain/time.ts';
import type { Requeue } from '../../kube/workqueue.ts';
import { mark } from '../finalizers.ts';
import { soonest } from '../soonest.ts';
import { deletePlacement } from './deletion.ts';
import type { PlacementControllerDependencies } from './dependencies.ts';
import type { PlacementMemory } from './memory.ts';
import { ownedBy } from './ownership.ts';
import { ensurePolicySnapshot } from './policySnapshots.ts';
import { ensureResourceSnapshot } from './resourceSnapshots.ts';
import type { Rollouts } from './rollouts.ts';
import { scheduleClusters, type ScheduledPlacement } from './scheduling.ts';
import type { PlacementSelection } from './selection.ts';
import { writeStatus } from './status.ts';
import { inaccessibleStatus, publishStatus } from './statusCopy.ts';

/**
 * Brings a placement to where it should be. It may be stopped between any two writes: the next look finds what is
 * there and does the rest.
 */
export async function reconcilePlacement(
  dependencies: PlacementControllerDependencies,
  selection: PlacementSelection,
  rollouts: Rollouts,
  cached: ClusterResourcePlacement,
  memory: PlacementMemory,
): Promise<Requeue | undefined> {
  const now = (dependencies.now ?? Date.now)();
  if (cached.metadata.deletionTimestamp !== undefined) {
    selection.forget(referenceOf(cached));
    return deletePlacement(dependencies, rollouts, cached, memory, now);
  }
  const placement = await mark(dependencies.hub, kindsIn(cached.metadata).placement, cached, {
    finalizer: finalizers.placement,
  });
  const inaccessible = inaccessibleStatus(dependencies, placement, now);
  if (inaccessible !== undefined) {
    // What was begun goes on, and what somebody takes from a cluster is taken.
    const known = dependencies.caches.ofPlacement('binding', referenceOf(placement));
    const rollout = rollouts.consider(placement, known, now);
    const { dueInMs } = await writeStatus(dependencies, placement, inaccessible, memory, now);
    return soonest(dueInMs, rollout?.requeueAfterMs);
  }
  const snapshot = await ensureResourceSnapshot(dependencies, selection, placement, memory, now);
  const scheduled = snapshot.invalid === undefined ? await schedule(dependencies, placement, now) : undefined;
  const bindings = scheduled?.bindings ?? dependencies.caches.ofPlacement('binding', referenceOf(placement));
  const rollout = rollouts.consider(placement, bindings, now);
  const status =
    scheduled === undefined
      ? invalidSelectorsStatus(placement, snapshot.invalid ?? '', rfc3339(now))
      : describe(dependencies, placement, scheduled, now);
  const heldUp = withHeldUpSnapshots(placement, status, snapshot.silentGroups ?? [], rfc3339(now));
  const whole =
    snapshot.trouble === undefined ? heldUp : withFailingSnapshots(placement, heldUp, snapshot.trouble, rfc3339(now));
  const written = await publishStatus(dependencies, placement, whole, memory, now);
  return soonest(snapshot.dueInMs, written.dueInMs, rollout?.requeueAfterMs);
}

/** Brings policy snapshot and bindings up to date. */
async function schedule(
  dependencies: PlacementControllerDependencies,
  placement: ClusterResourcePlacement,
  now: number,
): Promise<ScheduledPlacement> {
  const policySnapshot = await ensurePolicySnapshot(dependencies, placement);
  return scheduleClusters(dependencies, placement, policySnapshot, now);
}

function describe(
  { caches, settings }: PlacementControllerDependencies,
  placement: ClusterResourcePlacement,
  scheduled: ScheduledPlacement,
  now: number,
): PlacementStatus {
  const resourceSnapshots = ownedBy(placement, caches.ofPlacement('resourceSnapshot', referenceOf(placement)));
  const { statusProfile: profile } = settings;
  return placementStatus({ placement, ...scheduled, resourceSnapshots, profile, now: rfc3339(now) });
}
