/** What the placement loop is built from. */
import type { Logger } from 'pino';

import type { ObjectReference } from '../../api/references.ts';
import type { StatusProfile } from '../../domain/placements/profile.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import type { HubCaches } from '../caches.ts';

export interface PlacementSettings {
  /** Milliseconds without a change after which a burst of changes counts as over. */
  snapshotQuietMs: number;
  /** Milliseconds after the first change of a burst when a snapshot is taken although changes go on. */
  snapshotMaxDelayMs: number;
  /** Milliseconds between two snapshots of a placement. */
  snapshotMinIntervalMs: number;
  /** How placements that roll out by themselves show their progress. */
  statusProfile: StatusProfile;
  /** Milliseconds after which a removal that has not finished is asked for again. @default 30000 */
  removalRepairMs?: number;
  /** Milliseconds between two looks at the kinds the hub serves, when nothing tells of a new one. @default 300000 */
  discoveryRepairMs?: number;
}

export interface PlacementRemovals {
  /**
   * Asks for the placement's copies and bindings to be removed from all clusters. Resolves when it has been asked;
   * asking again for the same `uid` changes nothing.
   */
  removeEverywhere(placement: ObjectReference & { uid: string }): Promise<void>;
}

export interface PlacementControllerDependencies {
  hub: KubernetesClient;
  /** Owned by the caller; the loop subscribes to them. */
  caches: HubCaches;
  settings: PlacementSettings;
  removals: PlacementRemovals;
  log: Logger;
  /** Milliseconds since 1970. @default Date.now */
  now?: () => number;
}
