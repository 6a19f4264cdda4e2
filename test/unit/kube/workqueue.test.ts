import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { WorkQueue } from '../../../kube/workqueue.ts';
import type { WorkQueueOptions } from '../../../kube/workqueue.ts';

let queue: WorkQueue;

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  // Runs that a test holds never end, so nobody waits for them.
  void queue.stop();
  jest.useRealTimers();
});

/** A queue whose runs end when the test says so. */
function held(options: Partial<WorkQueueOptions> = {}) {
  const runs: { key: string; end(result?: { requeueAfterMs: number }): void; fail(error: Error): void }[] = [];
  queue = new WorkQueue({
    concurrency: 10,
    process: (key) => new Promise((end, fail) => runs.push({ key, end, fail })),
    onError: () => undefined,
    ...options,
  });
  return runs;
}

const keysOf = (runs: { key: string }[]) => runs.map(({ key }) => key);
const settle = () => jest.advanceTimersByTimeAsync(0);

describe('adding', () => {
  test('a key that waits is processed once, however often it was added', async () => {
    const runs = held({ concurrency: 1 });
    queue.add('first');
    queue.add('a');
    queue.add('b');
    queue.add('a');
    expect(keysOf(runs)).toEqual(['first']);
    for (let position = 0; position < 3; position++) {
      runs[position]?.end();
      await settle();
    }
    expect(keysOf(runs)).toEqual(['first', 'a', 'b']);
  });

  test('a key that is being processed never runs beside itself, but once more afterwards', async () => {
    const runs = held();
    queue.add('a');
    queue.add('a');
    queue.add('a');
    queue.add('b');
    expect(keysOf(runs)).toEqual(['a', 'b']);
    runs[0]?.end();
    await settle();
    expect(keysOf(runs)).toEqual(['a', 'b', 'a']);
    runs[2]?.end();
    await settle();
    expect(runs).toHaveLength(3);
  });

  test('a busy key does not hold up the others', () => {
    const runs = held({ concurrency: 2 });
    queue.add('a');
    queue.add('a');
    queue.add('b');
    expect(keysOf(runs)).toEqual(['a', 'b']);
  });

  test('no more keys run at a time than allowed', async () => {
    const runs = held({ concurrency: 2 });
    for (const key of ['a', 'b', 'c', 'd']) {
      queue.add(key);
    }
    expect(runs).toHaveLength(2);
    runs[0]?.end();
    await settle();
    expect(keysOf(runs)).toEqual(['a', 'b', 'c']);
  });
});

describe('delays', () => {
  test('the shortest delay of a key counts', async () => {
    const runs = held();
    queue.addAfter('a', 1000);
    queue.addAfter('a', 100);
    queue.addAfter('a', 500);
    await jest.advanceTimersByTimeAsync(99);
    expect(runs).toHaveLength(0);
    await jest.advanceTimersByTimeAsync(1);
    expect(runs).toHaveLength(1);
    runs[0]?.end();
    await jest.advanceTimersByTimeAsync(2000);
    expect(runs).toHaveLength(1);
  });

  test('a run may ask for the next one', async () => {
    const runs = held();
    queue.add('a');
    runs[0]?.end({ requeueAfterMs: 300 });
    await jest.advanceTimersByTimeAsync(299);
    expect(runs).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(runs).toHaveLength(2);
  });
});

describe('failures', () => {
  test('are retried after growing delays, counted, and forgotten after a success', async () => {
    const attempts: number[] = [];
    const runs = held({
      firstRetryMs: 100,
      maxRetryMs: 1000,
      onError: (_key, _error, attempt) => attempts.push(attempt),
    });
    queue.add('a');
    const delays: number[] = [];
    for (let round = 0; round < 6; round++) {
      runs.at(-1)?.fail(new Error('no'));
      const before = Date.now();
      const count = runs.length;
      while (runs.length === count) {
        await jest.advanceTimersByTimeAsync(1);
      }
      delays.push(Date.now() - before);
    }
    expect(attempts).toEqual([1, 2, 3, 4, 5, 6]);
    [100, 200, 400, 800, 1000, 1000].forEach((full, round) => {
      expect(delays[round]).toBeGreaterThanOrEqual(full / 2);
      expect(delays[round]).toBeLessThanOrEqual(full + 1);
    });
    runs.at(-1)?.end();
    await settle();
    queue.add('a');
    runs.at(-1)?.fail(new Error('no'));
    await settle();
    expect(attempts.at(-1)).toBe(1);
  });

  test('an event does not wait for the retry', async () => {
    const runs = held({ firstRetryMs: 10_000 });
    queue.add('a');
    runs[0]?.fail(new Error('no'));
    await settle();
    queue.add('a');
    expect(runs).toHaveLength(2);
  });
});

test('says how much there is to do, and has been done', async () => {
  const runs = held({ concurrency: 1 });
  queue.add('a');
  queue.add('b');
  queue.add('a');
  queue.addAfter('c', 60_000);
  expect([queue.depth, queue.processed]).toEqual([2, 0]);
  runs[0]?.end();
  await settle();
  expect([queue.depth, queue.processed]).toEqual([2, 1]);
  runs[1]?.end();
  await settle();
  runs[2]?.end();
  await settle();
  expect([queue.depth, queue.processed]).toEqual([0, 3]);
});

describe('idle and stop', () => {
  test('idle waits for what runs and what waits, not for delayed keys', async () => {
    const runs = held({ concurrency: 1 });
    await queue.idle();
    queue.add('a');
    queue.add('b');
    queue.addAfter('c', 60_000);
    let idle = false;
    void queue.idle().then(() => (idle = true));
    runs[0]?.end();
    await settle();
    expect(idle).toBe(false);
    runs[1]?.end();
    await settle();
    expect(idle).toBe(true);
  });

  test('stop lets what runs end, tells it, and starts nothing more', async () => {
    const signals: AbortSignal[] = [];
    let end = (): void => undefined;
    queue = new WorkQueue({
      concurrency: 1,
      process: (_key, signal) => {
        signals.push(signal);
        return new Promise<void>((resolve) => (end = resolve));
      },
      onError: () => undefined,
    });
    queue.add('a');
    queue.add('b');
    queue.addAfter('c', 10);
    let stopped = false;
    void queue.stop().then(() => (stopped = true));
    expect(signals[0]?.aborted).toBe(true);
    await settle();
    expect(stopped).toBe(false);
    end();
    queue.add('d');
    queue.addAfter('e', 1);
    await jest.advanceTimersByTimeAsync(100);
    expect(stopped).toBe(true);
    expect(signals).toHaveLength(1);
    expect(jest.getTimerCount()).toBe(0);
  });
});
