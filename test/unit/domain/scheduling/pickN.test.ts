import { describe, expect, test } from '@jest/globals';
import type { PlacementPolicy } from '../../../../api/types/clusterresourceplacement.ts';
import { cluster, movesOf, outcomeOf, PlayedPlacement, reasonsOf } from './fleet.ts';

const three = ['member1', 'member2', 'member3'].map((name) => cluster(name));

/** Prefers clusters by their label `level`, 10 points for each of it. */
function pick(numberOfClusters: number, more: PlacementPolicy = {}): PlacementPolicy {
  const preferred = [1, 2, 3].map((level) => ({
    weight: 10 * level,
    preference: { labelSelector: { matchLabels: { level: String(level) } } },
  }));
  const affinity = { clusterAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred } };
  return { placementType: 'PickN', numberOfClusters, affinity, ...more };
}

const atLevel = (name: string, level: number) => cluster(name, { labels: { level: String(level) } });

describe('choosing', () => {
  test('of equal clusters those with the largest names', () => {
    const placed = new PlayedPlacement(pick(1));
    const result = placed.cycle(three);
    expect(placed.selected).toEqual(['member3']);
    expect(outcomeOf(result)).toEqual([
      'True SchedulingPolicyFulfilled: found all the clusters needed as specified by the scheduling policy',
    ]);
    expect(reasonsOf(result)).toEqual({
      member3:
        'Successfully scheduled resources for placement in member3 (affinity score: 0, topology spread score: 0): picked by scheduling policy',
      member2: 'Cluster "member2" does not score high enough (affinity score: 0, topology spread score: 0)',
      member1: 'Cluster "member1" does not score high enough (affinity score: 0, topology spread score: 0)',
    });
  });

  test('K12: the preferred ones first', () => {
    const placed = new PlayedPlacement(pick(2));
    const result = placed.cycle([atLevel('member1', 3), atLevel('member2', 1), atLevel('member3', 2)]);
    expect(placed.selected).toEqual(['member1', 'member3']);
    expect(result.status.targetClusters?.map(({ clusterName, clusterScore }) => [clusterName, clusterScore])).toEqual([
      ['member1', { affinityScore: 30, priorityScore: 0 }],
      ['member3', { affinityScore: 20, priorityScore: 0 }],
      ['member2', { affinityScore: 10, priorityScore: 0 }],
    ]);
  });

  test('too few clusters: what there is, and a condition that says so', () => {
    const placed = new PlayedPlacement(pick(4));
    const result = placed.cycle([...three, cluster('tainted', { taints: ['maintenance'] })]);
    expect(placed.selected).toEqual(['member1', 'member2', 'member3']);
    expect(outcomeOf(result)).toEqual([
      'False SchedulingPolicyUnfulfilled: could not find all clusters needed as specified by the scheduling policy, found 3 cluster(s) instead',
    ]);
    expect(reasonsOf(result).tainted).toContain('ClusterUnschedulable, taint &{Key:maintenance Value: ');
  });

  test('no cluster at all may be wanted', () => {
    const placed = new PlayedPlacement(pick(0));
    expect(outcomeOf(placed.cycle(three))[0]).toMatch(/^True SchedulingPolicyFulfilled/);
    expect(placed.selected).toEqual([]);
  });

  test('the best of those left over are listed, at most 20', () => {
    const many = Array.from({ length: 40 }, (_, i) => atLevel(`member${String(i).padStart(2, '0')}`, i % 3));
    const result = new PlayedPlacement(pick(3)).cycle(many);
    const listed = result.status.targetClusters?.slice(3) ?? [];
    expect(listed).toHaveLength(20);
    expect(listed.slice(0, 2).map(({ clusterName }) => clusterName)).toEqual(['member29', 'member26']);
  });
});

describe('more clusters', () => {
  test('K38: the new ones join those that are there, and the snapshot stays', () => {
    const placed = new PlayedPlacement(pick(1));
    placed.cycle([atLevel('member1', 1), atLevel('member2', 2)]);
    // A better cluster appears; nothing moves for it.
    const later = [atLevel('member1', 1), atLevel('member2', 2), atLevel('member3', 3)];
    expect(movesOf(placed.cycle(later))).toEqual([]);
    placed.edit(pick(2));
    expect(movesOf(placed.cycle(later))).toEqual(['create member3']);
    expect(placed.snapshots).toBe(1);
    expect(placed.snapshot.metadata.annotations).toMatchObject({
      'kubernetes-fleet.io/number-of-clusters': '2',
      'kubernetes-fleet.io/CRP-generation': '2',
    });
    expect(placed.snapshot.spec.policy?.numberOfClusters).toBe(1);
    expect(placed.snapshot.status?.observedCRPGeneration).toBe(2);
  });

  test('K39: a cluster that becomes eligible fills the gap', () => {
    const placed = new PlayedPlacement(pick(2));
    placed.cycle([cluster('member1'), cluster('member2', { isOffline: true })]);
    expect(movesOf(placed.cycle([cluster('member1'), cluster('member2')]))).toEqual(['create member2']);
  });

  test('K40: a cluster that leaves is replaced, and no other moves', () => {
    const placed = new PlayedPlacement(pick(2));
    placed.cycle(three);
    expect(movesOf(placed.cycle(three.slice(0, 2)))).toEqual(['create member1', 'unschedule member3']);
  });
});

