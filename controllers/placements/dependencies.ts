/** What the placement loop is built from. */
import type { Logger } from 'pino';

import type { ObjectReference } from '../../api/references.ts';
import type { StatusProfile } from '../../domain/placements/profile.ts';
import type { PropagationSettings } from '../../domain/selection/index.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import type { HubCaches } from '../caches.ts';

export interface PlacementSettings extends PropagationSettings {
  /** Milliseconds without a change after which a burst of changes counts as over. */
  snapshotQuietMs: number;
  /** Milliseconds after the first change of a burst when a snapshot is taken although changes go on. */
  snapshotMaxDelayMs: number;
  /** Milliseconds between two snapshots of a placement. */
  snapshotMinIntervalMs: number;
  /** How placements that roll out by themselves show their progress. */
  statusProfile: StatusProfile;
  /** Milliseconds after which a rolling update that has not finished is asked for again. @default 600000 */
  rolloutRepairMs?: number;
  /** The same for one that removes a placement which is being deleted. @default 30000 */
  removalRepairMs?: number;
  /** Milliseconds between two looks at the kinds the hub serves, when nothing tells of a new one. @default 300000 */
  discoveryRepairMs?: number;
}

/** A placement that a rolling update is for. */
export interface RolledOutPlacement extends ObjectReference {
  uid: string;
}

/** The way to rolling updates. A call resolves when it has arrived, and may be repeated at will. */
export interface PlacementRollouts {
  /** Makes sure that the placement's rolling update runs, and that it looks at the hub from now on. */
  begin(placement: RolledOutPlacement): Promise<void>;
  /** Has the placement's rolling update look at the hub, if it runs. */
  wake(placement: RolledOutPlacement): Promise<void>;
}

export interface PlacementControllerDependencies {
  hub: KubernetesClient;
  /** Owned by the caller; the loop subscribes to them. */
  caches: HubCaches;
  settings: PlacementSettings;
  rollouts: PlacementRollouts;
  log: Logger;
  /** Milliseconds since 1970. @default Date.now */
  now?: () => number;
  /**
   * Epoch milliseconds since which the heartbeats of members are written down. No member is taken for lost because of
   * what nobody could write before. @default when the loop is made, together with the one that writes them
   */
  observedSince?: number;
}
