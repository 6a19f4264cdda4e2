import { expect, test } from '@jest/globals';
import type { KubernetesObject } from '../../../../api/meta.ts';
import { prepareManifest } from '../../../../domain/apply/manifest.ts';
import { parseJson, stringifyJson } from '../../../../kube/json.ts';
import { object } from '../objects.ts';

const owner = { name: 'example-placement-work', uid: 'u1' };
const ownerReferences = [
  {
    apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
    kind: 'AppliedWork',
    name: 'example-placement-work',
    uid: 'u1',
    blockOwnerDeletion: true,
  },
];

test('a manifest is owned by the inventory and carries nothing of the hub', () => {
  const original = object(
    'v1',
    'Secret',
    {
      name: 'a',
      namespace: 'b',
      generation: 4,
      labels: { team: 'blue' },
      finalizers: ['example.com/keep'],
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', note: 'kept' },
      ownerReferences: [{ apiVersion: 'v1', kind: 'X', name: 'x', uid: 'u' }],
    },
    { data: { key: 'dmFsdWU=' }, status: {} },
  );
  expect(prepareManifest(original, owner)).toEqual({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'a',
      namespace: 'b',
      labels: { team: 'blue' },
      finalizers: ['example.com/keep'],
      annotations: { note: 'kept' },
      ownerReferences,
    },
    data: { key: 'dmFsdWU=' },
  });
});

test('numbers that JavaScript cannot hold travel unchanged, and the original stays as it is', () => {
  const text =
    '{"apiVersion":"v1","kind":"Thing","metadata":{"name":"a"},"spec":{"big":9007199254740993,"text":"<&>"}}';
  const original = parseJson(text) as KubernetesObject;
  expect(stringifyJson(prepareManifest(original, owner))).toContain('"spec":{"big":9007199254740993,"text":"<&>"}');
  expect(stringifyJson(original)).toBe(text);
});
