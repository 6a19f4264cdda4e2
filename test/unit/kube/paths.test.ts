import { expect, test } from '@jest/globals';
import { collectionPath, objectPath, queryString } from '../../../kube/paths.ts';

const configMap = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };
const deployment = { group: 'apps', version: 'v1', kind: 'Deployment', plural: 'deployments', namespaced: true };
const node = { group: '', version: 'v1', kind: 'Node', plural: 'nodes', namespaced: false };

test('paths of collections and objects', () => {
  expect(collectionPath(configMap)).toBe('/api/v1/configmaps');
  expect(collectionPath(deployment, 'web')).toBe('/apis/apps/v1/namespaces/web/deployments');
  expect(collectionPath(node, 'ignored')).toBe('/api/v1/nodes');
  expect(objectPath(deployment, 'front', 'web', 'status')).toBe(
    '/apis/apps/v1/namespaces/web/deployments/front/status',
  );
  expect(objectPath(node, 'a/../b')).toBe('/api/v1/nodes/a%2F..%2Fb');
});

test('an object of a namespaced kind needs its namespace', () => {
  expect(() => objectPath(configMap, 'a')).toThrow('ConfigMap a lives in a namespace: name it.');
  expect(() => objectPath(configMap, 'a', '')).toThrow(TypeError);
});

test('queries leave out what is not set', () => {
  expect(queryString({})).toBe('');
  expect(queryString({ a: undefined })).toBe('');
  expect(queryString({ labelSelector: 'a in (b,c)', limit: 5, watch: true })).toBe(
    '?labelSelector=a%20in%20(b%2Cc)&limit=5&watch=true',
  );
});
