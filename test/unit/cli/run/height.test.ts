/** Pictures of runs with more stages than a terminal has lines. */
import { expect, test } from '@jest/globals';
import { fitStages, type DrawnStage } from '../../../../cli/run/height.ts';
import type { StageState } from '../../../../cli/run/picture.ts';

const ink = { colour: false, unicode: true };

function drawn(name: string, state: StageState, details: number): DrawnStage {
  return { state, lines: [name, ...Array.from({ length: details }, (_, index) => `${name} line ${index + 1}`)] };
}

const stages = [
  drawn('one', 'succeeded', 2),
  drawn('two', 'succeeded', 2),
  drawn('three', 'succeeded', 2),
  drawn('four', 'updating', 3),
  drawn('five', 'pending', 1),
  drawn('six', 'pending', 1),
];

test('nothing is left out where there is room', () => {
  expect(fitStages(stages, 17, ink)).toEqual(stages.flatMap(({ lines }) => lines));
});

test('first goes what there is to see of stages that are over, then of those to come', () => {
  const four = ['four', 'four line 1', 'four line 2', 'four line 3'];
  const all = ['five', 'five line 1', 'six', 'six line 1'];
  expect(fitStages(stages, 13, ink)).toEqual(['one', 'two', 'three', 'three line 1', 'three line 2', ...four, ...all]);
  expect(fitStages(stages, 10, ink)).toEqual(['one', 'two', 'three', ...four, 'five', 'five line 1', 'six']);
  expect(fitStages(stages, 9, ink)).toEqual(['one', 'two', 'three', ...four, 'five', 'six']);
});

test('then whole stages go together', () => {
  const four = ['four', 'four line 1', 'four line 2', 'four line 3'];
  expect(fitStages(stages, 8, ink)).toEqual(['├─✔ 2 stages done', 'three', ...four, 'five', 'six']);
  expect(fitStages(stages, 6, ink)).toEqual(['├─✔ 3 stages done', ...four, '└─· 2 stages to come']);
});

test.each([1, 2, 3, 4, 5, 7, 11, 12])('never more than %d lines', (room) => {
  expect(fitStages(stages, room, ink).length).toBeLessThanOrEqual(room);
});

test('what cannot be helped is said', () => {
  expect(fitStages(stages, 3, ink)).toEqual(['├─✔ 3 stages done', 'four', '│    and 4 more lines']);
});
