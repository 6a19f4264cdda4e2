import { expect, test } from '@jest/globals';
import type { PerClusterPlacementStatus, PlacementStatus } from '../../../../api/types/clusterresourceplacement.ts';
import { fitPlacementStatus, placementStatusLimit } from '../../../../domain/placements/statusSize.ts';
import { condition } from '../objects.ts';

const types = ['Scheduled', 'RolloutStarted', 'Overridden', 'WorkSynchronized', 'Applied', 'Available'];
const scheduled = condition('ClusterResourcePlacementScheduled', 'True', {
  reason: 'SchedulingPolicyFulfilled',
  message: 'found',
});

function entry(index: number, available: 'True' | 'False' = 'True'): PerClusterPlacementStatus {
  const conditions = types.map((type) =>
    condition(type, type === 'Available' ? available : 'True', { reason: 'Tested', message: 'm'.repeat(150) }),
  );
  return { clusterName: `member-${String(index)}`, observedResourceIndex: '3', conditions };
}

function statusOf(clusters: number): PlacementStatus {
  const entries = Array.from({ length: clusters }, (_, index) => entry(index, index === 7 ? 'False' : 'True'));
  return { placementStatuses: entries, conditions: [scheduled], selectedResources: [] };
}

test('a status that fits stays as it is', () => {
  const status = statusOf(100);
  expect(fitPlacementStatus({}, status)).toBe(status);
});

test('above the limit, clusters that are fine are shown by name and index, the one in trouble stays whole, and it says so', () => {
  const fitted = fitPlacementStatus({}, statusOf(1_000));
  expect(Buffer.byteLength(JSON.stringify(fitted))).toBeLessThan(placementStatusLimit);
  expect(fitted.placementStatuses?.[0]).toEqual({ clusterName: 'member-0', observedResourceIndex: '3' });
  expect(fitted.placementStatuses?.[7]).toEqual(entry(7, 'False'));
  expect(fitted.conditions?.[0]?.message).toBe(
    'found; 999 clusters of which every condition is True are shown without conditions, because the status would be too large',
  );
});
