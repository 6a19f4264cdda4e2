import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { ClusterReport } from '../../../activities/members/index.ts';
import { ClusterReporter } from '../../../activities/members/reporter.ts';

const intervalMs = 2_000;
let sent: string[];
let fail: boolean;
let reporter: ClusterReporter;

beforeEach(() => {
  jest.useFakeTimers();
  sent = [];
  fail = false;
  const reportCluster = (report: ClusterReport): Promise<void> => {
    sent.push(report.reason);
    return fail ? Promise.reject(new Error('Temporal is away.')) : Promise.resolve();
  };
  const log = { info: () => undefined, warn: () => undefined };
  reporter = new ClusterReporter('member1', { reportCluster, log }, intervalMs);
});

afterEach(() => {
  jest.useRealTimers();
});

describe('what a waiting cluster says', () => {
  test('goes out at once, and once', async () => {
    reporter.report('away');
    reporter.report('away');
    expect(sent).toEqual(['away']);
    await jest.advanceTimersByTimeAsync(10 * intervalMs);
    expect(sent).toEqual(['away']);
  });

  test('is the last word where reasons change quickly', async () => {
    reporter.report('away');
    await jest.advanceTimersByTimeAsync(1);
    reporter.report('starting');
    reporter.report('rejected');
    await jest.advanceTimersByTimeAsync(intervalMs - 2);
    expect(sent).toEqual(['away']);
    await jest.advanceTimersByTimeAsync(1);
    expect(sent).toEqual(['away', 'rejected']);
  });

  test('is left unsaid when it is over before it could be said', async () => {
    reporter.report('away');
    await jest.advanceTimersByTimeAsync(1);
    reporter.report('starting');
    reporter.report('away');
    await jest.advanceTimersByTimeAsync(10 * intervalMs);
    expect(sent).toEqual(['away']);
  });

  test('is said again as long as nobody has heard it', async () => {
    fail = true;
    reporter.report('away');
    await jest.advanceTimersByTimeAsync(intervalMs);
    expect(sent).toEqual(['away', 'away']);
    fail = false;
    await jest.advanceTimersByTimeAsync(10 * intervalMs);
    expect(sent).toEqual(['away', 'away', 'away']);
  });
});

describe('at the end', () => {
  test('the workflow hears that a trouble is over, without delay', async () => {
    reporter.report('away');
    await jest.advanceTimersByTimeAsync(1);
    reporter.report('');
    await reporter.close();
    expect(sent).toEqual(['away', '']);
  });

  test('a trouble that nobody was told of is not mentioned', async () => {
    await reporter.close();
    expect(sent).toEqual([]);
  });

  test('a trouble that goes on stays as it was told, and nothing is sent afterwards', async () => {
    reporter.report('away');
    await reporter.close();
    reporter.report('starting');
    await jest.advanceTimersByTimeAsync(10 * intervalMs);
    expect(sent).toEqual(['away']);
  });

  test('a workflow that cannot be reached holds nobody up', async () => {
    reporter.report('away');
    await jest.advanceTimersByTimeAsync(1);
    fail = true;
    reporter.report('');
    await expect(reporter.close()).resolves.toBeUndefined();
  });
});

test('silence is reported while it lasts', async () => {
  const answer = Promise.withResolvers<string>();
  const waiting = reporter.awaitAnswer(answer.promise, 700);
  await jest.advanceTimersByTimeAsync(699);
  expect(sent).toEqual([]);
  await jest.advanceTimersByTimeAsync(1);
  expect(sent).toEqual(['Cluster member1 cannot be reached (no answer yet).']);
  answer.resolve('here');
  expect(await waiting).toBe('here');
  await jest.advanceTimersByTimeAsync(intervalMs);
  expect(sent.at(-1)).toBe('');
});
