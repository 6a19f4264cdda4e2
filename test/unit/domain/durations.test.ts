import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatDuration, parseDuration } from '../../../domain/durations.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

describe('parseDuration', () => {
  test.each([
    ['0', 0],
    ['1m', minute],
    ['90s', 90 * second],
    ['1h30m', 90 * minute],
    ['1m0s', minute],
    ['1.5h', 90 * minute],
    ['.5s', 500],
    ['5.s', 5 * second],
    ['1h1h', 2 * hour],
    ['250us', 0.25],
    ['250µs', 0.25],
    ['250μs', 0.25],
    ['1.000000001s', 1000.000001],
    ['-1m', -minute],
    ['+1m', minute],
  ])('reads %s as %d ms', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  test.each(['', '1', 's', '.s', '.', '-', '1x', '1m 2s', '--1s', '1e3s', '1m2', '0m0'])('refuses "%s"', (text) => {
    expect(() => parseDuration(text)).toThrow(RangeError);
  });
});

describe('formatDuration', () => {
  test.each([
    [0, '0s'],
    [0.000001, '1ns'],
    [0.0015, '1.5µs'],
    [0.25, '250µs'],
    [1.5, '1.5ms'],
    [999, '999ms'],
    [second, '1s'],
    [1500, '1.5s'],
    [minute, '1m0s'],
    [90 * second, '1m30s'],
    [hour, '1h0m0s'],
    [hour + minute + 1500, '1h1m1.5s'],
    [100 * hour, '100h0m0s'],
    [-minute, '-1m0s'],
  ])('prints %d ms as %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });
});

test('whole milliseconds of any size, and microseconds within a day, read back as they were printed', () => {
  const wholeMilliseconds = fc.integer({ min: -1e15, max: 1e15 });
  const microseconds = fc.integer({ min: -8.64e10, max: 8.64e10 }).map((value) => value / 1000);
  fc.assert(
    fc.property(fc.oneof(wholeMilliseconds, microseconds), (milliseconds) => {
      expect(parseDuration(formatDuration(milliseconds))).toBe(milliseconds);
    }),
  );
});
