import { describe, expect, test } from '@jest/globals';
import { nextSnapshotDueAt } from '../../../../domain/snapshots/pacing.ts';

const pacing = { quietMs: 1000, maxDelayMs: 15_000, minIntervalMs: 5000 };

describe('nextSnapshotDueAt', () => {
  test.each([
    ['the first snapshot waits for nothing', { firstChangeAt: 100, lastChangeAt: 900 }, 100],
    ['one change waits for quiet', { firstChangeAt: 100_000, lastChangeAt: 100_000, previousSnapshotAt: 0 }, 101_000],
    [
      'each change of a burst puts it off',
      { firstChangeAt: 100_000, lastChangeAt: 103_000, previousSnapshotAt: 0 },
      104_000,
    ],
    ['a burst without end is cut', { firstChangeAt: 100_000, lastChangeAt: 114_900, previousSnapshotAt: 0 }, 115_000],
    [
      'two snapshots keep their distance',
      { firstChangeAt: 100_000, lastChangeAt: 100_000, previousSnapshotAt: 99_000 },
      104_000,
    ],
  ])('%s', (_description, changes, dueAt) => {
    expect(nextSnapshotDueAt(changes, pacing)).toBe(dueAt);
  });

  test('without pacing every change is due at once', () => {
    const changes = { firstChangeAt: 100, lastChangeAt: 100, previousSnapshotAt: 99 };
    expect(nextSnapshotDueAt(changes, { quietMs: 0, maxDelayMs: 0, minIntervalMs: 0 })).toBe(100);
  });
});
