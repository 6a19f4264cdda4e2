/** The table of the reference system's scenarios is whole, and every test that it names is there. */
import { describe, expect, test } from '@jest/globals';
import { scenarios, sections } from '../e2e/scenarioTable.ts';
import { isTestThere } from '../support/testReference.ts';

const references = [...new Set(scenarios.flatMap(({ tests = [] }) => tests))];

test('every scenario has one row, and none is missing', () => {
  const expected = Object.entries(sections).flatMap(([section, count]) =>
    Array.from({ length: count }, (_, index) => `${section}-${String(index + 1).padStart(2, '0')}`),
  );
  expect(scenarios.map(({ id }) => id)).toEqual(expected);
});

test('every row names a test, or the reason why there is none', () => {
  const faulty = scenarios.filter(({ tests = [], because = '' }) => tests.length > 0 === because.length > 0);
  expect(faulty).toEqual([]);
});

describe('the test is there:', () => {
  test.each(references)('%s', (reference) => {
    expect(isTestThere(reference)).toBe(true);
  });
});
