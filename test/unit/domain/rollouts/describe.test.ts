import { expect, test } from '@jest/globals';
import { describeRollout } from '../../../../domain/rollouts/describe.ts';
import type { RolloutView } from '../../../../domain/rollouts/view.ts';
import type { ClusterWait } from '../../../../domain/rollouts/waits.ts';

const nothing: RolloutView = { mode: 'rollingUpdate', desired: 3, done: 1, working: [], waiting: [] };

function waits(cluster: string, message = 'Too few are available.'): ClusterWait {
  return { cluster, reason: 'budget', message, ends: 'cluster' };
}

test('tells what is in work, and once for many clusters why they wait', () => {
  const trouble = { reason: 'Cluster b is not reachable.', since: '2026-01-01T00:00:00Z' };
  const text = describeRollout('web', {
    ...nothing,
    resourceSnapshotIndex: '4',
    working: [
      { cluster: 'a', does: 'update' },
      { cluster: 'b', does: 'remove', trouble },
    ],
    waiting: [...['c', 'd', 'e', 'f', 'g', 'h', 'i'].map((name) => waits(name)), waits('j', 'It was just updated.')],
  });
  expect(text.split('\n')).toEqual([
    '**Rolling out**: placement web, resource snapshot 4, 1 of 3 clusters have it.',
    '',
    'In work:',
    '- a: update',
    '- b: remove, since 2026-01-01T00:00:00Z: Cluster b is not reachable.',
    '',
    'Waiting:',
    '- c, d, e, f, g and 2 more: Too few are available.',
    '- j: It was just updated.',
  ]);
});

test('stays short, however many clusters are in work', () => {
  const working = Array.from({ length: 500 }, (_, number) => ({
    cluster: `c${String(number)}`,
    does: 'update' as const,
  }));
  const lines = describeRollout('web', { ...nothing, working }).split('\n');
  expect(lines).toHaveLength(14);
  expect(lines.at(-1)).toBe('- … (500 in all)');
});

test.each([
  ['unknown', '**Looking**: placement team/web is being read.'],
  ['gone', '**Ending**: placement team/web does not exist any more.'],
  ['external', '**Ending**: runs roll out placement team/web now; what is in work comes to its end.'],
  ['remove', '**Removing**: placement team/web, 0 clusters left.'],
] as const)('%s', (mode, text) => {
  expect(describeRollout('team/web', { ...nothing, mode })).toBe(text);
});
