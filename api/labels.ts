/**
 * Labels, annotations and finalizers that Flotilla writes or reads.
 * Source: `kubernetes-fleet.io/*` keys are those of the documents; `flotilla.kubernetes-fleet.io/*` keys are ours.
 */

const prefix = 'kubernetes-fleet.io';
const own = `flotilla.${prefix}`;

export const labels = {
  /** On snapshots and bindings: the placement's name. */
  parentPlacement: `${prefix}/parent-CRP`,
  /** On snapshots: `"true"` on exactly one policy snapshot and one resource snapshot group of a placement. */
  isLatestSnapshot: `${prefix}/is-latest-snapshot`,
  resourceIndex: `${prefix}/resource-index`,
  policyIndex: `${prefix}/policy-index`,
  /** On approval requests: the stage. */
  targetUpdatingStage: `${prefix}/targetUpdatingStage`,
  /** On approval requests: the run. Two spellings because clients of two generations look for it. */
  targetUpdateRun: `${prefix}/targetUpdateRun`,
  targetUpdateRunLowerCase: `${prefix}/targetupdaterun`,
  taskType: `${prefix}/taskType`,
  isLatestUpdateRunApproval: `${prefix}/isLatestUpdateRunApproval`,
  memberName: `${prefix}/member-name`,
  isFleetResource: `${prefix}/is-fleet-resource`,
} as const;

export const annotations = {
  resourceHash: `${prefix}/resource-hash`,
  numberOfResourceSnapshots: `${prefix}/number-of-resource-snapshots`,
  numberOfEnvelopedObjects: `${prefix}/number-of-enveloped-object`,
  subIndexOfResourceSnapshot: `${prefix}/subindex-of-resource-snapshot`,
  nextSnapshotDetectionTime: `${prefix}/next-resource-snapshot-candidate-detection-time`,
  placementGeneration: `${prefix}/CRP-generation`,
  numberOfClusters: `${prefix}/number-of-clusters`,
  previousBindingState: `${prefix}/previous-binding-state`,
  /** On bindings: who may change the cluster, see `domain/claims.ts`. JSON. */
  claim: `${own}/claim`,
  /** On bindings: SHA-256 of what was last rendered for the cluster. */
  contentHash: `${own}/content-hash`,
  /** On runs: run id of the first Temporal execution that took the object up. */
  execution: `${own}/execution`,
} as const;

export const finalizers = {
  run: `${prefix}/stagedupdaterun-finalizer`,
  placement: `${prefix}/crp-cleanup`,
  /** On bindings: the member's copies are still there. */
  work: `${prefix}/work-cleanup`,
  memberCluster: `${prefix}/membercluster-finalizer`,
} as const;

/** Name of the stage that removes what no longer belongs anywhere. */
export const deleteStageName = `${prefix}/deleteStage`;

/** Field manager of everything that Flotilla applies to a member. */
export const memberFieldManager = 'flotilla';
