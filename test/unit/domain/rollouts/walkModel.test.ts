import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { RolloutPause } from '../../../../domain/rollouts/limits.ts';
import { happenings, ModelledRollout, type Happening } from './model/modelledRollout.ts';

const weighted = Object.entries(happenings).flatMap(([what, weight]) =>
  Array.from({ length: weight }, () => what as Happening['what']),
);

const happening: fc.Arbitrary<Happening> = fc.record({
  what: fc.constantFrom(...weighted),
  choice: fc.nat({ max: 1_000 }),
  milliseconds: fc.nat({ max: 2_500 }),
});

const stories = fc.record({
  clusters: fc.nat({ max: 7 }),
  limit: fc.constantFrom(1, 3, 500),
  pause: fc.constantFrom<RolloutPause>('unobserved', 'always'),
  happenings: fc.array(happening, { maxLength: 120, size: 'max' }),
  ends: fc.constantFrom('rolledOut', 'rolledOut', 'external', 'removed'),
});

test('a rolling update keeps every rule, whatever happens to it and in whatever order', () => {
  let starts = 0;
  fc.assert(
    fc.property(stories, ({ clusters, limit, pause, happenings: story, ends }) => {
      const rollout = new ModelledRollout(clusters, limit, pause);
      for (const one of story) rollout.happen(one);
      rollout.lookInVain();
      // With limits that allow something, everything comes to its end.
      rollout.hub.settings = { maxUnavailable: 1, maxSurge: 1, unavailablePeriodSeconds: 10 };
      rollout.hub.isExternal = ends === 'external';
      rollout.hub.isDeleted = ends === 'removed';
      rollout.happen({ what: 'snapshotIsTaken', choice: 0, milliseconds: 0 });
      rollout.letRun();
      starts += rollout.starts;
    }),
    { numRuns: 1_000 },
  );
  // The stories have not been empty.
  expect(starts).toBeGreaterThan(5_000);
});
