/** One look at one placement: everything that follows from its spec, from what it selects, and from the members. */
import { finalizers } from '../../api/labels.ts';
import { kinds } from '../../api/kinds.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
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
    selection.forget(cached.metadata.name);
    return deletePlacement(dependencies, cached, memory, now);
  }
  const placement = await mark(dependencies.hub, kinds.placement, cached, { finalizer: finalizers.placement });
  const snapshot = await ensureResourceSnapshot(dependencies, selection, placement, memory, now);
  if (snapshot.invalid !== undefined) {
    await writeStatus(dependencies, placement, invalidSelectorsStatus(placement, snapshot.invalid, rfc3339(now)), now);
    return undefined;
  }
  await scheduleAndReport(dependencies, placement, now);
  return snapshot.dueInMs === undefined ? undefined : { requeueAfterMs: snapshot.dueInMs };
}

async function scheduleAndReport(
  dependencies: PlacementControllerDependencies,
  placement: ClusterResourcePlacement,
  now: number,
): Promise<void> {
  const { caches } = dependencies;
  const policySnapshot = await ensurePolicySnapshot(dependencies, placement);
  const scheduled = await scheduleClusters(dependencies, placement, policySnapshot, now);
  const resourceSnapshots = ownedBy(placement, caches.ofPlacement('resourceSnapshot', placement.metadata.name));
  const status = placementStatus({ placement, ...scheduled, resourceSnapshots, now: rfc3339(now) });
  await writeStatus(dependencies, placement, status, now);
}
