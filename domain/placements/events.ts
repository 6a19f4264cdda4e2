/** Kubernetes events about placements: one for each step that a rollout takes. */
import { conditionTypes, isConditionTrue, placementStepType, rolloutSteps } from '../../api/conditions.ts';
import type { PlacementStatus } from '../../api/types/clusterresourceplacement.ts';

/** An event to record; all of them are of type `Normal`. */
export interface PlacementEvent {
  reason: string;
  message: string;
}

/** Component that the events come from, as `kubectl describe` shows it. */
export const placementEventSource = 'cluster-resource-placement-controller';

/** Event for a placement whose snapshots and copies are gone, right before the object itself goes. */
export const cleanupEvent: PlacementEvent = {
  reason: 'PlacementCleanupFinalizerRemoved',
  message: 'Deleted the snapshots and removed the placement cleanup finalizer',
};

/** Events for what has become True between two statuses, in the order in which a rollout gets there. */
export function placementEvents(previous: PlacementStatus | undefined, next: PlacementStatus): PlacementEvent[] {
  const events = milestones
    .filter(({ type }) => isTrue(next, type) && !isTrue(previous, type))
    .map(({ reason, message }) => ({ reason, message }));
  return isComplete(next) && !isComplete(previous) ? [...events, completed] : events;
}

const milestones = [
  {
    type: conditionTypes.placement.scheduled,
    reason: 'PlacementScheduleSuccess',
    message: 'Successfully scheduled the placement',
  },
  {
    type: placementStepType('RolloutStarted'),
    reason: 'PlacementRolloutStarted',
    message: 'Started rolling out the latest resources',
  },
  {
    type: placementStepType('Overridden'),
    reason: 'PlacementOverriddenSucceeded',
    message: 'Placement has been successfully overridden',
  },
  {
    type: placementStepType('WorkSynchronized'),
    reason: 'PlacementSyncSuccess',
    message: 'Successfully synchronized the placement',
  },
  {
    type: placementStepType('WorkSynchronized'),
    reason: 'PlacementWorkSynchronized',
    message: 'Work(s) have been created or updated successfully for the selected cluster(s)',
  },
  {
    type: placementStepType('Applied'),
    reason: 'PlacementApplied',
    message: 'Resources have been applied to the selected cluster(s)',
  },
  {
    type: placementStepType('Available'),
    reason: 'PlacementAvailable',
    message: 'Resources are available on the selected cluster(s)',
  },
];

const completed: PlacementEvent = {
  reason: 'PlacementRolloutCompleted',
  message: 'Resources have been applied to the selected clusters',
};

function isComplete(status: PlacementStatus | undefined): boolean {
  const types = [conditionTypes.placement.scheduled, ...rolloutSteps.map(placementStepType)];
  return types.every((type) => isTrue(status, type));
}

function isTrue(status: PlacementStatus | undefined, type: string): boolean {
  return isConditionTrue(status?.conditions, type);
}
