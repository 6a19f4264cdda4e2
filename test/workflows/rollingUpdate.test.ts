import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import type { RolloutView } from '../../domain/rollouts/view.ts';
import { hubChangedSignal, rolloutStatusQuery } from '../../workflows/messages.ts';
import { WorkflowTestServer } from './environment.ts';
import { RolloutHub } from './model/rolloutHub.ts';

let server: WorkflowTestServer;
beforeAll(async () => {
  server = await WorkflowTestServer.start();
});
afterAll(() => server.stop());

const [first, second, third] = ['member001', 'member002', 'member003'] as const;
const oneByOne = { maxUnavailable: 1, maxSurge: 0, unavailablePeriodSeconds: 0 };

async function rollOut(hub: RolloutHub): Promise<void> {
  const rollout = await server.startRollout(hub.placement);
  await rollout.result();
}

function hint(rollout: WorkflowHandle, { placement }: RolloutHub): Promise<void> {
  const { name, uid } = placement;
  return rollout.signal(hubChangedSignal, { kind: 'ClusterResourcePlacement', name, uid });
}

function status(rollout: WorkflowHandle): Promise<RolloutView> {
  return rollout.query(rolloutStatusQuery);
}

/** The view once it is as wanted: a signal that has been sent may not have been seen yet. */
async function statusBecomes(rollout: WorkflowHandle, wanted: (view: RolloutView) => boolean): Promise<RolloutView> {
  for (;;) {
    const view = await status(rollout);
    if (wanted(view)) return view;
  }
}

describe('the pace', () => {
  test('a first placement waits for nothing, a change keeps the period between its clusters', async () => {
    const hub = new RolloutHub('paced', 3);
    hub.pause = 'always';
    hub.settings = { maxUnavailable: 1, unavailablePeriodSeconds: 60 };
    await server.withWorkers(hub.fakes, async () => {
      await rollOut(hub);
      const [one, , last] = hub.starts.map(({ at }) => at);
      expect((last ?? Infinity) - (one ?? 0)).toBeLessThan(60_000);
      hub.starts.length = 0;
      hub.snapshot = 1;
      await rollOut(hub);
    });
    expect(hub.starts.map(({ cluster }) => cluster)).toEqual([first, second, third]);
    const [one = 0, two = 0, three = 0] = hub.starts.map(({ at }) => at);
    expect(two - one).toBeGreaterThanOrEqual(60_000);
    expect(three - two).toBeGreaterThanOrEqual(60_000);
    expect(three - one).toBeLessThan(180_000);
  });

  test('who waits says why, and until when', async () => {
    const hub = new RolloutHub('explained', 3);
    hub.pause = 'always';
    hub.settings = oneByOne;
    hub.snapshot = 1;
    await server.withWorkers(hub.fakes, async () => {
      await rollOut(hub);
      hub.snapshot = 2;
      hub.holding.add(first);
      const rollout = await server.startRollout(hub.placement);
      await hub.becomes(() => hub.held.has(first));
      const view = await statusBecomes(rollout, ({ waiting }) => waiting.length === 2);
      expect(view).toMatchObject({
        mode: 'rollingUpdate',
        resourceSnapshotIndex: '2',
        desired: 3,
        done: 0,
        working: [{ cluster: first, does: 'update' }],
        waiting: [
          { cluster: second, reason: 'budget', ends: 'cluster' },
          { cluster: third, reason: 'budget', ends: 'cluster' },
        ],
      });
      const { currentDetails } = await rollout.query<{ currentDetails: string }>('__temporal_workflow_metadata');
      expect(currentDetails).toBe(
        [
          '**Rolling out**: placement explained, resource snapshot 2, 0 of 3 clusters have it.',
          `In work:\n- ${first}: update`,
          `Waiting:\n- ${second}, ${third}: 2 clusters are available, of 3 wanted, and maxUnavailable asks for more than 2 before one more is taken; it goes on when one in work is done.`,
        ].join('\n\n'),
      );
      hub.finish(first);
      await rollout.result();
    });
  });
});

test('the worker that takes over takes up what is in work, and nothing twice at a time', async () => {
  const hub = new RolloutHub('taken-over', 3);
  hub.settings = oneByOne;
  await server.withWorkers(hub.fakes, () => rollOut(hub));
  hub.starts.length = 0;
  hub.snapshot = 1;
  hub.holding.add(second);
  const rollout = await server.startRollout(hub.placement);
  await server.withWorkers(hub.fakes, () => hub.becomes(() => hub.held.has(second)));
  hub.holding.delete(second);
  await server.withWorkers(hub.fakes, () => rollout.result());
  expect(hub.starts.map(({ cluster }) => cluster)).toEqual([first, second, second, third]);
});

