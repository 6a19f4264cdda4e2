import { expect, test } from '@jest/globals';
import type { PlacementPolicy } from '../../../../api/types/clusterresourceplacement.ts';
import { placementStatus } from '../../../../domain/placements/status.ts';
import { now } from '../objects.ts';
import { cluster, PlayedPlacement } from '../scheduling/fleet.ts';

const clusters = [
  cluster('member1'),
  cluster('member2', { taints: ['busy'] }),
  cluster('member3', { isOffline: true }),
  cluster('member4', { isOffline: true }),
];

/** Entries of the placement after its first cycle: clusters, and what `Scheduled` says. */
function entriesOf(policy: PlacementPolicy): string[] {
  const placed = new PlayedPlacement(policy);
  placed.cycle(clusters);
  const { placement, policySnapshot, bindings } = placed.input(clusters);
  const generation = { ...policySnapshot, metadata: { ...policySnapshot.metadata, generation: 1 } };
  const status = placementStatus({
    placement,
    policySnapshot: generation,
    bindings,
    resourceSnapshots: [],
    profile: 'upstream',
    now,
  });
  return (status.placementStatuses ?? []).map(({ clusterName, conditions }) => {
    const [scheduled] = conditions ?? [];
    return `${clusterName ?? '-'} ${scheduled?.status ?? ''} ${scheduled?.reason ?? ''}: ${scheduled?.message ?? ''}`;
  });
}

test('PickN: one entry without a name for each cluster that is missing, as long as there are reasons', () => {
  expect(entriesOf({ placementType: 'PickN', numberOfClusters: 3 })).toEqual([
    'member1 True Scheduled: Successfully scheduled resources for placement in member1 (affinity score: 0, topology spread score: 0): picked by scheduling policy',
    '- False ScheduleFailed: ClusterUnschedulable, taint &{Key:busy Value: Effect:NoSchedule} cannot be tolerated',
    '- False ScheduleFailed: ClusterUnschedulable, cluster is not connected to the fleet: member agent not online yet',
  ]);
  expect(entriesOf({ placementType: 'PickN', numberOfClusters: 9 })).toHaveLength(4);
});

test('PickFixed: each named cluster that cannot be used', () => {
  expect(entriesOf({ placementType: 'PickFixed', clusterNames: ['member1', 'nowhere'] })).toEqual([
    'member1 True Scheduled: Successfully scheduled resources for placement in member1: picked by scheduling policy',
    '- False ScheduleFailed: Specified cluster "nowhere" is not found',
  ]);
});

test('PickAll, and a PickN that has what it wants, miss nobody', () => {
  expect(entriesOf({ placementType: 'PickAll' })).toHaveLength(1);
  expect(entriesOf({ placementType: 'PickN', numberOfClusters: 1 })).toHaveLength(1);
});
