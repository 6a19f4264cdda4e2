/** What the hub activities of runs are built from. */
import type { KubernetesClient } from '../../kube/client.ts';

export interface RunActivityDependencies {
  hub: KubernetesClient;
  /** Whether the search attributes are registered; asked once for each run. */
  searchAttributes(): boolean;
  /** Milliseconds to wait for a resource snapshot that may be on its way: the longest the snapshots are held back. */
  snapshotGraceMs: number;
}
