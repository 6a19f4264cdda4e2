import { describe, expect, test } from '@jest/globals';
import type { PlacementPolicy, TopologySpreadConstraint } from '../../../../api/types/clusterresourceplacement.ts';
import { DomainCounts } from '../../../../domain/scheduling/domainCounts.ts';
import { cluster, outcomeOf, PlayedPlacement, reasonsOf } from './fleet.ts';

describe('DomainCounts', () => {
  /** Counts of domains a, b, c and so on. */
  function counted(...counts: number[]): DomainCounts {
    const domains = [...counts.keys()].map((i) => 'abcdef'.charAt(i));
    const result = new DomainCounts(domains);
    counts.forEach((count, i) => {
      for (let n = 0; n < count; n++) result.add(domains[i] ?? '');
    });
    return result;
  }

  test.each<[description: string, counts: number[], change: number]>([
    ['all equal', [1, 1, 1], 1],
    ['the only domain', [3], 1],
    ['the only one that is smallest', [0, 1, 2], -1],
    ['one of two that are smallest', [0, 0, 2], 0],
    ['the largest', [2, 1, 1], 1],
    ['one of two that are largest', [2, 2, 1], 1],
    ['in between', [1, 0, 2], 0],
  ])('%s', (_, counts, change) => {
    expect(counted(...counts).skewChange('a')).toBe(change);
  });

  test.each<[description: string, counts: number[], maxSkew: number, exceeds: boolean]>([
    ['all equal', [1, 1], 1, false],
    ['the largest, at the limit', [1, 0], 1, true],
    ['the largest, below the limit', [1, 0], 2, false],
    ['the only domain', [9], 1, false],
    ['an empty domain beside one that is too full', [0, 0, 3], 2, false],
    ['in between, beside one that is too full', [1, 0, 5], 1, true],
  ])('%s', (_, counts, maxSkew, exceeds) => {
    expect(counted(...counts).wouldExceed('a', maxSkew)).toBe(exceeds);
  });
});

describe('placements', () => {
  const inRegions = (...regions: string[]) =>
    regions.map((region, i) => cluster(`member${String(i + 1)}`, { labels: { region } }));
  const spread = (constraint: Partial<TopologySpreadConstraint>, numberOfClusters: number): PlacementPolicy => ({
    placementType: 'PickN',
    numberOfClusters,
    topologySpreadConstraints: [{ topologyKey: 'region', ...constraint }],
  });

  test('K13, K14: clusters are spread over the regions', () => {
    const placed = new PlayedPlacement(spread({ maxSkew: 1 }, 3));
    const result = placed.cycle(inRegions('east', 'east', 'east', 'west', 'north'));
    expect(placed.selected).toEqual(['member3', 'member4', 'member5']);
    expect(reasonsOf(result)).toMatchObject({
      // Picked first: all regions are equal, so one more makes them differ.
      member5:
        'Successfully scheduled resources for placement in member5 (affinity score: 0, topology spread score: -1): picked by scheduling policy',
      // Picked last: it makes the regions equal again.
      member3:
        'Successfully scheduled resources for placement in member3 (affinity score: 0, topology spread score: 1): picked by scheduling policy',
      member1: 'Cluster "member1" does not score high enough (affinity score: 0, topology spread score: -1)',
    });
  });

  test('DoNotSchedule picks fewer clusters rather than too many in one region', () => {
    const placed = new PlayedPlacement(spread({ maxSkew: 2, whenUnsatisfiable: 'DoNotSchedule' }, 4));
    const clusters = [
      ...inRegions('east', 'east', 'east'),
      cluster('west', { labels: { region: 'west' }, isOffline: true }),
    ];
    const result = placed.cycle(clusters);
    expect(placed.selected).toEqual(['member2', 'member3']);
    expect(outcomeOf(result)).toEqual([
      'False SchedulingPolicyUnfulfilled: could not find all clusters needed as specified by the scheduling policy, found 2 cluster(s) instead',
    ]);
    expect(reasonsOf(result)).toMatchObject({
      member1: 'ClusterUnschedulable, violated doNotSchedule topology spread constraint "region" (max skew 2)',
      west: 'ClusterUnschedulable, cluster is not connected to the fleet: member agent not online yet',
    });
  });

  test('ScheduleAnyway takes points, so that others come first', () => {
    const placed = new PlayedPlacement(spread({ whenUnsatisfiable: 'ScheduleAnyway' }, 3));
    const result = placed.cycle(inRegions('east', 'east', 'west'));
    expect(placed.selected).toEqual(['member1', 'member2', 'member3']);
    const scores = result.status.targetClusters?.map(({ clusterScore }) => clusterScore?.priorityScore);
    expect(scores).toEqual([-1, 1, -1]);
    const full = new PlayedPlacement(spread({ whenUnsatisfiable: 'ScheduleAnyway' }, 2));
    const lonely = [...inRegions('east', 'east'), cluster('west', { labels: { region: 'west' }, isOffline: true })];
    expect(full.cycle(lonely).status.targetClusters?.[0]?.clusterScore?.priorityScore).toBe(-1000);
    expect(full.selected).toEqual(['member1', 'member2']);
  });

  test('spreading counts more than affinity', () => {
    const policy = spread({ maxSkew: 5 }, 2);
    const preferred = [{ weight: 100, preference: { labelSelector: { matchLabels: { region: 'east' } } } }];
    policy.affinity = { clusterAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred } };
    const placed = new PlayedPlacement(policy);
    placed.cycle(inRegions('east', 'east', 'west'));
    expect(placed.selected).toEqual(['member2', 'member3']);
  });

  test('a cluster without the label violates nothing and gains nothing', () => {
    const placed = new PlayedPlacement(spread({ maxSkew: 1 }, 1));
    placed.cycle([...inRegions('east', 'west'), cluster('alone')]);
    expect(placed.selected).toEqual(['alone']);
  });

  test('a topology that lost clusters is filled where it is empty', () => {
    const placed = new PlayedPlacement(spread({ maxSkew: 1 }, 6));
    placed.cycle(inRegions('a', 'a', 'b', 'b', 'c', 'c'));
    expect(placed.selected).toHaveLength(6);
    const later = [
      ...inRegions('a', 'a', 'b', 'b', 'c', 'c').slice(4),
      ...['a', 'b'].map((region) => cluster(`new-${region}`, { labels: { region } })),
    ];
    placed.cycle(later);
    expect(placed.selected).toEqual(['member5', 'member6', 'new-a', 'new-b']);
  });
});
