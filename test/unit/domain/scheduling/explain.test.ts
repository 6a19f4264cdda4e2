import { describe, expect, test } from '@jest/globals';
import type { PlacementPolicy } from '../../../../api/types/clusterresourceplacement.ts';
import type { MemberCluster } from '../../../../api/types/membercluster.ts';
import { explainPlacement } from '../../../../domain/scheduling/explain.ts';
import { explanationSentences } from '../../../../domain/scheduling/explanationSentences.ts';
import { cluster, PlayedPlacement } from './fleet.ts';

const nodes = 'kubernetes-fleet.io/node-count';
const production: PlacementPolicy['affinity'] = {
  clusterAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      clusterSelectorTerms: [
        { labelSelector: { matchLabels: { environment: 'production' } } },
        {
          labelSelector: { matchExpressions: [{ key: 'tier', operator: 'In', values: ['gold', 'silver'] }] },
          propertySelector: { matchExpressions: [{ name: nodes, operator: 'Ge', values: ['4'] }] },
        },
      ],
    },
  },
};

function sentences(placed: PlayedPlacement, clusters: readonly MemberCluster[]): string[] {
  return explanationSentences(explainPlacement(placed.input(clusters)));
}

describe('PickAll', () => {
  const clusters = [
    cluster('fits', { labels: { environment: 'production' } }),
    cluster('small', { labels: { tier: 'gold' }, properties: { [nodes]: '3' } }),
    cluster('staging', {
      labels: { environment: 'staging' },
      taints: ['busy', { key: 'old', value: 'very', effect: 'NoSchedule' }],
    }),
    cluster('tainted', { labels: { environment: 'production' }, taints: ['busy'] }),
    cluster('unreachable', { labels: { environment: 'production' }, isOffline: true }),
  ];

  test('says which rules are against a cluster, and what would satisfy them', () => {
    const placed = new PlayedPlacement({ placementType: 'PickAll', affinity: production });
    placed.cycle(clusters);
    expect(sentences(placed, clusters)).toEqual([
      'Placement example-placement (PickAll) takes every cluster that fits: 1 of 5.',
      'fits is in: it fitted the policy when it was picked.',
      'small is out: it matches none of the required terms of the affinity. It would be in if its label environment were production (it has none), or if its property kubernetes-fleet.io/node-count were at least 4 (it is 3).',
      'staging is out: it matches none of the required terms of the affinity and it has taint busy:NoSchedule and taint old=very:NoSchedule, which the policy does not tolerate. It would be in if its label environment were production (it is staging), or if its label tier were gold or silver (it has none) and its property kubernetes-fleet.io/node-count were at least 4 (the cluster does not report it); and if taint busy:NoSchedule and taint old=very:NoSchedule were removed from it, or if the policy tolerated them.',
      'tainted is out: it has taint busy:NoSchedule, which the policy does not tolerate. It would be in if taint busy:NoSchedule were removed from it, or if the policy tolerated it.',
      'unreachable is out: it is not connected to the fleet: member agent not online yet. It would be in if the hub could reach it and its API server were ready.',
    ]);
  });

  test('all of it is there as data', () => {
    const placed = new PlayedPlacement({ placementType: 'PickAll', affinity: production });
    expect(explainPlacement(placed.input(clusters.slice(0, 2)))).toEqual({
      placement: 'example-placement',
      placementType: 'PickAll',
      selected: ['fits'],
      clusters: [
        {
          cluster: 'fits',
          outcome: 'chosen',
          refusals: [],
          beatenBy: 0,
          isLeaving: false,
        },
        {
          cluster: 'small',
          outcome: 'refused',
          refusals: [
            {
              plugin: 'ClusterAffinity',
              reason: 'cluster does not match with any of the required cluster affinity terms',
              because: 'it matches none of the required terms of the affinity',
              remedies: [
                'its label environment were production (it has none)',
                'its property kubernetes-fleet.io/node-count were at least 4 (it is 3)',
              ],
            },
          ],
          beatenBy: 0,
          isLeaving: false,
        },
      ],
    });
  });

  test('after a change of the policy: who has to go is named as long as its copies are there', () => {
    const placed = new PlayedPlacement({ placementType: 'PickAll' });
    placed.cycle([cluster('member1'), cluster('member2')]);
    const later = [cluster('member1', { taints: ['busy'] }), cluster('member2')];
    placed.edit({ placementType: 'PickAll', affinity: production });
    expect(sentences(placed, later)).toEqual([
      'Placement example-placement (PickAll) takes every cluster that fits: 0 of 2.',
      'member1 is out: it matches none of the required terms of the affinity and it has taint busy:NoSchedule, which the policy does not tolerate. It would be in if its label environment were production (it has none), or if its label tier were gold or silver (it has none) and its property kubernetes-fleet.io/node-count were at least 4 (the cluster does not report it); and if taint busy:NoSchedule were removed from it, or if the policy tolerated it. It had the placement; its copies are still to be removed.',
      'member2 is out: it matches none of the required terms of the affinity. It would be in if its label environment were production (it has none), or if its label tier were gold or silver (it has none) and its property kubernetes-fleet.io/node-count were at least 4 (the cluster does not report it). It had the placement; its copies are still to be removed.',
    ]);
  });

  test('a cluster that no longer fits stays', () => {
    const placed = new PlayedPlacement({ placementType: 'PickAll' });
    placed.cycle([cluster('member1'), cluster('member2')]);
    expect(sentences(placed, [cluster('member1', { taints: ['busy'] }), cluster('member2')])).toEqual([
      'Placement example-placement (PickAll) takes every cluster that fits: 2 of 2.',
      'member1 is in: it fitted the policy when it was picked. It would not be picked again, because it has taint busy:NoSchedule, which the policy does not tolerate; but it stays as long as the policy does not change.',
      'member2 is in: it fitted the policy when it was picked.',
    ]);
  });
});

