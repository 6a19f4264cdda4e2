import { describe, expect, test } from '@jest/globals';
import { rolloutSteps } from '../../../../api/conditions.ts';
import { runConditions, stageConditions, taskConditions } from '../../../../api/runConditions.ts';
import { isRolledOut, placementLines } from '../../../../cli/rollout/placementLines.ts';
import { runEnd, runLines } from '../../../../cli/rollout/runLines.ts';
import { tellChanges } from '../../../../cli/rollout/teller.ts';
import { stateOfLease } from '../../../../cli/workerLease.ts';
import { condition, now, nowMs, placement } from '../../domain/objects.ts';
import { at, cluster, run, status, waitingStatus } from '../why/objects.ts';

function texts(of: ReturnType<typeof run>): string[] {
  return runLines(of).flatMap(({ text }) => (text === '' ? [] : [text]));
}

describe('runLines', () => {
  test('before there is a plan', () => {
    expect(texts(run({}))).toEqual(['Waiting for csur/web-1 to be planned: no worker has taken it up yet']);
    const waiting = at(runConditions.initializationWaiting('Placement web has not been scheduled yet.'));
    expect(texts(run({ conditions: [waiting] }))).toEqual([
      'Waiting for csur/web-1 to be planned: Placement web has not been scheduled yet.',
    ]);
  });

  test('under way: each stage that has begun, and who is in work', () => {
    expect(texts(run())).toEqual([
      'csur/web-1 brings revision 3 of crp/web to 3 clusters in 2 stages',
      'stage staging: 1 of 1 cluster updated, completed',
      'stage canary: 0 of 2 clusters updated, member3 in work',
    ]);
  });

  test('trouble, paused, planned only, being deleted', () => {
    const last = (of: ReturnType<typeof run>, lines: number): string[] => texts(of).slice(-lines);
    const hindered = runConditions.hindered('member3', 'canary', 'Cluster member3 cannot be reached.', 0);
    expect(last(run(status({}, hindered)), 3)).toEqual([
      hindered.message,
      'next: flotilla why csur/web-1',
      'next: flotilla rollout undo crp/web',
    ]);
    expect(last(run(status({}, runConditions.stopped())), 2)).toEqual([
      'csur/web-1 is paused',
      'next: flotilla rollout resume csur/web-1',
    ]);
    const { conditions = [] } = status();
    const planned = run({ ...status(), conditions: conditions.slice(0, 1) }, { state: 'Initialize' });
    expect(last(planned, 2)).toEqual(['csur/web-1 is only planned', 'next: flotilla rollout resume csur/web-1']);
    expect(last(run(status(), { deletionTimestamp: now }), 1)).toEqual([
      'csur/web-1 is being deleted; what has been rolled out stays',
    ]);
  });

  test('waits: until when, and the command that approves, in a namespace too', () => {
    const created = at(taskConditions.approvalRequestCreated({}, 'after'));
    const tasks = [{ type: 'TimedWait' as const }, { type: 'Approval' as const, conditions: [created] }];
    const waiting = run(waitingStatus(tasks), { namespace: 'shop' });
    expect(texts(waiting).slice(-2)).toEqual([
      'stage canary: 2 of 2 clusters updated, waiting until 2025-07-22T21:31:00Z (1m0s) and for an approval',
      'next: flotilla approve web-1 canary -n shop',
    ]);
  });

  test('removal', () => {
    const removing = {
      ...status(),
      deletionStageStatus: {
        stageName: 'delete',
        clusters: [cluster('member9')],
        conditions: [at(stageConditions.started())],
      },
    };
    expect(texts(run(removing))).toContain('removal: gone from 0 of 1 cluster');
  });

  test('its end', () => {
    expect(runEnd(run())).toBeUndefined();
    expect(runEnd(run({ conditions: [at(runConditions.succeeded())] }))).toEqual({
      succeeded: true,
      text: 'csur/web-1 successfully rolled out',
    });
    expect(runEnd(run({ conditions: [at(runConditions.initializationFailed('There is no placement.'))] }))).toEqual({
      succeeded: false,
      text: 'csur/web-1 failed: There is no placement.',
      next: ['flotilla why csur/web-1'],
    });
  });
});

test('tellChanges says each line once, on one line, and again when it comes back', () => {
  const said: string[] = [];
  const tell = tellChanges((line) => said.push(line));
  for (const text of ['one', 'one', 'two\n  lines', '', 'one']) tell([{ subject: 'stage', text }]);
  expect(said).toEqual(['one', 'two lines', 'one']);
});

describe('placementLines', () => {
  const scheduled = condition('ClusterResourcePlacementScheduled', 'True');

  test('not scheduled, or not as it is now', () => {
    expect(placementLines(placement())[0]?.text).toContain('no worker has looked at it since it was changed');
    const refused = { ...scheduled, status: 'False' as const, message: 'The selectors are wrong.' };
    expect(placementLines(placement({ status: { conditions: [refused] } }))[0]?.text).toBe(
      'Waiting for crp/example-placement to be scheduled: The selectors are wrong.',
    );
  });

  test('counts clusters, and names the object that holds one', () => {
    const failed = {
      version: 'v1',
      kind: 'Service',
      name: 'gate',
      namespace: 'shop',
      condition: condition('Available', 'False', { message: 'Not yet.' }),
    };
    const placementStatuses = [
      { clusterName: 'member1', conditions: [condition('Applied', 'True'), condition('Available', 'True')] },
      {
        clusterName: 'member2',
        failedPlacements: [failed],
        conditions: [condition('Applied', 'True'), condition('Available', 'False')],
      },
    ];
    const lines = placementLines(placement({ status: { conditions: [scheduled], placementStatuses } }));
    expect(lines.map(({ text }) => text)).toEqual([
      'Waiting for crp/example-placement to be rolled out: 2 of 2 clusters updated, 1 available',
      '',
      'cluster member2: Service shop/gate: Not yet.',
    ]);
  });

  test('rolled out when every step is true for what is asked now', () => {
    const conditions = ['Scheduled', ...rolloutSteps].map((step) =>
      condition(`ClusterResourcePlacement${step}`, 'True'),
    );
    expect(isRolledOut(placement({ status: { conditions } }))).toBe(true);
    expect(isRolledOut(placement({ status: { conditions: conditions.slice(1) } }))).toBe(false);
    const changed = placement({ status: { conditions } });
    changed.metadata = { ...changed.metadata, generation: 2 };
    expect(isRolledOut(changed)).toBe(false);
  });
});

test('stateOfLease: renewed, expired, given back, never there', () => {
  const lease = (holderIdentity: string) => ({ spec: { holderIdentity, leaseDurationSeconds: 5, renewTime: now } });
  expect(stateOfLease(lease('worker'), nowMs + 9_000)).toEqual({ state: 'running' });
  expect(stateOfLease(lease('worker'), nowMs + 11_000)).toEqual({ state: 'missing', since: now });
  expect(stateOfLease(lease(''), nowMs)).toEqual({ state: 'missing', since: now });
  expect(stateOfLease(undefined, nowMs)).toEqual({ state: 'missing' });
});

test('stateOfLease: since when a worker runs', () => {
  const acquireTime = '2025-07-22T20:00:00.000000Z';
  const spec = { holderIdentity: 'worker', leaseDurationSeconds: 5, acquireTime, renewTime: now };
  expect(stateOfLease({ spec }, nowMs)).toEqual({ state: 'running', since: acquireTime });
});
