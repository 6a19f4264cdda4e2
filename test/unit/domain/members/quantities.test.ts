import { describe, expect, test } from '@jest/globals';
import {
  addQuantities,
  formatQuantity,
  parseQuantity,
  subtractQuantities,
} from '../../../../domain/members/quantities.ts';

// Texts as apimachinery 0.35 prints them.
describe('addQuantities', () => {
  test.each([
    ['1', '500m', '1500m'],
    ['1500m', '500m', '2'],
    ['999m', '1m', '1'],
    ['0.5', '0.5', '1'],
    ['1Gi', '1Gi', '2Gi'],
    ['16393244Ki', '0', '16393244Ki'],
    ['512Mi', '512Mi', '1Gi'],
    ['0', '1Gi', '1Gi'],
    ['1Ki', '1', '1025'],
    ['1.5Ki', '0', '1536'],
    ['0.5Ki', '0', '512'],
    ['1Ki', '1m', '1024001m'],
    ['1G', '1Gi', '2073741824'],
    ['1e3', '1e3', '2e3'],
    ['1e-2', '1', '1010e-3'],
    ['100n', '1u', '1100n'],
    ['-1', '2', '1'],
    ['0.0000000001', '0', '1n'],
  ])('%s and %s make %s', (left, right, sum) => {
    expect(formatQuantity(addQuantities(parseQuantity(left), parseQuantity(right)))).toBe(sum);
  });
});

test('a difference never falls below zero', () => {
  expect(formatQuantity(subtractQuantities(parseQuantity('1Gi'), parseQuantity('512Mi')))).toBe('512Mi');
  expect(formatQuantity(subtractQuantities(parseQuantity('1'), parseQuantity('1500m')))).toBe('0');
});

test.each(['', '1x', '1 ', 'Ki', '1e', '1e3m', '1ki', '1K', '.', '- 1'])('"%s" is no quantity', (text) => {
  expect(() => parseQuantity(text)).toThrow(RangeError);
});
