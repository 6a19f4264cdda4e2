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
  placementGeneration: `${prefix}/CRP-generation`,
  numberOfClusters: `${prefix}/number-of-clusters`,
  previousBindingState: `${prefix}/previous-binding-state`,
  /** On ConfigMaps of the hub: `"true"` where the data are manifests to unpack on members. */
  envelopeConfigMap: `${prefix}/envelope-configmap`,
  /** On bindings: who may change the cluster, see `domain/claims.ts`. JSON. */
  claim: `${own}/claim`,
  /** On bindings: SHA-256 of what was last rendered for the cluster. */
  contentHash: `${own}/content-hash`,
  /** On members: what becomes of their copies when they leave, see `domain/members/leaving.ts`. */
  leave: `${own}/leave`,
  /** On members: uid of the cluster's namespace `kube-system`, by which the cluster itself is known again. */
  clusterUid: `${own}/cluster-uid`,
  /** On the definition of AppliedWork on a member: uid of the hub's namespace `kube-system`. */
  hubUid: `${own}/hub-uid`,
  /** On the definition of AppliedWork on a member: the member's name on that hub. */
  memberName: `${own}/member-name`,
  /** On bindings: their generation since which the cluster is to have what was last rendered. */
  contentGeneration: `${own}/content-generation`,
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