test('continues as new with what is in work', async () => {
  const clusters = 120;
  const hub = new RolloutHub('long', clusters);
  await server.withWorkers(hub.fakes, async () => {
    await rollOut(hub);
    hub.starts.length = 0;
    hub.snapshot = 1;
    hub.settings = { maxUnavailable: 7, unavailablePeriodSeconds: 0 };
    const rollout = await server.startRollout(hub.placement);
    const { runId } = await rollout.describe();
    await rollout.result();
    const { runId: last } = await server.client.workflow.getHandle(rollout.workflowId).describe();
    expect(last).not.toBe(runId);
  });
  const touched = new Set(hub.starts.map(({ cluster }) => cluster));
  expect(touched.size).toBe(clusters);
  expect(hub.starts).toHaveLength(clusters);
});

test('runs that are given the rollout find nothing in flight: what has begun comes to its end first', async () => {
  const hub = new RolloutHub('handed-over', 3);
  hub.settings = oneByOne;
  await server.withWorkers(hub.fakes, async () => {
    await rollOut(hub);
    hub.starts.length = 0;
    hub.snapshot = 1;
    hub.holding.add(first);
    const rollout = await server.startRollout(hub.placement);
    await hub.becomes(() => hub.held.has(first));
    hub.isExternal = true;
    await hint(rollout, hub);
    const view = await statusBecomes(rollout, ({ mode }) => mode === 'external');
    expect(view.working).toEqual([{ cluster: first, does: 'update' }]);
    expect(view.waiting.map(({ cluster, reason }) => `${cluster} ${reason}`)).toEqual([
      `${second} external`,
      `${third} external`,
    ]);
    hub.finish(first);
    await rollout.result();
  });
  expect(hub.starts.map(({ cluster }) => cluster)).toEqual([first]);
});

test('a fix goes to the cluster that fails first, and stops what was tried there', async () => {
  const hub = new RolloutHub('fixed', 3);
  hub.settings = oneByOne;
  await server.withWorkers(hub.fakes, async () => {
    await rollOut(hub);
    hub.starts.length = 0;
    hub.snapshot = 1;
    hub.holding.add(second);
    const rollout = await server.startRollout(hub.placement);
    await hub.becomes(() => hub.held.has(second));
    hub.reportTrouble(second, true, Date.now());
    hub.holding.delete(second);
    hub.snapshot = 2;
    await hint(rollout, hub);
    await rollout.result();
  });
  expect(hub.starts.map(({ cluster, index }) => `${cluster} ${index}`)).toEqual([
    `${first} 1`,
    `${second} 1`,
    `${second} 2`,
    `${first} 2`,
    `${third} 2`,
  ]);
  expect(hub.overlaps).toEqual([]);
});

test('clusters that are not chosen any more lose their copies, and a deleted placement all of them', async () => {
  const hub = new RolloutHub('shrinking', 3);
  hub.settings = oneByOne;
  await server.withWorkers(hub.fakes, async () => {
    await rollOut(hub);
    hub.deselect(second);
    await rollOut(hub);
    expect(hub.removed).toEqual([second]);
    hub.isDeleted = true;
    await rollOut(hub);
    expect(hub.removed.toSorted()).toEqual([first, second, third]);
  });
});

test('a placement that is deleted and made again gets a rolling update of its own', async () => {
  const hub = new RolloutHub('again', 1);
  hub.holding.add(first);
  await server.withWorkers(hub.fakes, async () => {
    const rollout = await server.startRollout(hub.placement);
    await hub.becomes(() => hub.held.has(first));
    hub.placement.uid = 'uid-of-the-next';
    hub.holding.clear();
    await hint(rollout, hub);
    await rollout.result();
  });
  expect(hub.starts).toHaveLength(2);
});

test('an input that does not fit the workflow id is refused with a sentence', async () => {
  await server.withWorkers(new RolloutHub('refused', 0).fakes, async () => {
    const { client } = server;
    const rollout = await client.workflow.start('rollingUpdate', {
      taskQueue: 'flotilla',
      workflowId: 'crp/other',
      args: [{ name: 'web', namespace: 'team' }],
    });
    await expect(rollout.result()).rejects.toMatchObject({
      cause: {
        message:
          'The input must hold the uid of the placement. The workflow id for placement team/web must be rp/team/web, not crp/other.',
      },
    });
  });
});
