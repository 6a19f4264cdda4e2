/** Kubernetes events about placements: one for each step that a rollout takes. */
import {
  findCondition,
  isConditionTrue,
  placementStepType,
  rolloutSteps,
  type PlacementStep,
} from '../../api/conditions.ts';
import type { Scope } from '../../api/references.ts';
import type { PlacementStatus } from '../../api/types/clusterresourceplacement.ts';

/** An event to record. */
export interface PlacementEvent {
  /** @default 'Normal' */
  type?: 'Normal' | 'Warning';
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

/** Reason of an event about resource snapshots that are not taken; its message says why. */
export const heldUpReason = 'PlacementSnapshotsHeldUp';

/** Event for when that is over. */
export const resumedEvent: PlacementEvent = {
  reason: 'PlacementSnapshotsResumed',
  message: 'What kept resource snapshots from being taken is over',
};

/** Place of an event in the course of a rollout, from 0: those of one second are listed in this order. */
export function eventRank(reason: string): number {
  const order = [...milestones, completed, cleanupEvent, { reason: heldUpReason }, resumedEvent];
  return order.findIndex((event) => event.reason === reason);
}

/**
 * Events for what has become True between two statuses, in the order in which a rollout gets there. What was True of an
 * older generation only is told again once it is True of the new one.
 */
export function placementEvents(
  scope: Scope,
  previous: PlacementStatus | undefined,
  next: PlacementStatus,
): PlacementEvent[] {
  const hasBecomeTrue = (step: PlacementStep): boolean => {
    const type = placementStepType(scope, step);
    const now = findCondition(next.conditions, type);
    return now?.status === 'True' && !isConditionTrue(previous?.conditions, type, now.observedGeneration);
  };
  const isComplete = (['Scheduled', ...rolloutSteps] as const).every((step) =>
    isConditionTrue(next.conditions, placementStepType(scope, step)),
  );
  const news = (['Scheduled', ...rolloutSteps] as const).filter(hasBecomeTrue);
  const events = milestones
    .filter(({ step }) => news.includes(step))
    .map(({ reason, message }) => ({ reason, message }));
  return isComplete && news.length > 0 ? [...events, completed] : events;
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
