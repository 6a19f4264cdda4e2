import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { packProgress, unpackProgress } from '../../../../domain/runs/packedProgress.ts';
import type { ClusterProgress, RunProgress } from '../../../../domain/runs/progress.ts';

const origin = Date.parse('2026-01-01T00:00:00.123Z');

const cluster: fc.Arbitrary<ClusterProgress> = fc
  .record({
    start: fc.option(fc.nat({ max: 10_000_000 }), { nil: undefined }),
    duration: fc.option(fc.nat({ max: 1_000_000 }), { nil: undefined }),
    failure: fc.option(fc.string(), { nil: undefined }),
    trouble: fc.option(fc.record({ reason: fc.string(), since: fc.string() }), { nil: undefined }),
  })
  .map(({ start, duration, failure, trouble }) => {
    if (start === undefined) return {};
    const startedAt = origin + start;
    return {
      startedAt,
      ...(duration !== undefined && { endedAt: startedAt + duration }),
      ...(failure !== undefined && { failure }),
      ...(trouble !== undefined && { trouble }),
    };
  });

test('progress comes out of a payload as it went in, whatever has happened to its clusters', () => {
  fc.assert(
    fc.property(fc.array(fc.array(cluster)), fc.array(cluster), (stages, removals) => {
      const progress: RunProgress = {
        initializedAt: origin,
        requested: 'Run',
        stages: stages.map((clusters) => ({ clusters, tasks: [{ doneAt: origin }] })),
        removal: { clusters: removals, tasks: [] },
      };
      const sizes = { stages: stages.map(({ length }) => length), removals: removals.length };
      const sent = JSON.parse(JSON.stringify(packProgress(progress))) as ReturnType<typeof packProgress>;
      expect(unpackProgress(sent, sizes)).toEqual(progress);
    }),
  );
});

test('a cluster that is fine takes few bytes', () => {
  const clusters = Array.from({ length: 10_000 }, (_, index) => ({
    startedAt: origin + index * 40,
    endedAt: origin + index * 40 + 800,
  }));
  const progress: RunProgress = {
    initializedAt: origin,
    requested: 'Run',
    stages: [{ clusters, tasks: [] }],
    removal: { clusters: [], tasks: [] },
  };
  expect(JSON.stringify(packProgress(progress)).length).toBeLessThan(100_000);
});
