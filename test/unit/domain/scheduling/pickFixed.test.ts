import { describe, expect, test } from '@jest/globals';
import type { PlacementPolicy } from '../../../../api/types/clusterresourceplacement.ts';
import { cluster, movesOf, outcomeOf, PlayedPlacement, reasonsOf } from './fleet.ts';

const named = (...clusterNames: string[]): PlacementPolicy => ({ placementType: 'PickFixed', clusterNames });

describe('PickFixed', () => {
  test('K10: the named clusters, without scores', () => {
    const placed = new PlayedPlacement(named('cluster2', 'cluster1'));
    const result = placed.cycle(['cluster1', 'cluster2', 'cluster3'].map((name) => cluster(name)));
    expect(result.status.targetClusters).toEqual([
      {
        clusterName: 'cluster1',
        selected: true,
        reason: 'Successfully scheduled resources for placement in cluster1: picked by scheduling policy',
      },
      {
        clusterName: 'cluster2',
        selected: true,
        reason: 'Successfully scheduled resources for placement in cluster2: picked by scheduling policy',
      },
    ]);
    expect(outcomeOf(result)[0]).toMatch(/^True SchedulingPolicyFulfilled/);
  });

  test('taints do not count', () => {
    const placed = new PlayedPlacement(named('cluster1'));
    placed.cycle([cluster('cluster1', { taints: ['maintenance'] })]);
    expect(placed.selected).toEqual(['cluster1']);
  });

  test('clusters that are missing or not eligible are named', () => {
    const placed = new PlayedPlacement(named('nowhere', 'offline', 'cluster1'));
    const result = placed.cycle([cluster('cluster1'), cluster('offline', { isOffline: true })]);
    expect(reasonsOf(result)).toEqual({
      cluster1: 'Successfully scheduled resources for placement in cluster1: picked by scheduling policy',
      offline:
        'Cluster "offline" is not eligible for resource placement yet: cluster is not connected to the fleet: member agent not online yet',
      nowhere: 'Specified cluster "nowhere" is not found',
    });
    expect(outcomeOf(result)).toEqual([
      'False SchedulingPolicyUnfulfilled: could not find all clusters needed as specified by the scheduling policy, found 1 cluster(s) instead',
    ]);
  });

  test('a cluster that is there stays, also in the status, while it is not eligible', () => {
    const placed = new PlayedPlacement(named('cluster1'));
    const first = placed.cycle([cluster('cluster1')]);
    expect(placed.cycle([cluster('cluster1', { isOffline: true })])).toEqual({ ...first, operations: [] });
  });

  test('another list keeps what is in both', () => {
    const clusters = ['cluster1', 'cluster2', 'cluster3'].map((name) => cluster(name));
    const placed = new PlayedPlacement(named('cluster1', 'cluster2'));
    placed.cycle(clusters);
    placed.edit(named('cluster2', 'cluster3'));
    expect(movesOf(placed.cycle(clusters))).toEqual(['create cluster3', 'repoint cluster2', 'unschedule cluster1']);
  });
});
