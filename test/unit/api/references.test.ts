import { describe, expect, test } from '@jest/globals';
import { appliedWorkName, bindingName } from '../../../api/names.ts';
import {
  formatReference,
  inScopeOf,
  nameOf,
  parseReference,
  referenceOf,
  scopeOf,
  type Scope,
} from '../../../api/references.ts';
import { rollingUpdateWorkflowId, stagedUpdateRunWorkflowId } from '../../../api/temporal.ts';

const cluster = { name: 'web' };
const namespaced = { name: 'web', namespace: 'shop' };

describe('references', () => {
  test.each([
    [cluster, 'web'],
    [namespaced, 'shop/web'],
  ])('%j as text and back', (reference, text) => {
    expect(formatReference(reference)).toBe(text);
    expect(parseReference(text)).toEqual(reference);
    expect(nameOf({ metadata: { ...reference } })).toBe(text);
  });

  test('hold nothing of the rest of an object', () => {
    expect(referenceOf({ metadata: { ...namespaced, ...{ uid: '1' } } })).toEqual(namespaced);
    expect(Object.keys(referenceOf({ metadata: { ...cluster, ...{ uid: '1' } } }))).toEqual(['name']);
    expect(Object.keys(scopeOf(cluster as Scope))).toEqual([]);
  });

  test('stay in their scope', () => {
    expect(inScopeOf(namespaced, 'other')).toEqual({ namespace: 'shop', name: 'other' });
    expect(inScopeOf(cluster as Scope, 'other')).toEqual({ name: 'other' });
  });
});

test('workflow ids mirror what kubectl is asked for', () => {
  expect([stagedUpdateRunWorkflowId(cluster), stagedUpdateRunWorkflowId(namespaced)]).toEqual([
    'csur/web',
    'sur/shop/web',
  ]);
  expect([rollingUpdateWorkflowId(cluster), rollingUpdateWorkflowId(namespaced)]).toEqual(['crp/web', 'rp/shop/web']);
});

test('no two placements share an inventory on a member, whatever dots their names hold', () => {
  const names = [cluster, namespaced, { name: 'shop.web' }, { name: 'b.c', namespace: 'a' }, { name: 'a.b.c' }];
  expect(new Set(names.map(appliedWorkName)).size).toBe(names.length);
});

test('the name of a binding may be one wherever its parts are cut', () => {
  const dotAtTheCut = `${'a'.repeat(25)}.b`;
  expect(bindingName(dotAtTheCut, 'member1', '01234567')).toBe(`${'a'.repeat(25)}-member1-01234567`);
  expect(bindingName('web.shop', 'member1', '01234567')).toBe('web.shop-member1-01234567');
});