describe('fewer clusters', () => {
  const clusters = [atLevel('member1', 3), atLevel('member2', 1), atLevel('member3', 2), atLevel('member4', 1)];

  test('those with the lowest scores go, of equals the smallest names', () => {
    const placed = new PlayedPlacement(pick(4));
    placed.cycle(clusters);
    placed.edit(pick(3));
    expect(movesOf(placed.cycle(clusters))).toEqual(['unschedule member2']);
    placed.edit(pick(1));
    expect(movesOf(placed.cycle(clusters))).toEqual(['unschedule member3', 'unschedule member4']);
    expect(placed.snapshots).toBe(1);
  });

  test('those that nothing was rolled out to go first', () => {
    const placed = new PlayedPlacement(pick(4));
    placed.cycle(clusters);
    placed.bind('member2', 'member4');
    placed.edit(pick(3));
    expect(movesOf(placed.cycle(clusters))).toEqual(['unschedule member3']);
  });

  test('a binding without a score goes before one with the worst', () => {
    const placed = new PlayedPlacement(pick(4));
    placed.cycle(clusters);
    placed.bindings = placed.bindings.map((binding) => {
      if (binding.spec.targetCluster !== 'member1') return binding;
      const { clusterScore: _score, ...clusterDecision } = binding.spec.clusterDecision;
      return { ...binding, spec: { ...binding.spec, clusterDecision } };
    });
    placed.edit(pick(3));
    expect(movesOf(placed.cycle(clusters))).toEqual(['unschedule member1']);
  });

  test('what has gone is picked again by its score, in the state it had', () => {
    const placed = new PlayedPlacement(pick(4));
    placed.cycle(clusters);
    placed.bind('member1', 'member2', 'member3', 'member4');
    placed.edit(pick(2));
    placed.cycle(clusters);
    placed.edit(pick(3));
    const result = placed.cycle(clusters);
    expect(movesOf(result)).toEqual(['restore member4']);
    expect(result.operations[0]?.binding.spec.state).toBe('Bound');
  });
});

describe('another policy', () => {
  test('among equals those that are there stay', () => {
    const placed = new PlayedPlacement(pick(1, { affinity: undefined }));
    placed.cycle(three.slice(0, 1));
    placed.edit(pick(1));
    expect(movesOf(placed.cycle(three))).toEqual(['repoint member1']);
    expect(placed.snapshots).toBe(2);
  });

  test('K37: a preference may move it', () => {
    const clusters = [atLevel('member1', 1), atLevel('member2', 2)];
    const placed = new PlayedPlacement({ placementType: 'PickN', numberOfClusters: 1 });
    placed.cycle(clusters.slice(0, 1));
    placed.edit(pick(1));
    expect(movesOf(placed.cycle(clusters))).toEqual(['create member2', 'unschedule member1']);
  });
});

describe('what a status says does not change without a reason', () => {
  const cpu = (value: string) => ({ properties: { 'kubernetes-fleet.io/node-count': value } });
  const policy: PlacementPolicy = {
    placementType: 'PickN',
    numberOfClusters: 1,
    affinity: {
      clusterAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          {
            weight: 100,
            preference: { propertySorter: { name: 'kubernetes-fleet.io/node-count', sortOrder: 'Descending' } },
          },
        ],
      },
    },
  };

  test('scores are those of the moment of picking', () => {
    const placed = new PlayedPlacement(policy);
    const first = placed.cycle([cluster('a', cpu('10')), cluster('b', cpu('5')), cluster('c', cpu('0'))]);
    const again = placed.cycle([cluster('a', cpu('1')), cluster('b', cpu('5')), cluster('c', cpu('9'))]);
    expect(again).toEqual({ ...first, operations: [] });
  });

  test('another reason is news', () => {
    const placed = new PlayedPlacement(policy);
    placed.cycle([cluster('a', cpu('10')), cluster('b', cpu('5'))]);
    const again = placed.cycle([cluster('a', cpu('10')), cluster('b', { ...cpu('5'), taints: ['x'] })]);
    expect(reasonsOf(again).b).toContain('cannot be tolerated');
  });
});
