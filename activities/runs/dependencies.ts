/** What the hub activities of runs are built from. */
import type { CurrentSnapshot } from '../../domain/snapshots/current.ts';
import type { KubernetesClient } from '../../kube/client.ts';

export interface RunActivityDependencies {
  hub: KubernetesClient;
  /** Whether the search attributes are registered; asked once for each run. */
  searchAttributes(): boolean;
  /** Milliseconds to wait for a resource snapshot that may be on its way: the longest the snapshots are held back. */
  snapshotGraceMs: number;
  /** Takes or finds the snapshot of what a placement selects at this moment. */
  currentSnapshot: CurrentSnapshot;
  /** Milliseconds after which a cluster in work counts as stuck. */
  stuckAfterMs: number;
}
