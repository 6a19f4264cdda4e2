import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Heartbeats } from '../../../activities/members/heartbeats.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

/** Heartbeats of one activity within a minute while `others` run as well. */
function beatsInAMinute(others: number): number {
  const heartbeats = new Heartbeats(500);
  const ends = Array.from({ length: others }, () => heartbeats.begin(() => undefined));
  const beat = jest.fn();
  ends.push(heartbeats.begin(beat));
  jest.advanceTimersByTime(60_000);
  for (const end of ends) end();
  return beat.mock.calls.length;
}

describe('an activity', () => {
  test('alone beats twice a second, so that it soon hears of its cancellation', () => {
    expect(beatsInAMinute(0)).toBe(120);
  });

  test('among many beats more rarely: all together 200 times a second', () => {
    expect(beatsInAMinute(199)).toBe(60);
  });

  test('among thousands still beats well within its timeout', () => {
    expect(beatsInAMinute(5_000)).toBe(30);
  });

  test('that ends soon costs no heartbeat, and beats no more', () => {
    const beat = jest.fn();
    const end = new Heartbeats(500).begin(beat);
    jest.advanceTimersByTime(499);
    end();
    jest.advanceTimersByTime(60_000);
    expect(beat).not.toHaveBeenCalled();
  });
});
