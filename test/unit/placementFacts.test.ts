/** Every fact of the document about placements names a test that is there. */
import { describe, expect, test } from '@jest/globals';
import { placementFacts } from '../e2e/placementFacts.ts';
import { isTestThere } from '../support/testReference.ts';

test('no fact is missing', () => {
  const expected = Array.from({ length: 44 }, (_, index) => `K${String(index + 1)}`);
  expect(placementFacts.map(({ id }) => id)).toEqual(expected);
});

describe('the test is there:', () => {
  const references = placementFacts.flatMap(({ id, tests }) => tests.map((reference) => [id, reference] as const));
  test.each(references)('%s %s', (_, reference) => {
    expect(isTestThere(reference)).toBe(true);
  });
});

test('every fact has a test, or says what is still missing', () => {
  expect(placementFacts.filter(({ tests, missing }) => tests.length === 0 && missing === undefined)).toEqual([]);
});
