/** The checks of the kills at every boundary see what they are there for. */
import { expect, test } from '@jest/globals';
import type { MemberWrite } from '../../bench/simulated/server.ts';
import { BoundaryWatch, describeBoundary, sampleBoundaries, tasksIn } from '../support/killBoundaries/boundaries.ts';
import type { HistoryEvent } from '../support/killBoundaries/history.ts';
import type { PlayedRun } from '../support/killBoundaries/play.ts';
import { recoveryOf } from '../support/killBoundaries/recovery.ts';
import { order } from '../support/killBoundaries/stages.ts';
import { violations } from '../support/killBoundaries/violations.ts';

const requests = [
  'update appliedworks/status',
  'patch namespaces',
  'patch configmaps',
  'patch deployments',
  'update appliedworks/status',
];
/** Milliseconds from one cluster to the next. */
const step = 100;

/** One cluster after the other, each written to at the beginning of its step and finished in the middle of it. */
function goodRun(): PlayedRun {
  const writes = order.flatMap((member, number) =>
    requests.map((request, index) => ({
      ...{ member, request, name: 'object', time: number * step + index },
      version: request === 'patch namespaces' ? '1' : String(10 + index),
    })),
  );
  const events = order.flatMap((cluster, number) => eventsOf(cluster, number));
  return { name: 'run', snapshot: '1', value: 'value', events, writes, endedAt: order.length * step };
}

function eventsOf(cluster: string, number: number): HistoryEvent[] {
  const data = Buffer.from(JSON.stringify({ cluster }));
  const nanos = (number * step + step / 2) * 1e6;
  return [
    { workflowTaskStartedEventAttributes: {} },
    { workflowTaskCompletedEventAttributes: {} },
    {
      eventId: number,
      activityTaskScheduledEventAttributes: {
        activityType: { name: 'updateCluster' },
        input: { payloads: [{ data }] },
      },
    },
    { eventTime: { seconds: 0, nanos }, activityTaskCompletedEventAttributes: { scheduledEventId: number } },
  ] as unknown as HistoryEvent[];
}

function firstWrite(run: PlayedRun, member: string, request: string): MemberWrite {
  return run.writes.find((write) => write.member === member && write.request === request)!;
}

test('a run as it should be passes', () => {
  expect(violations(goodRun())).toEqual([]);
});

test('an attempt that is repeated and changes nothing passes', () => {
  const run = goodRun();
  const repeated = firstWrite(run, 'cluster-03', 'patch configmaps');
  run.writes.splice(run.writes.indexOf(repeated) + 1, 0, repeated);
  expect(violations(run)).toEqual([]);
});

test('an object that is changed twice is seen', () => {
  const run = goodRun();
  const changed = firstWrite(run, 'cluster-03', 'patch configmaps');
  run.writes.splice(run.writes.indexOf(changed) + 1, 0, { ...changed, version: '99' });
  expect(violations(run)).toEqual([expect.stringContaining('cluster-03 was changed by')]);
});

test('a write to a finished cluster is seen, even one that changes nothing', () => {
  const run = goodRun();
  run.writes.push({ ...firstWrite(run, 'cluster-03', 'patch configmaps'), time: 12 * step });
  expect(violations(run)).toEqual(['cluster-03 was finished, then written to again: patch configmaps.']);
});

test('a cluster that is skipped is seen', () => {
  const run = goodRun();
  run.writes = run.writes.filter(({ member }) => member !== 'cluster-12');
  run.events = run.events.slice(0, -4);
  expect(violations(run)).toEqual([
    expect.stringContaining('The clusters were taken up in the order'),
    'cluster-12 was changed by: .',
  ]);
});

test('a stage that begins too early is seen', () => {
  const run = goodRun();
  const early = run.writes.filter(({ member }) => member === 'cluster-03');
  const others = run.writes.filter(({ member }) => member !== 'cluster-03');
  run.writes = [...others.slice(0, 2), ...early, ...others.slice(2)];
  expect(violations(run)).toContain('cluster-03 was changed before cluster-01 of an earlier stage was done.');
});

test('a third cluster at once is seen where two are allowed', () => {
  const run = goodRun();
  const isOfStage = ({ member }: MemberWrite): boolean => ['cluster-03', 'cluster-04', 'cluster-05'].includes(member);
  const rank = (write: MemberWrite): number => (isOfStage(write) ? 250 + (write.time % step) : write.time);
  run.writes = run.writes.toSorted((one, other) => rank(one) - rank(other));
  expect(violations(run)).toContain('cluster-03, cluster-04, cluster-05 were in work at once.');
});

test('a boundary is found when its event comes', () => {
  const { events } = goodRun();
  const watch = new BoundaryWatch({ side: 'Completed', task: 3 });
  expect(events.map((event) => watch.isReachedWith(event)).indexOf(true)).toBe(4 + 4 + 1);
  expect(tasksIn(events)).toBe(order.length);
});

test('a sample is spread over the whole run, repeats with its seed and has nothing twice', () => {
  const sample = sampleBoundaries(27, 10, 7);
  const names = sample.map(describeBoundary);
  expect(new Set(names).size).toBe(10);
  expect(sampleBoundaries(27, 10, 7).map(describeBoundary)).toEqual(names);
  expect(sample[0]!.task).toBeLessThan(5);
  expect(sample.at(-1)!.task).toBeGreaterThan(23);
});

test('the time to the next cluster begins with the kill', () => {
  const run = { ...goodRun(), kill: { at: 7 * step + 1, deadAt: 7 * step + 2 } };
  const boundary = { side: 'Started', task: 1 } as const;
  expect(recoveryOf(boundary, run)).toMatchObject({ until: 'cluster', took: step - 1 });
  const last = { ...run, kill: { at: 11 * step + 1, deadAt: 11 * step + 2 } };
  expect(recoveryOf(boundary, last)).toMatchObject({ until: 'end', took: step - 1 });
  expect(recoveryOf(boundary, goodRun())).toBeUndefined();
});
