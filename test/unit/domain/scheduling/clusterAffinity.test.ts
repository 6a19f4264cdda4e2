import { describe, expect, test } from '@jest/globals';
import type {
  ClusterSelectorTerm,
  PlacementPolicy,
  PreferredClusterSelector,
  PropertySelectorRequirement,
} from '../../../../api/types/clusterresourceplacement.ts';
import type { MemberCluster } from '../../../../api/types/membercluster.ts';
import { clusterAffinity } from '../../../../domain/scheduling/clusterAffinity.ts';
import { nowMs } from '../objects.ts';
import { cluster } from './fleet.ts';

const nodeCount = 'kubernetes-fleet.io/node-count';
const availableCpu = 'resources.kubernetes-fleet.io/available-cpu';
const mismatch = 'cluster does not match with any of the required cluster affinity terms';

describe('required terms', () => {
  const production = cluster('a', { labels: { environment: 'production', region: 'east' } });
  const nodes = (operator: PropertySelectorRequirement['operator'], value: string, name = nodeCount) => ({
    propertySelector: { matchExpressions: [{ name, operator, values: [value] }] },
  });
  const labelled = (matchLabels: Record<string, string>) => ({ labelSelector: { matchLabels } });

  test.each<[description: string, terms: ClusterSelectorTerm[], cluster: MemberCluster, fits: boolean]>([
    ['K8: a label that it has', [labelled({ environment: 'production' })], production, true],
    ['a label that it has not', [labelled({ environment: 'staging' })], production, false],
    ['one of two terms', [labelled({ environment: 'staging' }), labelled({ region: 'east' })], production, true],
    ['half a term', [labelled({ environment: 'production', region: 'west' })], production, false],
    ['a term without requirements', [{}], production, true],
    ['no term', [], production, true],
    ['greater than', [nodes('Gt', '3')], sized('3'), false],
    ['greater or equal', [nodes('Ge', '3')], sized('3'), true],
    ['less than', [nodes('Lt', '3')], sized('3'), false],
    ['less or equal', [nodes('Le', '3')], sized('3'), true],
    ['equal', [nodes('Eq', '3000m')], sized('3'), true],
    ['not equal', [nodes('Ne', '3')], sized('3'), false],
    ['a property that it does not report', [nodes('Ne', '3')], cluster('a'), false],
    ['a property that is no quantity', [nodes('Ne', '3')], sized('v1.35.0'), false],
    ['a resource', [nodes('Ge', '1500m', availableCpu)], cluster('a', { available: { cpu: '1.5' } }), true],
    [
      'a resource with a dash in its name',
      [nodes('Ge', '1Gi', 'resources.kubernetes-fleet.io/total-ephemeral-storage')],
      cluster('a', { available: { 'ephemeral-storage': '2Gi' } }),
      true,
    ],
    [
      'labels and properties together',
      [{ ...labelled({ environment: 'production' }), ...nodes('Ge', '3') }],
      production,
      false,
    ],
    ['names that every object has', [nodes('Ge', '0', 'constructor')], production, false],
  ])('%s', (_, clusterSelectorTerms, candidate, fits) => {
    const rule = prepared({ requiredDuringSchedulingIgnoredDuringExecution: { clusterSelectorTerms } }, [candidate]);
    expect(rule?.filter?.(candidate)).toBe(fits ? undefined : mismatch);
  });

  function sized(nodesReported: string): MemberCluster {
    return cluster('a', { properties: { [nodeCount]: nodesReported } });
  }
});

describe('preferred terms', () => {
  const clusters = [
    cluster('none'),
    cluster('small', { labels: { level: '1' }, properties: { [nodeCount]: '2' } }),
    cluster('middle', { labels: { level: '1' }, properties: { [nodeCount]: '5' } }),
    cluster('large', { properties: { [nodeCount]: '10' }, isOffline: true }),
  ];
  const level = { labelSelector: { matchLabels: { level: '1' } } };
  const by = (sortOrder: 'Ascending' | 'Descending') => ({ propertySorter: { name: nodeCount, sortOrder } });

  test.each<[description: string, preferred: PreferredClusterSelector[], scores: number[]]>([
    ['K11: labels give the whole weight', [{ weight: 20, preference: level }], [0, 20, 20, 0]],
    ['no selector matches all', [{ weight: 7, preference: {} }], [7, 7, 7, 7]],
    ['less than zero', [{ weight: -20, preference: level }], [0, -20, -20, 0]],
    ['a weight of zero says nothing', [{ weight: 0, preference: level }], []],
    ['the largest is best, offline or not', [{ weight: 20, preference: by('Descending') }], [0, 0, 8, 20]],
    ['the smallest is best', [{ weight: 20, preference: by('Ascending') }], [0, 20, 13, 0]],
    ['halves are rounded up', [{ weight: 4, preference: by('Descending') }], [0, 0, 2, 4]],
    ['away from zero', [{ weight: -4, preference: by('Descending') }], [0, 0, -2, -4]],
    [
      'only those with the labels are ranked',
      [{ weight: 20, preference: { ...level, ...by('Descending') } }],
      [0, 0, 8, 0],
    ],
    [
      'points add up, without a limit',
      [
        { weight: 100, preference: level },
        { weight: 100, preference: {} },
        { weight: 20, preference: by('Ascending') },
      ],
      [100, 220, 213, 100],
    ],
  ])('%s', (_, preferred, scores) => {
    const rule = prepared({ preferredDuringSchedulingIgnoredDuringExecution: preferred }, clusters);
    expect(rule === undefined ? [] : clusters.map((one) => rule.score?.(one).affinityScore)).toEqual(scores);
  });

  test('a property that is the same everywhere ranks nobody', () => {
    const same = ['a', 'b'].map((name) => cluster(name, { properties: { [nodeCount]: '3' } }));
    const preferred = [{ weight: 20, preference: by('Descending') }];
    const rule = prepared({ preferredDuringSchedulingIgnoredDuringExecution: preferred }, same);
    expect(same.map((one) => rule?.score?.(one).affinityScore)).toEqual([0, 0]);
  });
});

test('a policy without affinity asks nothing', () => {
  expect(prepared({}, [])).toBeUndefined();
});

function prepared(
  affinity: NonNullable<NonNullable<PlacementPolicy['affinity']>['clusterAffinity']>,
  clusters: readonly MemberCluster[],
) {
  const policy: PlacementPolicy = { placementType: 'PickN', affinity: { clusterAffinity: affinity } };
  return clusterAffinity.prepare({ policy, clusters, placed: new Set(), obsolete: new Set(), now: nowMs });
}
