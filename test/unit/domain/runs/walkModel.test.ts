import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { RequestedState } from '../../../../domain/runs/progress.ts';
import { planOf, planShapes } from '../../../support/runModel/plans.ts';
import { happenings, ModelledRun, type Happening } from './model/modelledRun.ts';

const longestStory = 60;

const weighted = Object.entries(happenings).flatMap(([what, weight]) =>
  Array.from({ length: weight }, () => what as Happening['what']),
);

const happening: fc.Arbitrary<Happening> = fc.record({
  what: fc.constantFrom(...weighted),
  choice: fc.nat({ max: 1_000 }),
  milliseconds: fc.nat({ max: 2_500 }),
});

const stories = fc.record({
  shape: planShapes(5, 8),
  begins: fc.constantFrom<RequestedState>('Run', 'Run', 'Initialize', 'Stop'),
  mayFail: fc.constantFrom(false, false, false, true),
  happenings: fc.array(happening, { maxLength: longestStory, size: 'max' }),
});

type Story = typeof stories extends fc.Arbitrary<infer T> ? T : never;

const one = { choice: 0, milliseconds: 1_500 };

/** Stories that went wrong once, and are too rare to be met by chance in every thousand. */
const remembered: Story[] = [
  {
    // The wait after a stage without clusters counts from the approval before it, also for whoever adopts the run.
    shape: { stages: [{ clusters: 0, maxConcurrency: 1, before: true, after: ['TimedWait'] }], removals: 0 },
    begins: 'Run',
    mayFail: false,
    happenings: [
      { ...one, what: 'taskIsFulfilled' },
      { ...one, what: 'historyIsLost' },
    ],
  },
  {
    // A stage after one that failed says nothing, although it would be next to ask for its approval.
    shape: {
      stages: [
        { clusters: 1, maxConcurrency: 1, before: false, after: [] },
        { clusters: 1, maxConcurrency: 1, before: true, after: [] },
      ],
      removals: 0,
    },
    begins: 'Run',
    mayFail: true,
    happenings: [{ ...one, what: 'clusterFails' }],
  },
];

test('a run keeps every rule, whatever happens to it and in whatever order', () => {
  const ends = { succeeded: 0, failed: 0 };
  fc.assert(
    fc.property(stories, (story) => {
      const run = new ModelledRun(planOf(story.shape), story.begins);
      for (const one of story.happenings) {
        const isFailure = one.what === 'clusterFails' || one.what === 'planIsOutdated';
        if (!isFailure || story.mayFail) run.happen(one);
      }
      run.letRun();
      ends[run.succeeded ? 'succeeded' : 'failed'] += 1;
      if (run.succeeded === run.hasFailed) throw new Error('The run has ended in another way than it should have.');
    }),
    { numRuns: 1_000, examples: remembered.map((story) => [story]) },
  );
  // Both ends have been tried.
  expect(Math.min(ends.succeeded, ends.failed)).toBeGreaterThan(50);
});
