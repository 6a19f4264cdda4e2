import { describe, expect, test } from '@jest/globals';
import type { Condition } from '../../../../api/meta.ts';
import type { PlacementStatus } from '../../../../api/types/clusterresourceplacement.ts';
import { placementEvents } from '../../../../domain/placements/events.ts';
import { condition } from '../objects.ts';

const steps = ['Scheduled', 'RolloutStarted', 'Overridden', 'WorkSynchronized', 'Applied', 'Available'];
const pending = statusWith({ Scheduled: 'True', RolloutStarted: 'Unknown' });
const complete = statusWith(Object.fromEntries(steps.map((step) => [step, 'True'])));

describe('placementEvents', () => {
  test('K31 to K33: a rollout from nothing to its end, in the order of its steps', () => {
    expect(placementEvents({}, undefined, complete)).toEqual([
      { reason: 'PlacementScheduleSuccess', message: 'Successfully scheduled the placement' },
      { reason: 'PlacementRolloutStarted', message: 'Started rolling out the latest resources' },
      { reason: 'PlacementOverriddenSucceeded', message: 'Placement has been successfully overridden' },
      { reason: 'PlacementSyncSuccess', message: 'Successfully synchronized the placement' },
      {
        reason: 'PlacementWorkSynchronized',
        message: 'Work(s) have been created or updated successfully for the selected cluster(s)',
      },
      { reason: 'PlacementApplied', message: 'Resources have been applied to the selected cluster(s)' },
      { reason: 'PlacementAvailable', message: 'Resources are available on the selected cluster(s)' },
      { reason: 'PlacementRolloutCompleted', message: 'Resources have been applied to the selected clusters' },
    ]);
  });

  test('only what has become True', () => {
    expect(reasons(undefined, pending)).toEqual(['PlacementScheduleSuccess']);
    expect(reasons(pending, complete)).not.toContain('PlacementScheduleSuccess');
    expect(reasons(pending, complete).at(-1)).toBe('PlacementRolloutCompleted');
  });

  test('K34: nothing new, no event', () => {
    expect(reasons(complete, complete)).toEqual([]);
    expect(reasons(complete, pending)).toEqual([]);
  });

  test('what is True of a new generation is told, although it was True of the one before', () => {
    const edited = statusWith({ Scheduled: 'True', RolloutStarted: 'Unknown' }, 2);
    expect(reasons(pending, edited)).toEqual(['PlacementScheduleSuccess']);
    expect(reasons(edited, edited)).toEqual([]);
    const completeAgain = statusWith(Object.fromEntries(steps.map((step) => [step, 'True'])), 2);
    expect(reasons(complete, completeAgain)).toEqual(reasons(undefined, completeAgain));
    expect(reasons(complete, edited)).toEqual(['PlacementScheduleSuccess']);
  });

  test('a placement that was available, lost one step and has it back is complete once more', () => {
    const unavailable = statusWith({ ...Object.fromEntries(steps.map((step) => [step, 'True'])), Available: 'False' });
    expect(reasons(unavailable, complete)).toEqual(['PlacementAvailable', 'PlacementRolloutCompleted']);
  });
});

function reasons(previous: PlacementStatus | undefined, next: PlacementStatus): string[] {
  return placementEvents({}, previous, next).map(({ reason }) => reason);
}

function statusWith(statuses: Record<string, Condition['status']>, observedGeneration = 1): PlacementStatus {
  const conditions = Object.entries(statuses).map(([step, status]) =>
    condition(`ClusterResourcePlacement${step}`, status, { observedGeneration }),
  );
  return { conditions };
}
