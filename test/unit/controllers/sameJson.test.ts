import { describe, expect, test } from '@jest/globals';
import { sameJson } from '../../../controllers/sameJson.ts';

describe('sameJson', () => {
  test.each<[string, unknown, unknown]>([
    ['values', 'a', 'a'],
    ['absent and undefined fields', { a: 1, b: undefined }, { a: 1 }],
    ['objects whose keys are in another order', { a: 1, b: { c: null, d: [] } }, { b: { d: [], c: null }, a: 1 }],
    ['lists', [{ a: [1, 2] }, 'b'], [{ a: [1, 2] }, 'b']],
    ['nothing at all', undefined, undefined],
  ])('is true of %s', (_, left, right) => {
    expect(sameJson(left, right)).toBe(true);
    expect(sameJson(right, left)).toBe(true);
  });

  test.each<[string, unknown, unknown]>([
    ['other values', { a: 1 }, { a: '1' }],
    ['a field more', { a: 1 }, { a: 1, b: 2 }],
    ['another field', { a: 1 }, { b: 1 }],
    ['a field that every object inherits', {}, { constructor: 'acme' }],
    ['null and absent', { a: null }, {}],
    ['null and an object', null, {}],
    ['nothing and an object', undefined, {}],
    ['a list and an object', [], {}],
    ['lists in another order', [1, 2], [2, 1]],
    ['a longer list', [1], [1, 1]],
    ['something far below', { a: [{ b: { c: [1, { d: 'x' }] } }] }, { a: [{ b: { c: [1, { d: 'y' }] } }] }],
  ])('is false of %s', (_, left, right) => {
    expect(sameJson(left, right)).toBe(false);
    expect(sameJson(right, left)).toBe(false);
  });
});
