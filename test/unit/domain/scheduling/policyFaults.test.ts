import { describe, expect, test } from '@jest/globals';
import type {
  ClusterSelectorTerm,
  PlacementPolicy,
  PropertySelectorRequirement,
} from '../../../../api/types/clusterresourceplacement.ts';
import { policyFault } from '../../../../domain/scheduling/policyFaults.ts';
import { cluster, movesOf, outcomeOf, PlayedPlacement } from './fleet.ts';

function requiring(...clusterSelectorTerms: ClusterSelectorTerm[]): PlacementPolicy {
  return {
    affinity: { clusterAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { clusterSelectorTerms } } },
  };
}

/** A term with requirements such as `a Gt 3`. */
function measured(...requirements: string[]): ClusterSelectorTerm {
  const matchExpressions = requirements.map((text): PropertySelectorRequirement => {
    const [name = '', operator = '', ...values] = text.split(' ');
    return { name, operator: operator as PropertySelectorRequirement['operator'], values };
  });
  return { propertySelector: { matchExpressions } };
}

describe('policyFault', () => {
  test.each<[fault: string | undefined, policy: PlacementPolicy]>([
    [undefined, {}],
    [undefined, requiring({}, measured('a Ge 3', 'a Le 3', 'b Gt 16Gi', 'b Ne 3Gi'))],
    [undefined, requiring(measured('resources.kubernetes-fleet.io/total-ephemeral-storage Gt 1'))],
    [
      "the labelSelector in cluster selector is invalid: values: Invalid value: null: for 'in', 'notin' operators, values set can't be empty",
      requiring({ labelSelector: { matchExpressions: [{ key: 'a', operator: 'In' }] } }),
    ],
    [
      'invalid property name resources.kubernetes-fleet.io/cpu: invalid resource property name resources.kubernetes-fleet.io/cpu, expected format is [PREFIX]/[CAPACITY_TYPE]-[RESOURCE_NAME]',
      requiring(measured('resources.kubernetes-fleet.io/cpu Gt 1')),
    ],
    [
      'invalid property name resources.kubernetes-fleet.io/free-cpu: invalid capacity type in resource property name resources.kubernetes-fleet.io/free-cpu, supported values are [total allocatable available]',
      requiring(measured('resources.kubernetes-fleet.io/free-cpu Gt 1')),
    ],
    ['invalid requirement on property a: operator Gt requires exactly one value, got 0', requiring(measured('a Gt'))],
    ['inconsistent requirements on property a: conflicting Eq values 3 and 4', requiring(measured('a Eq 3', 'a Eq 4'))],
    [
      'inconsistent requirements on property a: conflicting Eq and Ne on same value 3',
      requiring(measured('a Ne 3000m', 'a Eq 3')),
    ],
    [
      'inconsistent requirements on property a: lower bound (4) and upper bound (3) exclude all values',
      requiring(measured('a Ge 2', 'a Ge 4', 'a Le 3', 'a Lt 9')),
    ],
    [
      'inconsistent requirements on property a: lower bound (3) and upper bound (3) exclude all values',
      requiring(measured('a Ge 3', 'a Gt 3', 'a Le 3')),
    ],
    [
      'inconsistent requirements on property a: eq value 3 violates lower bound 3',
      requiring(measured('a Eq 3', 'a Gt 3')),
    ],
    [
      'inconsistent requirements on property a: eq value 3 violates upper bound 2',
      requiring(measured('a Eq 3', 'a Le 2')),
    ],
  ])('%s', (fault, policy) => {
    expect(policyFault(policy)).toBe(fault);
  });

  test('a value that is no quantity is quoted', () => {
    expect(policyFault(requiring(measured('k8s.io/k8s-version Ge v1.30')))).toMatch(
      /^invalid requirement on property k8s.io\/k8s-version: value "v1.30" is not a valid resource.Quantity: /,
    );
  });

  test('sorters of preferred terms are looked at as well', () => {
    const sorter = { name: 'resources.kubernetes-fleet.io/cpu', sortOrder: 'Ascending' as const };
    const preferred = [{ weight: 1, preference: { propertySorter: sorter } }];
    const affinity = { clusterAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred } };
    expect(policyFault({ affinity })).toContain('invalid property name');
  });
});

test('a policy with a fault picks nobody, drops nobody, and says what to change', () => {
  const clusters = [cluster('member1'), cluster('member2')];
  const placed = new PlayedPlacement({ placementType: 'PickAll' });
  placed.cycle(clusters);
  placed.edit({ placementType: 'PickAll', ...requiring(measured('a Gt x')) });
  const result = placed.cycle([...clusters, cluster('member3')]);
  expect(movesOf(result)).toEqual([]);
  const listed = result.status.targetClusters?.map(({ clusterName, selected }) => [clusterName, selected]);
  expect(listed).toEqual([
    ['member1', true],
    ['member2', true],
  ]);
  expect(outcomeOf(result)[0]).toMatch(
    /^False InvalidSchedulingPolicy: the placement policy field is invalid: invalid requirement on property a: /,
  );
  placed.edit({ placementType: 'PickAll' });
  expect(movesOf(placed.cycle(clusters))).toEqual(['repoint member1', 'repoint member2']);
});
