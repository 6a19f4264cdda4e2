/** Moments of the past as people type them. */
import { describe, expect, test } from '@jest/globals';
import { parseMoment } from '../../../../cli/get/moment.ts';

/** Of the machine's own time zone, as the user means it. */
const now = new Date(2026, 2, 1, 15, 30, 10).getTime();

describe('understood', () => {
  test.each([
    ['14:05', new Date(2026, 2, 1, 14, 5, 0)],
    ['9:05:30', new Date(2026, 2, 1, 9, 5, 30)],
    ['5m', new Date(2026, 2, 1, 15, 25, 10)],
    ['1h30m ago', new Date(2026, 2, 1, 14, 0, 10)],
    ['0s', new Date(2026, 2, 1, 15, 30, 10)],
    ['2026-02-27 08:00', new Date(2026, 1, 27, 8, 0, 0)],
    ['2026-02-01T12:00:00Z', new Date(Date.UTC(2026, 1, 1, 12))],
    ['2026-02-01T12:00:00.5+02:00', new Date(Date.UTC(2026, 1, 1, 10, 0, 0, 500))],
  ])('%s', (text, expected) => {
    expect(new Date(parseMoment(text, now)).toISOString()).toBe(expected.toISOString());
  });
});

test.each(['24:00', '12:60', 'noon', '', '-5m', '5', '2026-02-31T99:00:00Z', '2026-02'])('"%s" is no time', (text) => {
  expect(() => parseMoment(text, now)).toThrow(
    `"${text}" is no time: write for example 14:05, 2026-03-01T14:05:00Z, or 5m for five minutes ago.`,
  );
});

test.each(['16:00', '2027-01-01T00:00:00Z'])('"%s" lies in the future', (text) => {
  expect(() => parseMoment(text, now)).toThrow(`"${text}" lies in the future, of which nothing is known yet.`);
});
