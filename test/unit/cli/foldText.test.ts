import { expect, test } from '@jest/globals';
import { columnsOf, foldText } from '../../../cli/foldText.ts';
import { nextLines } from '../../../cli/nextLines.ts';

test('lines break between words, and go on further in; without a terminal they stay as they are', () => {
  const text = 'There is no ClusterStagedUpdateRun web on the hub.\n  and a line further in that is long as well\n';
  expect(foldText(text, 30)).toBe(
    'There is no\n  ClusterStagedUpdateRun web\n  on the hub.\n  and a line further in that\n    is long as well\n',
  );
  expect(foldText(text, undefined)).toBe(text);
});

test('commands stay whole', () => {
  const lines = nextLines([
    'flotilla rollout status csur/a-long-name',
    'kubectl flotilla rollout undo crp/a-long-name',
    'kubectl describe deployment web -n shop --context member1',
  ]);
  expect(lines).toEqual([
    'next: flotilla rollout status csur/a-long-name',
    '      kubectl flotilla rollout undo crp/a-long-name',
    '      kubectl describe deployment web -n shop --context member1',
  ]);
  expect(foldText(lines.join('\n'), 20)).toBe(lines.join('\n'));
});

test('a word that is longer than a line is cut, after commas if it has any', () => {
  expect(foldText('labels: environment=canary,order=1,zone=eu', 24)).toBe(
    'labels:\n  environment=canary,\n  order=1, zone=eu',
  );
  expect(foldText('a'.repeat(25), 20)).toBe(`${'a'.repeat(18)}\n  ${'a'.repeat(7)}`);
});

test('a terminal that does not know its size is no help', () => {
  expect(columnsOf({ isTTY: true, columns: 0 })).toBeUndefined();
  expect(columnsOf({ isTTY: false, columns: 80 })).toBeUndefined();
  expect(columnsOf({ isTTY: true, columns: 80 })).toBe(80);
});
