import { describe, expect, test } from '@jest/globals';
import { propagationRules } from '../../../../domain/selection/propagation.ts';

function kind(apiVersionAndKind: string) {
  const parts = apiVersionAndKind.split('/');
  const [group = '', version = '', name = ''] = parts.length === 3 ? parts : ['', ...parts];
  return { group, version, kind: name };
}

describe('the list of what is never placed', () => {
  const rules = propagationRules();

  test.each([
    'v1/Pod',
    'v1/Node',
    'v1/Event',
    'events.k8s.io/v1/Event',
    'coordination.k8s.io/v1/Lease',
    'metrics.k8s.io/v1beta1/PodMetrics',
    'networking.fleet.azure.com/v1beta1/ServiceImport',
    'networking.fleet.azure.com/v1beta1/TrafficManagerProfile',
    'networking.fleet.azure.com/v1beta1/TrafficManagerBackend',
    'cluster.kubernetes-fleet.io/v1beta1/MemberCluster',
    'placement.kubernetes-fleet.io/v1beta1/ClusterResourcePlacement',
  ])('has %s', (name) => {
    expect(rules.placesKind(kind(name))).toBe(false);
  });

  test.each([
    'v1/Namespace',
    'v1/PersistentVolumeClaim',
    'batch/v1/Job',
    'networking.fleet.azure.com/v1beta1/ServiceExport',
    'placement.kubernetes-fleet.io/v1beta1/ClusterResourceEnvelope',
    'placement.kubernetes-fleet.io/v1beta1/ResourceEnvelope',
  ])('does not have %s', (name) => {
    expect(rules.placesKind(kind(name))).toBe(true);
  });

  test('tells of whole group versions, for API servers that do not say what they serve', () => {
    expect(rules.placesFrom({ group: 'metrics.k8s.io', version: 'v1beta1' })).toBe(false);
    expect(rules.placesFrom({ group: 'example.com', version: 'v1' })).toBe(true);
  });
});

describe('reserved namespaces', () => {
  const rules = propagationRules({ skippedPropagatingNamespaces: ['tools'] });

  test.each(['default', 'kube-system', 'fleet-system', 'fleet-member-member1', 'tools'])('are %s', (name) => {
    expect(rules.isReservedNamespace(name)).toBe(true);
  });

  test.each(['defaults', 'kube', 'tools-2', 'fleet'])('are not %s', (name) => {
    expect(rules.isReservedNamespace(name)).toBe(false);
  });
});

describe('what an administrator skips', () => {
  const rules = propagationRules({
    skippedPropagatingApis: [
      { group: 'batch' },
      { group: 'apps', version: 'v1beta1' },
      { group: '', version: 'v1', kinds: ['Secret'] },
    ],
  });

  test('is not placed, besides what is never placed', () => {
    expect(['batch/v1/Job', 'apps/v1beta1/Deployment', 'v1/Secret', 'v1/Pod'].map(kind).map(rules.placesKind)).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(['apps/v1/Deployment', 'v1/ConfigMap', 'example.com/v1/Job'].map(kind).map(rules.placesKind)).toEqual([
      true,
      true,
      true,
    ]);
  });

  test('and need not be known', () => {
    expect(rules.placesFrom({ group: 'batch', version: 'v1' })).toBe(false);
    expect(rules.placesFrom({ group: 'apps', version: 'v1beta1' })).toBe(false);
    expect(rules.placesFrom({ group: '', version: 'v1' })).toBe(true);
  });
});

describe('what an administrator allows', () => {
  const rules = propagationRules({
    allowedPropagatingApis: [
      { group: '', version: 'v1', kinds: ['Namespace', 'Pod'] },
      { group: 'apps' },
      { group: 'placement.kubernetes-fleet.io' },
    ],
  });

  test('is all that is placed, in place of the list of what is never placed', () => {
    expect(['v1/Namespace', 'v1/Pod', 'apps/v1/Deployment'].map(kind).map(rules.placesKind)).toEqual([
      true,
      true,
      true,
    ]);
    expect(['v1/Secret', 'batch/v1/Job'].map(kind).map(rules.placesKind)).toEqual([false, false]);
    expect(rules.placesFrom({ group: '', version: 'v1' })).toBe(true);
    expect(rules.placesFrom({ group: 'batch', version: 'v1' })).toBe(false);
  });

  test("cannot be the fleet's own kinds, except envelopes", () => {
    const own = ['ClusterResourcePlacement', 'ResourceEnvelope'];
    const allowed = own.map((name) => rules.placesKind(kind(`placement.kubernetes-fleet.io/v1beta1/${name}`)));
    expect(allowed).toEqual([false, true]);
  });
});
