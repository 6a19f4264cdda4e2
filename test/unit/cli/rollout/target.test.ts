import { describe, expect, test } from '@jest/globals';
import { formatTarget, parseTarget } from '../../../../cli/rollout/target.ts';
import { parseTimeout } from '../../../../cli/rollout/timeout.ts';
import { parseRevision } from '../../../../cli/rollout/revisionNumber.ts';

describe('parseTarget', () => {
  test.each([
    ['csur/web-1', undefined, 'csur/web-1'],
    ['clusterstagedupdaterun.placement.kubernetes-fleet.io/web-1', undefined, 'csur/web-1'],
    ['ClusterStagedUpdateRuns/web-1', undefined, 'csur/web-1'],
    ['sur/web-1', 'shop', 'sur/shop/web-1'],
    ['sur/shop/web-1', undefined, 'sur/shop/web-1'],
    ['crp/web', undefined, 'crp/web'],
    ['resourceplacement/web', 'shop', 'rp/shop/web'],
    ['cluster/member1', 'shop', 'cluster/member1'],
  ])('%s in %s', (typed, namespace, expected) => {
    const target = parseTarget(typed, namespace, ['run', 'placement', 'cluster']);
    expect(target && formatTarget(target)).toBe(expected);
  });

  test('a name without a kind is none', () => {
    expect(parseTarget('web', undefined, ['run'])).toBeUndefined();
  });

  test.each([
    [
      'crp/web',
      undefined,
      '"crp/web" names nothing that this command knows: write csur/NAME or sur/NAME -n NAMESPACE.',
    ],
    ['deploy/web', undefined, '"deploy/web" names nothing'],
    ['', undefined, 'The name of the object is empty: write csur/NAME or sur/NAME -n NAMESPACE.'],
    ['csur/a/b', undefined, '"csur/a/b" names nothing'],
    ['csur/', undefined, '"csur/" names nothing'],
    ['sur/web', undefined, 'sur/web is in a namespace: say which with -n NAMESPACE.'],
    ['csur/web', 'shop', 'csur/web is in no namespace: leave -n shop away, or write sur/web.'],
  ])('%s in %s is refused', (typed, namespace, message) => {
    expect(() => parseTarget(typed, namespace, ['run'])).toThrow(message);
  });
});

test('parseTimeout reads seconds and durations', () => {
  expect(['0', '90', '90s', '1h30m', '1.5s'].map(parseTimeout)).toEqual([0, 90_000, 90_000, 5_400_000, 1_500]);
  for (const wrong of ['', '-1s', 'soon', '900h']) expect(() => parseTimeout(wrong)).toThrow('is no time');
});

test('parseRevision reads whole numbers from 0', () => {
  expect(parseRevision('12')).toBe(12);
  expect(() => parseRevision('-1')).toThrow('"-1" is no whole number from 0.');
});
