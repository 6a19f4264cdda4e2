import { expect, test } from '@jest/globals';
import type { Toleration } from '../../../../api/types/clusterresourceplacement.ts';
import { isTolerated, taintToleration } from '../../../../domain/scheduling/taintToleration.ts';
import { nowMs } from '../objects.ts';
import { cluster } from './fleet.ts';

const taint = { key: 'maintenance', value: 'now', effect: 'NoSchedule' };

test.each<[toleration: Toleration, tolerates: boolean]>([
  [{ key: 'maintenance', value: 'now' }, true],
  [{ key: 'maintenance', operator: 'Equal', value: 'now', effect: 'NoSchedule' }, true],
  [{ key: 'maintenance', value: 'later' }, false],
  [{ key: 'maintenance' }, false],
  [{ key: 'other', value: 'now' }, false],
  [{ key: 'maintenance', operator: 'Exists' }, true],
  [{ key: 'other', operator: 'Exists' }, false],
  [{ operator: 'Exists' }, true],
])('K42: %j tolerates: %s', (toleration, tolerates) => {
  expect(isTolerated(taint, toleration)).toBe(tolerates);
});

test('an effect that is named must be that of the taint', () => {
  const toleration: Toleration = { operator: 'Exists', effect: 'NoSchedule' };
  expect(isTolerated({ ...taint, effect: 'NoExecute' }, toleration)).toBe(false);
});

test('K43: every taint must be tolerated; the first one that is not is named', () => {
  const tolerations: Toleration[] = [{ key: 'first', operator: 'Exists' }];
  const context = {
    policy: { tolerations },
    clusters: [],
    placed: new Set<string>(),
    obsolete: new Set<string>(),
    now: nowMs,
  };
  const rule = taintToleration.prepare(context);
  expect(rule?.filter?.(cluster('a', { taints: ['first'] }))).toBeUndefined();
  expect(rule?.filter?.(cluster('a', { taints: ['first', { ...taint, effect: 'NoSchedule' }, 'third'] }))).toBe(
    'taint &{Key:maintenance Value:now Effect:NoSchedule} cannot be tolerated',
  );
});
