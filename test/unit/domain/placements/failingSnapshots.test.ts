import { expect, test } from '@jest/globals';
import { withFailingSnapshots } from '../../../../domain/placements/heldUpSnapshots.ts';
import { condition, now, placement } from '../objects.ts';

const later = '2025-07-22T21:45:00Z';
const status = { observedResourceIndex: '1', conditions: [condition('ClusterResourcePlacementScheduled', 'True')] };

test('while no snapshot can be kept a condition says what the hub said, and all else stays', () => {
  const failing = withFailingSnapshots(placement({ status }), status, 'It is too large.', now);
  expect(failing).toEqual({
    ...status,
    conditions: [
      ...status.conditions,
      condition('ClusterResourcePlacementSnapshotsTaken', 'False', {
        reason: 'ResourceSnapshotNotTaken',
        message:
          'No resource snapshot is taken, because each attempt fails: It is too large. ' +
          'Clusters keep what they have, and it is tried again.',
      }),
    ],
  });
  // Told again, it keeps the time since which it is so.
  expect(withFailingSnapshots(placement({ status: failing }), status, 'It is too large.', later)).toEqual(failing);
});