describe('PickN', () => {
  const policy = (numberOfClusters: number): PlacementPolicy => ({
    placementType: 'PickN',
    numberOfClusters,
    affinity: {
      clusterAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 20, preference: { labelSelector: { matchLabels: { tier: 'gold' } } } },
        ],
      },
    },
  });
  const gold = (name: string) => cluster(name, { labels: { tier: 'gold' } });

  test('names those that rank before a cluster', () => {
    const clusters = [gold('member1'), gold('member2'), cluster('member3'), cluster('tainted', { taints: ['busy'] })];
    const placed = new PlayedPlacement(policy(2));
    expect(sentences(placed, clusters)).toEqual([
      'Placement example-placement (PickN) has the 2 clusters that it wants.',
      'member1 is about to be in: it is among the best (affinity score: 20, topology spread score: 0).',
      'member2 is about to be in: it is among the best (affinity score: 20, topology spread score: 0).',
      'member3 is out: the policy wants 2 clusters, and member2 and member1 rank before it (affinity score: 0, topology spread score: 0). It could be picked if numberOfClusters were above 2, or if one of the others left the fleet; a better score counts when the next cluster is picked.',
      'tainted is out: it has taint busy:NoSchedule, which the policy does not tolerate. It could be picked if taint busy:NoSchedule were removed from it, or if the policy tolerated it; and if the policy wanted more than the 2 clusters that it has.',
    ]);
    placed.cycle(clusters);
    expect(sentences(placed, clusters)).toEqual([
      'Placement example-placement (PickN) has the 2 clusters that it wants.',
      'member1 is in: it was among the best (affinity score: 20, topology spread score: 0).',
      'member2 is in: it was among the best (affinity score: 20, topology spread score: 0).',
      'member3 is out: the policy wants 2 clusters, and member2 and member1 rank before it (affinity score: 0, topology spread score: 0). It could be picked if numberOfClusters were above 2, or if one of the others left the fleet; a better score counts when the next cluster is picked.',
      'tainted is out: it has taint busy:NoSchedule, which the policy does not tolerate. It could be picked if taint busy:NoSchedule were removed from it, or if the policy tolerated it; and if the policy wanted more than the 2 clusters that it has.',
    ]);
  });

  test('a better cluster that came later does not move anything', () => {
    const placed = new PlayedPlacement(policy(1));
    placed.cycle([cluster('member1')]);
    expect(sentences(placed, [cluster('member1'), gold('member2')])).toEqual([
      'Placement example-placement (PickN) has the cluster that it wants.',
      'member1 is in: it was among the best (affinity score: 0, topology spread score: 0).',
      'member2 is out: the policy wants 1 cluster, and has it: member1. Clusters stay once they are picked, although this one would rank before some of them now (affinity score: 20, topology spread score: 0). It could be picked if numberOfClusters were above 1, or if member1 left the fleet.',
    ]);
  });

  test('too few clusters for a strict topology', () => {
    const placed = new PlayedPlacement({
      placementType: 'PickN',
      numberOfClusters: 3,
      topologySpreadConstraints: [{ topologyKey: 'region' }],
    });
    const clusters = [
      ...['east1', 'east2'].map((name) => cluster(name, { labels: { region: 'east' } })),
      cluster('west', { labels: { region: 'west' }, taints: ['busy'] }),
    ];
    placed.cycle(clusters);
    expect(sentences(placed, clusters)).toEqual([
      'Placement example-placement (PickN) wants 3 clusters and has found 1.',
      'east1 is out: with it region east would be more than 1 ahead of the emptiest region. It could be picked if more clusters were picked from another region, or if the policy had a larger maxSkew for region, or ScheduleAnyway.',
      'east2 is in: it was among the best (affinity score: 0, topology spread score: -1).',
      'west is out: it has taint busy:NoSchedule, which the policy does not tolerate. It could be picked if taint busy:NoSchedule were removed from it, or if the policy tolerated it.',
    ]);
  });

  test('of many names the first ones are enough', () => {
    const clusters = Array.from({ length: 9 }, (_, i) => cluster(`member${String(i)}`));
    const placed = new PlayedPlacement(policy(8));
    placed.cycle(clusters);
    expect(sentences(placed, clusters).slice(0, 2)).toEqual([
      'Placement example-placement (PickN) has the 8 clusters that it wants.',
      'member0 is out: the policy wants 8 clusters, and member8, member7, member6, member5, member4 and 3 more rank before it (affinity score: 0, topology spread score: 0). It could be picked if numberOfClusters were above 8, or if one of the others left the fleet; a better score counts when the next cluster is picked.',
    ]);
    placed.edit(policy(0));
    expect(sentences(placed, clusters).slice(0, 2)).toEqual([
      'Placement example-placement (PickN) wants no cluster.',
      'member0 is out: the policy wants no cluster. It could be picked if numberOfClusters were above 0.',
    ]);
  });
});

