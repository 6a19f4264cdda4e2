/** Every cause that somebody may wait for names a test on real clusters that is there. */
import { describe, expect, test } from '@jest/globals';
import { stagedCauses } from '../e2e/whyCauses.ts';
import { isTestThere } from '../support/testReference.ts';

test('none of the seventeen is missing, and none is without a test', () => {
  expect(stagedCauses).toHaveLength(17);
  expect(stagedCauses.filter(({ tests }) => tests.length === 0)).toEqual([]);
});

describe('the test is there:', () => {
  const references = stagedCauses.flatMap(({ what, tests }) => tests.map((reference) => [what, reference] as const));
  test.each(references)('%s: %s', (_, reference) => {
    expect(isTestThere(reference)).toBe(true);
  });
});
