/** What a worker gives back that was killed before: its own activities, and nobody else's. */
import { expect, test } from '@jest/globals';
import type { NativeConnection } from '@temporalio/worker';
import { pino } from 'pino';
import { giveBackActivities, isSameWorker, processIdentity } from '../../../worker/predecessor.ts';

const own = processIdentity('host/127.0.0.1:9464', new Date(2_000));
const before = processIdentity('host/127.0.0.1:9464', new Date(1_000));
const other = processIdentity('host/127.0.0.1:9465', new Date(1_000));
const log = pino({ level: 'silent' });
const scheduled = 1;
const started = 2;

/** Runs with what Temporal says of their activities; each page of the list holds one run. */
function temporalWith(runs: Record<string, { activityId: string; state: number; lastWorkerIdentity?: string }[]>) {
  const names = Object.keys(runs);
  const givenBack: string[] = [];
  const workflowService = {
    listWorkflowExecutions: ({ nextPageToken }: { nextPageToken: Uint8Array }) => {
      const index = nextPageToken[0] ?? 0;
      const executions = names
        .slice(index, index + 1)
        .map((workflowId) => ({ execution: { workflowId, runId: 'run' } }));
      const next = index + 1 < names.length ? Uint8Array.of(index + 1) : new Uint8Array();
      return Promise.resolve({ executions, nextPageToken: next });
    },
    describeWorkflowExecution: ({ execution }: { execution: { workflowId: string } }) =>
      Promise.resolve({ pendingActivities: runs[execution.workflowId] }),
    respondActivityTaskFailedById: ({ workflowId, activityId }: { workflowId: string; activityId: string }) => {
      if (activityId === 'gone') return Promise.reject(new Error('not found'));
      givenBack.push(`${workflowId} ${activityId}`);
      return Promise.resolve({});
    },
  };
  return { connection: { workflowService } as unknown as NativeConnection, givenBack };
}

test('a process knows the earlier ones under its name', () => {
  expect(isSameWorker(own, before)).toBe(true);
  expect(isSameWorker(own, own)).toBe(false);
  expect(isSameWorker(own, other)).toBe(false);
  expect(isSameWorker(own, '')).toBe(false);
  expect(isSameWorker('host', 'elsewhere')).toBe(false);
});

test('activities that the killed process held are given back, in every run', async () => {
  const { connection, givenBack } = temporalWith({
    one: [
      { activityId: '1', state: started, lastWorkerIdentity: before },
      { activityId: '2', state: started, lastWorkerIdentity: own },
      { activityId: '3', state: started, lastWorkerIdentity: other },
      { activityId: '4', state: scheduled, lastWorkerIdentity: before },
      { activityId: '5', state: scheduled },
    ],
    two: [{ activityId: '6', state: started, lastWorkerIdentity: before }],
  });
  await giveBackActivities(connection, 'default', own, log);
  expect(givenBack).toEqual(['one 1', 'two 6']);
});

test('what cannot be given back keeps nothing from being so', async () => {
  const { connection, givenBack } = temporalWith({
    one: [
      { activityId: 'gone', state: started, lastWorkerIdentity: before },
      { activityId: '1', state: started, lastWorkerIdentity: before },
    ],
    two: [{ activityId: '2', state: started, lastWorkerIdentity: before }],
  });
  await giveBackActivities(connection, 'default', own, log);
  expect(givenBack.sort()).toEqual(['one 1', 'two 2']);
});
