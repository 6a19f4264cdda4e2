/** How a run that names no resource snapshot gets the one of the present moment. Types only. */
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';

/**
 * Makes sure that a resource snapshot holds what a placement selects at this moment, and says which one it is: the
 * latest one if nothing has changed since, else a new one, without waiting for a burst of changes to end.
 *
 * @param placement as just read from the hub; its `uid` tells its snapshots from those of a deleted namesake
 * @throws KubernetesError when the hub as a whole does not answer; Error when others kept changing the same snapshots
 */
export type CurrentSnapshot = (placement: ClusterResourcePlacement) => Promise<CurrentSnapshotResult>;

export type CurrentSnapshotResult =
  /** Every part of the snapshot is there. `name` is that of the master, the part that carries the hash. */
  | { outcome: 'taken'; index: string; name: string }
  /** What the user must change in the selectors, one sentence. */
  | { outcome: 'invalid'; message: string }
  /** Not everything can be read for now. One sentence that says which kinds. */
  | { outcome: 'notReady'; message: string };
