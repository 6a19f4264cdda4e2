import { describe, expect, test } from '@jest/globals';
import { limitsOf } from '../../../../domain/rollouts/limits.ts';

describe('limits', () => {
  test.each([
    [undefined, 8, 2],
    [undefined, 3, 1],
    [undefined, 0, 0],
    ['25%', 5, 2],
    ['0%', 5, 0],
    ['1%', 100, 1],
    ['1%', 101, 2],
    ['7%', 100, 7],
    ['100%', 5, 5],
    [0, 5, 0],
    [3, 2, 3],
    ['3', 2, 3],
  ])('%s of %i clusters are %i, for both of them', (share, desired, clusters) => {
    const limits = limitsOf({ maxUnavailable: share, maxSurge: share }, desired, 'always');
    expect(limits).toEqual({ maxUnavailable: clusters, maxSurge: clusters, unavailableMs: 60_000, pause: 'always' });
  });

  test('seconds become milliseconds', () => {
    expect(limitsOf({ unavailablePeriodSeconds: 0 }, 1, 'unobserved').unavailableMs).toBe(0);
    expect(limitsOf({ unavailablePeriodSeconds: 5 }, 1, 'unobserved').unavailableMs).toBe(5_000);
  });

  test.each(['a quarter', '', '-1', '2.5', '25 %'])('"%s" is no share', (share) => {
    expect(() => limitsOf({ maxSurge: share }, 1, 'unobserved')).toThrow(
      /write a number such as 2 or a share such as 25%/,
    );
  });
});
