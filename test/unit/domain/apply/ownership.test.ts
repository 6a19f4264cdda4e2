import { expect, test } from '@jest/globals';
import type { KubernetesObject, OwnerReference } from '../../../../api/meta.ts';
import { foreignOwner } from '../../../../domain/apply/ownership.ts';
import { configMap } from '../objects.ts';

const work = 'placement.kubernetes-fleet.io/v1beta1';

function ownedBy(...owners: [apiVersion: string, kind: string, name: string][]): KubernetesObject {
  const ownerReferences = owners.map(([apiVersion, kind, name]): OwnerReference => {
    return { apiVersion, kind, name, uid: `uid of ${name}` };
  });
  const { metadata, ...rest } = configMap('web', 'settings');
  return { ...rest, metadata: { ...metadata, ownerReferences } };
}

test('an object without owners, or of this inventory alone, is nobody else’s', () => {
  expect(foreignOwner(configMap('web', 'settings'), 'uid of web-work')).toBeUndefined();
  expect(foreignOwner(ownedBy([work, 'AppliedWork', 'web-work']), 'uid of web-work')).toBeUndefined();
});

test('the other owner is named; of several, another placement', () => {
  const controlled = ownedBy([work, 'AppliedWork', 'web-work'], ['apps/v1', 'ReplicaSet', 'web']);
  expect(foreignOwner(controlled, 'uid of web-work')).toBe('ReplicaSet web');
  const shared = ownedBy(['apps/v1', 'ReplicaSet', 'web'], [work, 'AppliedWork', 'shop-work']);
  expect(foreignOwner(shared, 'uid of web-work')).toBe('another placement (AppliedWork shop-work)');
});

test('a former inventory of the same name, and a kind of the same name in another group, are others', () => {
  const former = ownedBy([work, 'AppliedWork', 'web-work']);
  expect(foreignOwner(former, 'uid of the new one')).toBe('another placement (AppliedWork web-work)');
  expect(foreignOwner(ownedBy(['example.com/v1', 'AppliedWork', 'web']), undefined)).toBe('AppliedWork web');
});
