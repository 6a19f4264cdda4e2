import { describe, expect, test } from '@jest/globals';
import type { KubernetesObject } from '../../../../api/meta.ts';
import type { ClusterResourcePlacement, ResourceSelector } from '../../../../api/types/clusterresourceplacement.ts';
import { selectorsConcern } from '../../../../domain/selection/concern.ts';
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
    expect(selectorsConcern(withSelectors(selector), changed, labelsOf)).toBe(concerned);
  });

  test('what was placed concerns the placement although no selector finds it any more', () => {
    const of = withSelectors({ ...role, ...byTeam });
    const placed = {
      ...of,
      status: { selectedResources: [{ group: role.group, version: 'v1', kind: 'ClusterRole', name: 'r' }] },
    };
    expect(selectorsConcern(of, clusterRole('r'), labelsOf)).toBe(false);
    expect(selectorsConcern(placed, clusterRole('r'), labelsOf)).toBe(true);
  });
});

function withSelectors(...resourceSelectors: ResourceSelector[]): ClusterResourcePlacement {
  return placement({ spec: { resourceSelectors } });
}

function clusterRole(name: string): KubernetesObject {
  return object('rbac.authorization.k8s.io/v1', 'ClusterRole', { name });
}
