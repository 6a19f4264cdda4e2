import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AppliedResource } from '../../../../api/types/appliedwork.ts';
import { definitionOf, inventoryDifference, inventoryEntry, knowsObject } from '../../../../domain/apply/inventory.ts';
import { identityKey } from '../../../../domain/selection/identifiers.ts';
import { configMap, namespace, object } from '../objects.ts';

const ns = inventoryEntry(namespace('a'), 'namespaces', 0);
const cm = inventoryEntry(configMap('a', 'b'), 'configmaps', 1);
const role = inventoryEntry(object('rbac.authorization.k8s.io/v1', 'Role', { name: 'r', namespace: 'a' }), 'roles', 2);

test('an entry says where the object lies', () => {
  expect(role).toEqual({
    ordinal: 2,
    group: 'rbac.authorization.k8s.io',
    version: 'v1',
    kind: 'Role',
    resource: 'roles',
    name: 'r',
    namespace: 'a',
  });
  expect(ns).toEqual({ ordinal: 0, version: 'v1', kind: 'Namespace', resource: 'namespaces', name: 'a' });
});

test('an entry says how the object is addressed', () => {
  expect(definitionOf(role)).toEqual({
    group: 'rbac.authorization.k8s.io',
    version: 'v1',
    kind: 'Role',
    plural: 'roles',
    namespaced: true,
  });
  expect(definitionOf(ns)).toMatchObject({ group: '', kind: 'Namespace', plural: 'namespaces', namespaced: false });
});

test('an object is known once the inventory has its uid', () => {
  const work = {
    apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
    kind: 'AppliedWork',
    metadata: { name: 'web-work' },
    spec: { workName: 'web-work', workNamespace: 'fleet-member-member1' },
    status: { appliedResources: [ns, { ...cm, uid: 'u' }] },
  };
  expect([ns, cm, role].map((entry) => knowsObject(work, identityKey(entry)))).toEqual([false, true, false]);
  expect(knowsObject({ ...work, status: undefined }, identityKey(cm))).toBe(false);
});

describe('inventoryDifference', () => {
  test('what is no longer wanted goes, users before what they use', () => {
    expect(inventoryDifference([ns, cm, role], [])).toEqual({
      prune: [role, cm, ns],
      during: expect.anything() as unknown,
    });
  });

  test('an object in another version is the same object and keeps its uid', () => {
    const old = { ...role, version: 'v1beta1', uid: 'u' };
    expect(inventoryDifference([old], [role])).toEqual({ prune: [], during: [{ ...role, uid: 'u', ordinal: 0 }] });
  });

  test('objects of the same name in another namespace, kind or group are others', () => {
    const others = [
      { ...role, namespace: 'b' },
      { ...role, kind: 'RoleBinding' },
      { ...role, group: 'example.com' },
    ];
    expect(inventoryDifference(others, [role]).prune).toHaveLength(3);
  });

  test('during the change everything that may exist is listed, and nothing else is removed', () => {
    const entry = fc.constantFrom(...['a', 'b', 'c', 'd', 'e'].map((name) => ({ ...cm, name })));
    const entries = fc.uniqueArray(entry, { selector: identityKey });
    fc.assert(
      fc.property(entries, entries, (previous, next) => {
        const { prune, during } = inventoryDifference(previous, next);
        expect(keys(during)).toEqual(keys([...next, ...prune]));
        expect(new Set(keys(during))).toEqual(new Set(keys([...previous, ...next])));
        expect(during.map(({ ordinal }) => ordinal)).toEqual(during.map((_entry, i) => i));
        expect(keys(prune).filter((key) => keys(next).includes(key))).toEqual([]);
      }),
    );
  });
});

function keys(entries: readonly AppliedResource[]): string[] {
  return entries.map(identityKey);
}
