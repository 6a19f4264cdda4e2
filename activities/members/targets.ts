/** What the activities for a member take and give back. Workflows import these types. */
import type { ApplyStrategy } from '../../api/types/clusterresourceplacement.ts';
import type { ObjectReference } from '../../api/references.ts';
import type { ClaimHolder } from '../../domain/claims.ts';
import type { AvailabilityReport } from '../../domain/rollouts/reports.ts';

/** What one cluster is to have, and who wants it. */
export interface ClusterTarget {
  placement: ObjectReference & { uid: string };
  /** Name of the member cluster. */
  cluster: string;
  /** Name of the stage in which the cluster is; for the log. */
  stage?: string;
  /** Name of the binding of the placement to the cluster. */
  binding: string;
  resourceSnapshotIndex: string;
  /** Name of the first snapshot of the group. */
  resourceSnapshotName: string;
  /** Absent: server-side apply that takes over fields from others. */
  applyStrategy?: ApplyStrategy;
  claim: ClaimHolder;
  /** Message of the binding's `RolloutStarted` condition. */
  rolloutStartedMessage: string;
}

/** A cluster from which the copies of a placement are to go, and the binding with them. */
export interface RemovalTarget {
  placement: ObjectReference & { uid: string };
  /** Name of the member cluster. */
  cluster: string;
  /** Name of the binding of the placement to the cluster. */
  binding: string;
  claim: ClaimHolder;
}

/**
 * How it ended. `changed` says whether anything was written to the member by this very attempt.
 * `available` is what the binding reports. `by` is the newer holder, as `holderName` writes it.
 */
export type ClusterOutcome =
  { result: 'updated'; changed: boolean; available?: AvailabilityReport } | { result: 'displaced'; by: string };

/** Why a cluster waits, told while it waits. */
export interface ClusterReport {
  cluster: string;
  /** One sentence that names the cluster and the object, without any content; `''` when the trouble is over. */
  reason: string;
  /** When the cluster began to wait for this reason, RFC 3339. */
  since: string;
}
