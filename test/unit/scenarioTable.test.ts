/** The table of the reference system's scenarios is whole, and every test that it names is there. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { scenarios, sections } from '../e2e/scenarioTable.ts';

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
    const [, file = '', name = ''] = /^(.*?\.test\.ts): (.+)$/.exec(reference) ?? [];
    expect(existsSync(file)).toBe(true);
    // A name stands in quotes: a test's, a description's or, in tables of cases, a case's.
    const text = readFileSync(file, 'utf8');
    const isThere = ["'", '"', '`'].some((quote) => text.includes(quote + name + quote));
    expect(isThere).toBe(true);
  });
});
