import { describe, expect, test } from '@jest/globals';
import { bindingConditions } from '../../../../api/conditions.ts';
import type { ClusterResourceBinding } from '../../../../api/types/clusterresourcebinding.ts';
import type { ClusterResourcePlacement, PlacementPolicy } from '../../../../api/types/clusterresourceplacement.ts';
import type { PlacementDisruptionBudgetSpec } from '../../../../api/types/clusterresourceplacementdisruptionbudget.ts';
import type { ClusterResourcePlacementEviction } from '../../../../api/types/clusterresourceplacementeviction.ts';
import { decideEviction, isDecided, type EvictionInput } from '../../../../domain/evictions/decideEviction.ts';
import { condition, now, placement } from '../objects.ts';

const pickTwo: PlacementPolicy = { placementType: 'PickN', numberOfClusters: 2 };

function eviction(status?: ClusterResourcePlacementEviction['status']): ClusterResourcePlacementEviction {
  return {
    apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
    kind: 'ClusterResourcePlacementEviction',
    metadata: { name: 'evict', generation: 1 },
    spec: { placementName: 'example-placement', clusterName: 'member1' },
    ...(status && { status }),
  };
}

type Report = 'available' | 'failed' | 'none';

function binding(cluster: string, report: Report, more: Partial<ClusterResourceBinding> = {}): ClusterResourceBinding {
  const contents = {
    available: [bindingConditions.available()],
    failed: [bindingConditions.notApplied('w')],
    none: [],
  };
  const conditions = contents[report].map(({ type, status, ...rest }) => condition(type, status, rest));
  return {
    apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
    kind: 'ClusterResourceBinding',
    metadata: { name: `example-placement-${cluster}`, generation: 1 },
    spec: {
      state: 'Bound',
      targetCluster: cluster,
      schedulingPolicySnapshotName: 'example-placement-0',
      resourceSnapshotName: 'example-placement-0-snapshot',
      clusterDecision: { clusterName: cluster, selected: true, reason: '' },
    },
    status: { conditions },
    ...more,
  };
}

function placed(policy: PlacementPolicy | undefined): ClusterResourcePlacement {
  const of = placement();
  return { ...of, spec: { ...of.spec, policy } };
}

function decided(more: Partial<EvictionInput>, limits?: PlacementDisruptionBudgetSpec): string[] {
  const budget = limits && {
    apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
    kind: 'ClusterResourcePlacementDisruptionBudget',
    metadata: { name: 'example-placement' },
    spec: limits,
  };
  const bindings = [binding('member1', 'available'), binding('member2', 'available')];
  const decision = decideEviction({ eviction: eviction(), placement: placed(pickTwo), bindings, budget, ...more });
  const { message = '', type, status } = decision.conditions.at(-1) ?? {};
  return [`${type ?? ''} ${status ?? ''}`, message, decision.remove?.metadata.name ?? 'nothing removed'];
}

describe('an eviction that makes no sense', () => {
  const gone = { ...placement().metadata, deletionTimestamp: now };
  test.each<[string, Partial<EvictionInput>]>([
    ['Failed to find ClusterResourcePlacement targeted by eviction', { placement: undefined }],
    ['Found deleting ClusterResourcePlacement targeted by eviction', { placement: placement({ metadata: gone }) }],
    [
      'Found ClusterResourcePlacement with PickFixed placement type targeted by eviction',
      { placement: placed({ placementType: 'PickFixed', clusterNames: ['member1'] }) },
    ],
    [
      'Failed to find scheduler decision for placement in cluster targeted by eviction',
      { bindings: [binding('member2', 'available')] },
    ],
    [
      'Found more than one scheduler decision for placement in cluster targeted by eviction',
      { bindings: [binding('member1', 'available'), binding('member1', 'none')] },
    ],
  ])('%s', (message, more) => {
    expect(decided(more)).toEqual(['Valid False', message, 'nothing removed']);
  });
});

