/** An activity on the hub says that it lives for as long as it runs, if anybody listens. */
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Context } from '@temporalio/activity';
import { beatingInterceptor } from '../../../worker/beatingInterceptor.ts';

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

function running(heartbeatTimeoutMs: number | undefined) {
  const heartbeat = jest.fn();
  const work = Promise.withResolvers<string>();
  const context = { info: { heartbeatTimeoutMs }, heartbeat } as unknown as Context;
  const answer = beatingInterceptor(context).inbound?.execute?.({ args: [], headers: {} }, () => work.promise);
  return { heartbeat, work, answer };
}

test('it beats until the activity has ended', async () => {
  const { heartbeat, work, answer } = running(5_000);
  jest.advanceTimersByTime(3_000);
  expect(heartbeat).toHaveBeenCalledTimes(3);
  work.resolve('done');
  expect(await answer).toBe('done');
  jest.advanceTimersByTime(3_000);
  expect(heartbeat).toHaveBeenCalledTimes(3);
});

test('it stops when the activity fails', async () => {
  const { heartbeat, work, answer } = running(5_000);
  work.reject(new Error('no'));
  await expect(answer).rejects.toThrow('no');
  jest.advanceTimersByTime(3_000);
  expect(heartbeat).not.toHaveBeenCalled();
});

test('an activity without a heartbeat timeout is left alone', () => {
  const { heartbeat } = running(undefined);
  jest.advanceTimersByTime(3_000);
  expect(heartbeat).not.toHaveBeenCalled();
});
