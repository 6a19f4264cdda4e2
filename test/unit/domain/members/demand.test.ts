import { expect, test } from '@jest/globals';
import type { PlacementPolicy } from '../../../../api/types/clusterresourceplacement.ts';
import { asksForAvailable } from '../../../../domain/members/demand.ts';
import { placement } from '../objects.ts';

const available = 'resources.kubernetes-fleet.io/available-cpu';

function asks(policy: PlacementPolicy | undefined): boolean {
  const { spec } = placement();
  return asksForAvailable(placement({ spec: { ...spec, policy } }));
}

function required(name: string): PlacementPolicy {
  const propertySelector = { matchExpressions: [{ name, operator: 'Ge' as const, values: ['1'] }] };
  const terms = { clusterSelectorTerms: [{ propertySelector }] };
  return { affinity: { clusterAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } } };
}

test('a policy without affinity asks for nothing', () => {
  expect(asks(undefined)).toBe(false);
  expect(asks({ placementType: 'PickN', numberOfClusters: 1 })).toBe(false);
});

test('only what is left of a resource needs the pods', () => {
  expect(asks(required('kubernetes-fleet.io/node-count'))).toBe(false);
  expect(asks(required('resources.kubernetes-fleet.io/total-cpu'))).toBe(false);
  expect(asks(required(available))).toBe(true);
});

test('to rank by it is to ask for it', () => {
  const preference = { propertySorter: { name: available, sortOrder: 'Descending' as const } };
  const preferred = [{ weight: 1, preference }];
  expect(asks({ affinity: { clusterAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred } } })).toBe(
    true,
  );
});
