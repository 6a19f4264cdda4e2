/** How scheduling decisions read in the status of a policy snapshot. */
import { conditionAt, pickedMessage, policySnapshotConditions, setCondition } from '../../api/conditions.ts';
import { annotations } from '../../api/labels.ts';
import type {
  ClusterDecision,
  ClusterSchedulingPolicySnapshot,
  SchedulingPolicySnapshotStatus,
} from '../../api/types/clusterschedulingpolicysnapshot.ts';
import { compareBytes } from '../ordering.ts';
import type { ClusterScores } from './plugins.ts';

/** Decision for a cluster that was picked. The name stands without quotes, as the documents print it. */
export function selectedDecision(clusterName: string, scores: ClusterScores): ClusterDecision {
  const { affinityScore, topologySpreadScore } = scores;
  return {
    clusterName,
    selected: true,
    clusterScore: { affinityScore, priorityScore: topologySpreadScore },
    reason: pickedMessage(clusterName, affinityScore, topologySpreadScore),
  };
}

/** Decision for a cluster that a plugin refused. */
export function rejectedDecision(clusterName: string, reason: string): ClusterDecision {
  return { clusterName, selected: false, reason: `ClusterUnschedulable, ${reason}` };
}

/**
 * Whole status of a policy snapshot after a scheduling cycle. `PickAll` is fulfilled even where nothing was picked.
 * @param time RFC 3339, whole seconds
 */
export function schedulingStatus(
  snapshot: ClusterSchedulingPolicySnapshot,
  decisions: readonly ClusterDecision[],
  time: string,
): SchedulingPolicySnapshotStatus {
  const observedCRPGeneration = Number(snapshot.metadata.annotations?.[annotations.placementGeneration] ?? '0');
  return {
    observedCRPGeneration,
    targetClusters: listedDecisions(decisions, snapshot.status?.targetClusters ?? []),
    conditions: setCondition(
      snapshot.status?.conditions,
      conditionAt(policySnapshotConditions.scheduled(), snapshot.metadata.generation ?? 1, time),
    ),
  };
}

const maximumDecisions = 1000;
const maximumUnselectedDecisions = 20;

/** Selected clusters first, each part by name; cut so that the status of a large fleet stays writable. */
function listedDecisions(decisions: readonly ClusterDecision[], before: readonly ClusterDecision[]): ClusterDecision[] {
  const byName = decisions.toSorted((left, right) => compareBytes(left.clusterName, right.clusterName));
  const selected = byName.filter((decision) => decision.selected).slice(0, maximumDecisions);
  const unselected = byName
    .filter((decision) => !decision.selected)
    .slice(0, Math.min(maximumUnselectedDecisions, maximumDecisions - selected.length));
  return [...selected, ...unselected.map((decision) => keepOldMinutes(decision, before))];
}

/** A reason that only counts more minutes is no news: writing it would wake everybody who watches, for ever. */
function keepOldMinutes(decision: ClusterDecision, before: readonly ClusterDecision[]): ClusterDecision {
  const same = before.find(
    (old) =>
      old.clusterName === decision.clusterName &&
      !old.selected &&
      withoutMinutes(old.reason) === withoutMinutes(decision.reason),
  );
  return same ?? decision;
}

function withoutMinutes(reason: string): string {
  return reason.replace(/[\d.]+ minutes ago/, 'minutes ago');
}
