/** Kubernetes events about placements: one for each step that a rollout takes. */
import { isConditionTrue, placementStepType, rolloutSteps, type PlacementStep } from '../../api/conditions.ts';
import type { Scope } from '../../api/references.ts';
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

/** Place of an event in the course of a rollout, from 0: those of one second are listed in this order. */
export function eventRank(reason: string): number {
  return [...milestones, completed, cleanupEvent].findIndex((event) => event.reason === reason);
}

/** Events for what has become True between two statuses, in the order in which a rollout gets there. */
export function placementEvents(
  scope: Scope,
  previous: PlacementStatus | undefined,
  next: PlacementStatus,
): PlacementEvent[] {
  const isTrue = (status: PlacementStatus | undefined, step: PlacementStep): boolean =>
    isConditionTrue(status?.conditions, placementStepType(scope, step));
  const isComplete = (status: PlacementStatus | undefined): boolean =>
    (['Scheduled', ...rolloutSteps] as const).every((step) => isTrue(status, step));
  const events = milestones
    .filter(({ step }) => isTrue(next, step) && !isTrue(previous, step))
    .map(({ reason, message }) => ({ reason, message }));
  return isComplete(next) && !isComplete(previous) ? [...events, completed] : events;
}

const milestones: (PlacementEvent & { step: PlacementStep })[] = [
  {
    step: 'Scheduled',
    reason: 'PlacementScheduleSuccess',
    message: 'Successfully scheduled the placement',
  },
  {
    step: 'RolloutStarted',
    reason: 'PlacementRolloutStarted',
    message: 'Started rolling out the latest resources',
  },
  {
    step: 'Overridden',
    reason: 'PlacementOverriddenSucceeded',
    message: 'Placement has been successfully overridden',
  },
  {
    step: 'WorkSynchronized',
    reason: 'PlacementSyncSuccess',
    message: 'Successfully synchronized the placement',
  },
  {
    step: 'WorkSynchronized',
    reason: 'PlacementWorkSynchronized',
    message: 'Work(s) have been created or updated successfully for the selected cluster(s)',
  },
  {
    step: 'Applied',
    reason: 'PlacementApplied',
    message: 'Resources have been applied to the selected cluster(s)',
  },
  {
    step: 'Available',
    reason: 'PlacementAvailable',
    message: 'Resources are available on the selected cluster(s)',
  },
];

const completed: PlacementEvent = {
  reason: 'PlacementRolloutCompleted',
  message: 'Resources have been applied to the selected clusters',
};
