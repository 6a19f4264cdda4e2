/**
 * Which changes on the hub may make the plan of a run impossible, or possible at last. What a run writes itself, and
 * heartbeats of members, are not among them: each hint is an event in the history of a workflow.
 */
import { labels } from '../../api/labels.ts';
import { findCondition } from '../../api/conditions.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import type { ClusterSchedulingPolicySnapshot } from '../../api/types/clusterschedulingpolicysnapshot.ts';
import type { MemberCluster } from '../../api/types/membercluster.ts';
import type { KubernetesObject } from '../../api/meta.ts';
import type { InformerEvent } from '../../kube/informer.ts';
import { sameJson } from '../sameJson.ts';

export const concernsPlan = {
  placement: (event: InformerEvent<ClusterResourcePlacement>): boolean => hasChanged(event, intentOf),
  policySnapshot: (event: InformerEvent<ClusterSchedulingPolicySnapshot>): boolean => hasChanged(event, decisionOf),
  /** The end of a binding that was to go is what a run brings about itself. */
  binding: (event: InformerEvent<ClusterResourceBinding>): boolean =>
    event.type === 'deleted' ? event.object.spec.state !== 'Unscheduled' : hasChanged(event, targetOf),
  memberCluster: (event: InformerEvent<MemberCluster>): boolean =>
    hasChanged(event, ({ metadata }) => metadata.labels ?? {}),
};

function hasChanged<T extends KubernetesObject>(
  { type, object, previous }: InformerEvent<T>,
  read: (object: T) => unknown,
): boolean {
  return type !== 'modified' || previous === undefined || !sameJson(read(object), read(previous));
}

function intentOf({ metadata, spec }: ClusterResourcePlacement): unknown {
  return [metadata.uid, metadata.deletionTimestamp, spec];
}

function decisionOf({ metadata, status }: ClusterSchedulingPolicySnapshot): unknown {
  const { status: scheduled, observedGeneration } = findCondition(status?.conditions, 'Scheduled') ?? {};
  return [metadata.labels?.[labels.isLatestSnapshot], metadata.annotations, scheduled, observedGeneration];
}

function targetOf({ metadata, spec }: ClusterResourceBinding): unknown {
  const { targetCluster, schedulingPolicySnapshotName, state } = spec;
  return [metadata.deletionTimestamp, targetCluster, schedulingPolicySnapshotName, state === 'Unscheduled'];
}