describe('an eviction that is carried out', () => {
  test('without a budget', () => {
    expect(decided({})).toEqual([
      'Executed True',
      'Eviction is allowed, no ClusterResourcePlacementDisruptionBudget specified',
      'example-placement-member1',
    ]);
  });

  test('when the copies have failed, whatever the budget says', () => {
    const bindings = [binding('member1', 'failed'), binding('member2', 'none')];
    expect(decided({ bindings }, { minAvailable: 2 }).slice(1)).toEqual([
      'Eviction is allowed, placement has failed',
      'example-placement-member1',
    ]);
  });

  test('when the removal is under way already, without another deletion', () => {
    const leaving = binding('member1', 'available');
    const bindings = [{ ...leaving, metadata: { ...leaving.metadata, deletionTimestamp: now } }];
    expect(decided({ bindings })).toEqual([
      'Executed True',
      'Eviction is allowed, resources propagated by placement is currently being removed from cluster targeted by eviction',
      'nothing removed',
    ]);
  });
});

describe('an eviction that is not carried out', () => {
  test('before anything has reached the cluster', () => {
    const waiting = binding('member1', 'none');
    const bindings = [{ ...waiting, spec: { ...waiting.spec, state: 'Scheduled' as const } }];
    expect(decided({ bindings })).toEqual([
      'Executed False',
      'Eviction is blocked, placement has not propagated resources to target cluster yet',
      'nothing removed',
    ]);
  });

  test.each<[PlacementDisruptionBudgetSpec]>([[{ maxUnavailable: 1 }], [{ minAvailable: '50%' }]])(
    'PickAll with %j, which counts by a number that it does not have',
    (limits) => {
      const [executed, message] = decided({ placement: placed(undefined) }, limits);
      expect([executed, message]).toEqual([
        'Executed False',
        'Eviction is blocked by misconfigured ClusterResourcePlacementDisruptionBudget, either MaxUnavailable is ' +
          'specified or MinAvailable is specified as a percentage for PickAll ClusterResourcePlacement',
      ]);
    },
  );
});

describe('a budget counts available clusters', () => {
  const both = [binding('member1', 'available'), binding('member2', 'available')];
  const one = [binding('member1', 'available'), binding('member2', 'none')];
  test.each<[string, PlacementDisruptionBudgetSpec, ClusterResourceBinding[], number]>([
    ['True', { maxUnavailable: 1 }, both, 2],
    ['False', { maxUnavailable: 1 }, one, 1],
    ['True', { maxUnavailable: '51%' }, one, 1],
    ['False', { maxUnavailable: '50%' }, one, 1],
    ['True', { minAvailable: 1 }, both, 2],
    ['False', { minAvailable: 1 }, one, 1],
    ['False', { minAvailable: '51%' }, both, 2],
    ['True', { minAvailable: '50%' }, both, 2],
  ])('Executed %s with %j', (status, limits, bindings, available) => {
    const [executed, message] = decided({ bindings }, limits);
    const verb = status === 'True' ? 'allowed' : 'blocked';
    expect(executed).toBe(`Executed ${status}`);
    expect(message).toBe(
      `Eviction is ${verb} by specified ClusterResourcePlacementDisruptionBudget, ` +
        `availablePlacements: ${String(available)}, totalPlacements: 2`,
    );
  });

  test('PickAll with a number', () => {
    expect(decided({ placement: placed(undefined) }, { minAvailable: 1 })[0]).toBe('Executed True');
  });
});

test('an eviction is decided once', () => {
  expect(isDecided(eviction())).toBe(false);
  expect(isDecided(eviction({ conditions: [condition('Valid', 'True')] }))).toBe(false);
  expect(isDecided(eviction({ conditions: [condition('Valid', 'False')] }))).toBe(true);
  expect(isDecided(eviction({ conditions: [condition('Executed', 'False')] }))).toBe(true);
});
