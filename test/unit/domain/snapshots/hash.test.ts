import { expect, test } from '@jest/globals';
import { resourceHash } from '../../../../domain/snapshots/hash.ts';
import { sha256 } from '../../../../domain/sha256.ts';
import { parseJson } from '../../../../kube/json.ts';
import { configMap, namespace } from '../objects.ts';

test.each([
  ['value2', '10dd7a3d1e5f9849afe956cfbac080a60671ad771e9bda7dd34415f867c75648'],
  ['value1', '0130c875defa5c7ebcfaa8e16ef8b3c3e10285f3a0e8cc6f39be8c802f03c479'],
])("N12: the tutorial's two objects with %s hash as documented", (value, hash) => {
  const cleanNamespace = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { labels: { 'kubernetes.io/metadata.name': 'test-namespace' }, name: 'test-namespace' },
    spec: { finalizers: ['kubernetes'] },
  };
  const cleanConfigMap = {
    apiVersion: 'v1',
    data: { key: value },
    kind: 'ConfigMap',
    metadata: { name: 'test-cm', namespace: 'test-namespace' },
  };
  expect(resourceHash([cleanNamespace, cleanConfigMap])).toBe(hash);
});

test('the order of objects counts', () => {
  const objects = [namespace('a'), configMap('a', 'b')];
  expect(resourceHash(objects)).not.toBe(resourceHash(objects.toReversed()));
});

test('an empty selection has a hash too', () => {
  expect(resourceHash([])).toBe(sha256('{"selectedResources":[]}'));
});

test('a 64-bit integer and HTML characters hash as Go prints them', () => {
  const object = parseJson('{"spec":{"text":"<&>","big":9223372036854775807}}');
  const printed = String.raw`{"selectedResources":[{"spec":{"big":9223372036854775807,"text":"\u003c\u0026\u003e"}}]}`;
  expect(resourceHash([object])).toBe(sha256(printed));
});
