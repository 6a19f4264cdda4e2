import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareBytes } from '../../../domain/ordering.ts';

test('strings are in the order of their UTF-8 bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (left, right) => {
      expect(Math.sign(compareBytes(left, right))).toBe(Buffer.compare(Buffer.from(left), Buffer.from(right)));
    }),
  );
});

test('characters beyond U+FFFF come last, unlike in JavaScript', () => {
  expect(['😀', '\uffee', 'a', ''].sort(compareBytes)).toEqual(['', 'a', '\uffee', '😀']);
});
