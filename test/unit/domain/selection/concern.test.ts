import { describe, expect, test } from '@jest/globals';
import type { KubernetesObject } from '../../../../api/meta.ts';
import type { ClusterResourcePlacement, ResourceSelector } from '../../../../api/types/clusterresourceplacement.ts';
import { selectorsConcern } from '../../../../domain/selection/concern.ts';
import { builtInRules, propagationRules } from '../../../../domain/selection/propagation.ts';
import { configMap, namespace, namespaceSelector, object, placement } from '../objects.ts';

const labelsOf = (name: string) => (name === 'a' ? { team: 'blue' } : undefined);
const role: ResourceSelector = { group: 'rbac.authorization.k8s.io', version: 'v1', kind: 'ClusterRole' };
const byTeam = { labelSelector: { matchLabels: { team: 'blue' } } };

describe('selectorsConcern', () => {
  test.each<[description: string, selector: ResourceSelector, changed: KubernetesObject, concerned: boolean]>([
    ['the namespace itself', namespaceSelector('a'), namespace('a'), true],
    ['another namespace', namespaceSelector('a'), namespace('b'), false],
    ['something in it', namespaceSelector('a'), configMap('a', 'x'), true],
    ['something elsewhere', namespaceSelector('a'), configMap('b', 'x'), false],
    ['something in it that is never placed', namespaceSelector('a'), configMap('a', 'kube-root-ca.crt'), false],
    ['a Pod in it', namespaceSelector('a'), object('v1', 'Pod', { name: 'p', namespace: 'a' }), false],
    [
      'something in it, but only the namespace counts',
      { ...namespaceSelector('a'), selectionScope: 'NamespaceOnly' },
      configMap('a', 'x'),
      false,
    ],
    ['something in a namespace by labels', { ...namespaceSelector(''), ...byTeam }, configMap('a', 'x'), true],
    ['something in a namespace without them', { ...namespaceSelector(''), ...byTeam }, configMap('b', 'x'), false],
    ['a cluster-scoped object by name', { ...role, name: 'r' }, clusterRole('r'), true],
    ['another one', { ...role, name: 'r' }, clusterRole('s'), false],
    ['any of its kind', role, clusterRole('s'), true],
    ['another kind of the same name', { ...role, name: 'a' }, namespace('a'), false],
  ])('%s', (_description, selector, changed, concerned) => {
    expect(selectorsConcern(withSelectors(selector), changed, labelsOf, builtInRules)).toBe(concerned);
  });

  test('what was placed concerns the placement although no selector finds it any more', () => {
    const of = withSelectors({ ...role, ...byTeam });
    const placed = {
      ...of,
      status: { selectedResources: [{ group: role.group, version: 'v1', kind: 'ClusterRole', name: 'r' }] },
    };
    expect(selectorsConcern(of, clusterRole('r'), labelsOf, builtInRules)).toBe(false);
    expect(selectorsConcern(placed, clusterRole('r'), labelsOf, builtInRules)).toBe(true);
  });
});

describe('a placement of single objects in one namespace', () => {
  const named: ResourceSelector = { ...namespaceSelector('a'), selectionScope: 'NamespaceWithResourceSelectors' };
  const settings: ResourceSelector = { group: '', version: 'v1', kind: 'ConfigMap', name: 'settings' };
  const endpoints: ResourceSelector = { group: '', version: 'v1', kind: 'Endpoints' };

  test.each<[description: string, changed: KubernetesObject, concerned: boolean]>([
    ['the namespace', namespace('a'), true],
    ['a selected object in it', configMap('a', 'settings'), true],
    ['another object in it', configMap('a', 'other'), false],
    ['an object of the same name elsewhere', configMap('b', 'settings'), false],
    ['a cluster-scoped object', clusterRole('r'), true],
    ['a Service, which decides about Endpoints', object('v1', 'Service', { name: 's', namespace: 'a' }), true],
    ['a Service elsewhere', object('v1', 'Service', { name: 's', namespace: 'b' }), false],
  ])('%s', (_description, changed, concerned) => {
    const of = withSelectors(named, settings, endpoints, role);
    expect(selectorsConcern(of, changed, labelsOf, builtInRules)).toBe(concerned);
  });

  test('a kind that the administrator skips concerns nobody', () => {
    const rules = propagationRules({ skippedPropagatingApis: [{ group: '', version: 'v1', kinds: ['ConfigMap'] }] });
    const of = withSelectors(named, settings);
    expect(selectorsConcern(of, configMap('a', 'settings'), labelsOf, rules)).toBe(false);
  });
});

function withSelectors(...resourceSelectors: ResourceSelector[]): ClusterResourcePlacement {
  return placement({ spec: { resourceSelectors } });
}

function clusterRole(name: string): KubernetesObject {
  return object('rbac.authorization.k8s.io/v1', 'ClusterRole', { name });
}
