import { describe, expect, test } from '@jest/globals';
import type { PlacementStatus } from '../../../../api/types/clusterresourceplacement.ts';
import { eventRank } from '../../../../domain/placements/events.ts';
import { heldUpEvents, withHeldUpSnapshots } from '../../../../domain/placements/heldUpSnapshots.ts';
import { condition, now, placement } from '../objects.ts';

const later = '2025-07-22T22:00:00Z';
const scheduled = condition('ClusterResourcePlacementScheduled', 'True');
const free: PlacementStatus = { conditions: [scheduled] };
const sentence =
  'No resource snapshot is taken, because the API server of away.example.com/v1, whose objects may be selected, ' +
  'does not answer the hub. Repair it, or remove APIService v1.away.example.com.';

function heldUp(groups: string[], previous: PlacementStatus = free, time = now): PlacementStatus {
  return withHeldUpSnapshots(placement({ status: previous }), previous, groups, time);
}

describe('withHeldUpSnapshots', () => {
  test('says which API server is away, and what to do', () => {
    expect(heldUp(['away.example.com/v1']).conditions).toEqual([
      scheduled,
      {
        type: 'ClusterResourcePlacementSnapshotsTaken',
        status: 'False',
        reason: 'APIServerNotAvailable',
        message: sentence,
        lastTransitionTime: now,
        observedGeneration: 1,
      },
    ]);
  });

  test('names several in one order, whatever order they come in', () => {
    const { conditions } = heldUp(['b.example.com/v1', 'a.example.com/v1beta1']);
    expect(conditions?.[1]?.message).toBe(
      'No resource snapshot is taken, because the API servers of a.example.com/v1beta1, b.example.com/v1, whose ' +
        'objects may be selected, do not answer the hub. Repair them, or remove APIServices v1beta1.a.example.com, ' +
        'v1.b.example.com.',
    );
  });

  test('keeps the time of its beginning, and stands once', () => {
    const before = heldUp(['a.example.com/v1']);
    const { conditions } = heldUp(['b.example.com/v1'], before, later);
    expect(conditions).toHaveLength(2);
    expect(conditions?.[1]).toMatchObject({ lastTransitionTime: now });
    expect(conditions?.[1]?.message).toContain('b.example.com/v1');
  });

  test('goes when nothing is in the way', () => {
    expect(heldUp([], heldUp(['a.example.com/v1']))).toEqual(free);
    expect(withHeldUpSnapshots(placement({}), {}, [], now)).toEqual({});
  });
});

describe('heldUpEvents', () => {
  const away = heldUp(['away.example.com/v1']);

  test('one when it begins, one when it ends', () => {
    expect(heldUpEvents({}, free, away)).toEqual([
      { type: 'Warning', reason: 'PlacementSnapshotsHeldUp', message: sentence },
    ]);
    expect(heldUpEvents({}, away, free)).toEqual([
      {
        reason: 'PlacementSnapshotsResumed',
        message: 'What kept resource snapshots from being taken is over',
      },
    ]);
  });

  test('none while it stays, and a new one when it is another API server', () => {
    expect(heldUpEvents({}, undefined, free)).toEqual([]);
    expect(heldUpEvents({}, away, heldUp(['away.example.com/v1'], away, later))).toEqual([]);
    const two = heldUp(['away.example.com/v1', 'b.example.com/v1'], away, later);
    expect(heldUpEvents({}, away, two).map(({ reason }) => reason)).toEqual(['PlacementSnapshotsHeldUp']);
  });

  test('have their place among the others', () => {
    const ranks = ['PlacementCleanupFinalizerRemoved', 'PlacementSnapshotsHeldUp', 'PlacementSnapshotsResumed'].map(
      eventRank,
    );
    expect(ranks).toEqual([...ranks].sort((left, right) => left - right));
    expect(Math.min(...ranks)).toBeGreaterThan(0);
  });
});
