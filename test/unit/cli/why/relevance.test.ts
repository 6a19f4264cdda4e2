import { expect, test } from '@jest/globals';
import { runConditions } from '../../../../api/runConditions.ts';
import { runsAbout } from '../../../../cli/why/relevance.ts';
import { at, cluster, done, run, started, status } from './objects.ts';

test('runs at work on the cluster come first, then those at work elsewhere; what is over does not count', () => {
  const over = { ...status(), conditions: [at(runConditions.initialized({})), at(runConditions.succeeded())] };
  const idle = run(status({ clusters: [cluster('member3'), cluster('member1')] }), { name: 'idle' });
  const elsewhere = run(status(), { name: 'elsewhere' });
  const here = run(status({ clusters: [cluster('member3', started, done), cluster('member1', started)] }), {
    name: 'here',
  });
  const runs = [idle, run(over, { name: 'over' }), elsewhere, here];
  expect(runsAbout('member1', runs).map(({ metadata }) => metadata.name)).toEqual(['here', 'elsewhere', 'idle']);
  // Its stage is done.
  expect(runsAbout('member2', runs)).toEqual([]);
});