describe('PickFixed', () => {
  test('clusters that are named, missing or not eligible', () => {
    const placed = new PlayedPlacement({ placementType: 'PickFixed', clusterNames: ['member1', 'offline', 'nowhere'] });
    const clusters = [cluster('member1'), cluster('member2'), cluster('offline', { isOffline: true })];
    placed.cycle(clusters);
    expect(sentences(placed, clusters)).toEqual([
      'Placement example-placement (PickFixed) wants 3 clusters and has found 1.',
      'member1 is in: clusterNames of the policy names it.',
      'member2 is out: clusterNames of the policy does not name it. It would be in if clusterNames did.',
      'nowhere is out: the policy names it, but the fleet has no member of that name. It would be in if a cluster joined under that name, or if the name in clusterNames were put right.',
      'offline is out: it is not connected to the fleet: member agent not online yet. It would be in if the hub could reach it and its API server were ready.',
    ]);
  });
});

test('a policy with a fault', () => {
  const placed = new PlayedPlacement({
    placementType: 'PickAll',
    affinity: {
      clusterAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          clusterSelectorTerms: [
            {
              propertySelector: {
                matchExpressions: [{ name: 'resources.kubernetes-fleet.io/cpu', operator: 'Ge', values: ['4'] }],
              },
            },
          ],
        },
      },
    },
  });
  expect(sentences(placed, [cluster('member1')])).toEqual([
    'Placement example-placement decides nothing until its policy is put right: invalid property name resources.kubernetes-fleet.io/cpu: invalid resource property name resources.kubernetes-fleet.io/cpu, expected format is [PREFIX]/[CAPACITY_TYPE]-[RESOURCE_NAME].',
    'member1 is undecided: the policy has a fault.',
  ]);
});
