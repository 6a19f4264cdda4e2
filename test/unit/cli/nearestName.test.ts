import { describe, expect, test } from '@jest/globals';
import { nearestName, suggestion } from '../../../cli/nearestName.ts';

describe('nearestName', () => {
  test.each([
    ['exmple', ['sample', 'example', 'other'], 'example'],
    ['Web', ['db', 'web'], 'web'],
    ['member21', ['member12', 'member2'], 'member2'],
    ['mebmer', ['member', 'membre1'], 'member'],
    ['shop/wep', ['shop/db', 'shop/web', 'store/web'], 'shop/web'],
    ['b', ['b2', 'b1'], 'b1'],
  ])('%s among %j is %s', (name, existing, expected) => {
    expect(nearestName(name, existing)).toBe(expected);
  });

  test.each([
    ['web', ['database']],
    ['', ['web']],
    ['web', []],
  ])('%s among %j is nothing', (name, existing) => {
    expect(nearestName(name, existing)).toBeUndefined();
  });
});

test('a suggestion is the nearest name, else those there are', () => {
  expect(suggestion('wep', ['web', 'db'], 'none')).toBe('did you mean web?');
  expect(suggestion('member', ['member2', 'member1', 'db'], 'none')).toBe('did you mean member1 or member2?');
  expect(suggestion('wep', ['web', 'web'], 'none')).toBe('did you mean web?');
  expect(suggestion('x', ['web', 'shop'], 'none')).toBe('there are shop, web.');
  expect(suggestion('x', ['web'], 'none')).toBe('there is web.');
  const many = Array.from({ length: 7 }, (_, i) => `placement-${i}`);
  expect(suggestion('x', many, 'none')).toBe(
    'there are placement-0, placement-1, placement-2, placement-3, placement-4 and 2 more.',
  );
  expect(suggestion('x', [], 'there is none at all.')).toBe('there is none at all.');
});
