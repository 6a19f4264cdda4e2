import { expect, test } from '@jest/globals';
import { Turns } from '../../../activities/members/turns.ts';

test('no more than so many run at once, in the order in which they came, and a failure frees its place', async () => {
  const turns = new Turns(2);
  const started: number[] = [];
  const gates = Array.from({ length: 5 }, () => Promise.withResolvers<number>());
  const works = gates.map(({ promise }, index) =>
    turns.run(() => {
      started.push(index);
      return promise;
    }),
  );
  expect(started).toEqual([0, 1]);
  gates[1]?.reject(new Error('It went wrong.'));
  await expect(works[1]).rejects.toThrow('It went wrong.');
  expect(started).toEqual([0, 1, 2]);
  gates.forEach(({ resolve }, index) => {
    resolve(index);
  });
  await expect(Promise.all(works.filter((_, index) => index !== 1))).resolves.toEqual([0, 2, 3, 4]);
  expect(started).toEqual([0, 1, 2, 3, 4]);
});
