/** What a placement's status says about each cluster. */
import { conditionAt, findCondition, placementEntryConditions, rolloutSteps } from '../../api/conditions.ts';
import type { ConditionContent } from '../../api/conditions.ts';
import type { Condition } from '../../api/meta.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type { PerClusterPlacementStatus } from '../../api/types/clusterresourceplacement.ts';
import { standingReport } from '../rollouts/reports.ts';
import { documentedEntry, type StatusProfile } from './profile.ts';
import type { ClusterDecision } from '../../api/types/clusterschedulingpolicysnapshot.ts';

/** What one entry is made from. */
export interface ClusterEntryInput {
  decision: ClusterDecision;
  /** Absent until the scheduler has made it. */
  binding?: ClusterResourceBinding;
  /** Index of the snapshot that the binding names; empty if it names none or that snapshot is gone. */
  resourceIndex: string;
  /** The placement's own rollout has not reached the cluster: its binding names another snapshot than the latest. */
  awaitsRollout: boolean;
  profile: StatusProfile;
  /** Generation of the placement. */
  generation: number;
  /** The entry before, for its times. */
  previous?: PerClusterPlacementStatus;
  /** RFC 3339, whole seconds. */
  now: string;
}

/** Entry of a selected cluster: scheduled, then what its binding says, up to the first step that is not True. */
export function clusterEntry(input: ClusterEntryInput): PerClusterPlacementStatus {
  const { decision, binding, resourceIndex, awaitsRollout, profile, generation, previous, now } = input;
  const rollout = awaitsRollout ? [notReached(resourceIndex)] : rolloutConditions(binding);
  const contents = [placementEntryConditions.scheduled(decision.reason), ...rollout];
  const conditions = (profile === 'documented' ? documentedEntry(contents) : contents).map((content) =>
    keepingTime(previous?.conditions, conditionAt(content, generation, now)),
  );
  const inTrouble = ['Applied', 'Available'].some((type) => findCondition(conditions, type)?.status === 'False');
  const failed = inTrouble ? (binding?.status?.failedPlacements ?? []) : [];
  return {
    clusterName: decision.clusterName,
    ...(resourceIndex === '' ? {} : { observedResourceIndex: resourceIndex }),
    ...(failed.length === 0 ? {} : { failedPlacements: failed.slice(0, maximumFailedPlacements) }),
    conditions,
  };
}

/** A cluster that has an older snapshot waits for its turn; of one that has none it is not decided yet. */
function notReached(resourceIndex: string): ConditionContent {
  return resourceIndex === ''
    ? placementEntryConditions.unknown('RolloutStarted')
    : placementEntryConditions.rolloutNotStarted();
}

/** The condition with the time of the one before if that had the same status. */
export function keepingTime(previous: readonly Condition[] | undefined, condition: Condition): Condition {
  const before = findCondition(previous, condition.type);
  return before?.status === condition.status
    ? { ...condition, lastTransitionTime: before.lastTransitionTime }
    : condition;
}

const maximumFailedPlacements = 100;

function rolloutConditions(binding: ClusterResourceBinding | undefined): ConditionContent[] {
  const contents: ConditionContent[] = [];
  for (const step of rolloutSteps) {
    const { type, status, reason, message } =
      (binding && standingReport(binding, step)) ?? placementEntryConditions.unknown(step);
    contents.push({ type, status, reason, message });
    if (status !== 'True') break;
  }
  return contents;
}
