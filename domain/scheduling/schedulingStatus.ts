import { conditionAt, policySnapshotConditions, setCondition } from '../../api/conditions.ts';
import { annotations } from '../../api/labels.ts';
import type {
  ClusterDecision,
  ClusterSchedulingPolicySnapshot,
  SchedulingPolicySnapshotStatus,
} from '../../api/types/clusterschedulingpolicysnapshot.ts';

/** How a cycle has ended. */
export interface SchedulingOutcome {
  isFulfilled: boolean;
  /** Number of clusters that have the placement now. */
  selected: number;
  /** What is wrong with the policy. */
  fault?: string;
}

/**
 * Whole status of a policy snapshot after a scheduling cycle.
 * @param decisions as they are to be listed
 * @param time RFC 3339, whole seconds
 */
export function schedulingStatus(
  snapshot: ClusterSchedulingPolicySnapshot,
  decisions: ClusterDecision[],
  outcome: SchedulingOutcome,
  time: string,
): SchedulingPolicySnapshotStatus {
  const observedCRPGeneration = Number(snapshot.metadata.annotations?.[annotations.placementGeneration] ?? '0');
  return {
    observedCRPGeneration,
    targetClusters: decisions,
    conditions: setCondition(
      snapshot.status?.conditions,
      conditionAt(content(outcome), snapshot.metadata.generation ?? 1, time),
    ),
  };
}

function content({ isFulfilled, selected, fault }: SchedulingOutcome) {
  if (fault !== undefined) return policySnapshotConditions.invalidPolicy(fault);
  return isFulfilled ? policySnapshotConditions.scheduled() : policySnapshotConditions.notFullyScheduled(selected);
}
