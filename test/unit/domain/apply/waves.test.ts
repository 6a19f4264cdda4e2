import { expect, test } from '@jest/globals';
import { waveNumber, wavesOf } from '../../../../domain/apply/waves.ts';
import { object } from '../objects.ts';

test.each([
  ['v1', 'Namespace', 0],
  ['scheduling.k8s.io/v1', 'PriorityClass', 0],
  ['v1', 'ConfigMap', 1],
  ['apiextensions.k8s.io/v1', 'CustomResourceDefinition', 1],
  ['rbac.authorization.k8s.io/v1', 'Role', 2],
  ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 3],
  ['apps/v1', 'Deployment', 4],
  ['apiregistration.k8s.io/v1', 'APIService', 5],
  ['v1', 'PodTemplate', 999],
  ['example.com/v1', 'Thing', 999],
  ['example.com/v1', 'Deployment', 999],
])('%s %s is in wave %d', (apiVersion, kind, wave) => {
  expect(waveNumber({ apiVersion, kind })).toBe(wave);
});

test('objects come wave by wave and keep their order within one', () => {
  const thing = object('example.com/v1', 'Thing', { name: 'thing' });
  const configMap = object('v1', 'ConfigMap', { name: 'configuration' });
  const secret = object('v1', 'Secret', { name: 'secret' });
  const namespace = object('v1', 'Namespace', { name: 'namespace' });
  expect(wavesOf([thing, secret, configMap, namespace])).toEqual([[namespace], [secret, configMap], [thing]]);
  expect(wavesOf([])).toEqual([]);
});
