import { describe, expect, test } from '@jest/globals';
import type { PlacementPolicy } from '../../../../api/types/clusterresourceplacement.ts';
import type { MemberCluster } from '../../../../api/types/membercluster.ts';
import { concernsPlacement, memberChange } from '../../../../domain/scheduling/concerns.ts';
import { nowMs, placement } from '../objects.ts';
import { cluster, type Facts } from './fleet.ts';

const nodes = 'kubernetes-fleet.io/node-count';
const before = cluster('member1', { labels: { a: 'b' }, properties: { [nodes]: '3' }, available: { cpu: '4' } });
const changed = (facts: Facts) =>
  cluster('member1', { labels: { a: 'b' }, properties: { [nodes]: '3' }, available: { cpu: '4' }, ...facts });

const all: PlacementPolicy = { placementType: 'PickAll' };
const fixed: PlacementPolicy = { placementType: 'PickFixed', clusterNames: ['member1'] };
const elsewhere: PlacementPolicy = { placementType: 'PickFixed', clusterNames: ['member2'] };
const large: PlacementPolicy = {
  placementType: 'PickN',
  numberOfClusters: 2,
  affinity: {
    clusterAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        clusterSelectorTerms: [
          { propertySelector: { matchExpressions: [{ name: nodes, operator: 'Ge', values: ['5'] }] } },
        ],
      },
    },
  },
};

/** Which of the four policies must be looked at again. */
function concerned(current: MemberCluster): string[] {
  const change = memberChange(before, current, nowMs);
  if (change === undefined) return [];
  return Object.entries({ all, fixed, elsewhere, large })
    .filter(([, policy]) => concernsPlacement(change, placement({ spec: { resourceSelectors: [], policy } })))
    .map(([name]) => name);
}

describe('changes of a member', () => {
  test('a heartbeat is none', () => {
    const [agent] = before.status?.agentStatus ?? [];
    const beaten: MemberCluster = {
      ...before,
      status: {
        ...before.status,
        properties: { [nodes]: { value: '3', observationTime: '2025-07-22T21:35:00Z' } },
        resourceUsage: { ...before.status?.resourceUsage, observationTime: '2025-07-22T21:35:00Z' },
        agentStatus: [{ ...agent!, lastReceivedHeartbeat: '2025-07-22T21:35:00Z' }],
      },
    };
    expect(memberChange(before, beaten, nowMs)).toBeUndefined();
  });

  test('a heartbeat after a time in which nobody could have heard one is none either', () => {
    const [agent] = before.status?.agentStatus ?? [];
    const at = (lastReceivedHeartbeat: string): MemberCluster => ({
      ...before,
      status: { ...before.status, agentStatus: [{ ...agent!, lastReceivedHeartbeat }] },
    });
    const [silent, beating] = [at('2025-07-22T21:00:00Z'), at('2025-07-22T21:30:00Z')];
    expect(memberChange(silent, beating, nowMs, nowMs)).toBeUndefined();
    expect(memberChange(silent, beating, nowMs)).toMatchObject({ inEligibility: true });
  });

  test.each<[description: string, current: MemberCluster, policies: string[]]>([
    ['labels', changed({ labels: { a: 'c' } }), ['all', 'large']],
    ['taints', changed({ taints: ['x'] }), ['all', 'large']],
    ['eligibility', changed({ isOffline: true }), ['all', 'fixed', 'large']],
    ['a property on the same side of the limit', changed({ properties: { [nodes]: '4' } }), []],
    ['a property that crosses the limit', changed({ properties: { [nodes]: '5' } }), ['large']],
    ['what nobody asks for', changed({ available: { cpu: '1' } }), []],
    [
      'leaving',
      { ...before, metadata: { ...before.metadata, deletionTimestamp: '2025-07-22T21:30:00Z' } },
      ['all', 'fixed', 'elsewhere', 'large'],
    ],
  ])('%s', (_, current, policies) => {
    expect(concerned(current)).toEqual(policies);
  });
});
