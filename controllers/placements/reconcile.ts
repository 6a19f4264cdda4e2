/** One look at one placement: everything that follows from its spec, from what it selects, and from the members. */
import { finalizers } from '../../api/labels.ts';
import { kindsIn } from '../../api/kinds.ts';
import { referenceOf } from '../../api/references.ts';
import type { ClusterResourcePlacement, PlacementStatus } from '../../api/types/clusterresourceplacement.ts';
import { invalidSelectorsStatus, placementStatus } from '../../domain/placements/index.ts';
import { rfc3339 } from '../../domain/time.ts';
import type { Requeue } from '../../kube/workqueue.ts';
import { mark } from '../finalizers.ts';
import { deletePlacement } from './deletion.ts';
import type { PlacementControllerDependencies } from './dependencies.ts';
import type { PlacementMemory } from './memory.ts';
import { ownedBy } from './ownership.ts';
import { ensurePolicySnapshot } from './policySnapshots.ts';
import { ensureResourceSnapshot } from './resourceSnapshots.ts';
import { scheduleClusters } from './scheduling.ts';
import type { PlacementSelection } from './selection.ts';
import { writeStatus } from './status.ts';

/**
 * Brings a placement to where it should be. It may be stopped between any two writes: the next look finds what is
 * there and does the rest.
 */
export async function reconcilePlacement(
  dependencies: PlacementControllerDependencies,
  selection: PlacementSelection,
  cached: ClusterResourcePlacement,
  memory: PlacementMemory,
): Promise<Requeue | undefined> {
  const now = (dependencies.now ?? Date.now)();
  if (cached.metadata.deletionTimestamp !== undefined) {
    selection.forget(referenceOf(cached));
    return deletePlacement(dependencies, cached, memory, now);
  }
  const placement = await mark(dependencies.hub, kindsIn(cached.metadata).placement, cached, {
    finalizer: finalizers.placement,
  });
  const snapshot = await ensureResourceSnapshot(dependencies, selection, placement, memory, now);
  const status =
    snapshot.invalid === undefined
      ? await scheduleAndDescribe(dependencies, placement, now)
      : invalidSelectorsStatus(placement, snapshot.invalid, rfc3339(now));
  const written = await writeStatus(dependencies, placement, status, memory, now);
  const waits = [snapshot.dueInMs, written.dueInMs].filter((wait) => wait !== undefined);
  return waits.length === 0 ? undefined : { requeueAfterMs: Math.min(...waits) };
}

/** Brings policy snapshot and bindings up to date, and says how the placement is. */
async function scheduleAndDescribe(
  dependencies: PlacementControllerDependencies,
  placement: ClusterResourcePlacement,
  now: number,
): Promise<PlacementStatus> {
  const { caches } = dependencies;
  const policySnapshot = await ensurePolicySnapshot(dependencies, placement);
  const scheduled = await scheduleClusters(dependencies, placement, policySnapshot, now);
  const resourceSnapshots = ownedBy(placement, caches.ofPlacement('resourceSnapshot', referenceOf(placement)));
  return placementStatus({
    placement,
    ...scheduled,
    resourceSnapshots,
    profile: dependencies.settings.statusProfile,
    now: rfc3339(now),
  });
}
