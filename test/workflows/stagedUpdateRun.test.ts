import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { WorkflowFailedError } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { searchAttributeNames } from '../../api/temporal.ts';
import type { BeginResult, WriteStatusInput } from '../../activities/runs/types.ts';
import type { RunPlan } from '../../domain/runs/plan.ts';
import type { RunProgress } from '../../domain/runs/progress.ts';
import { approveSignal, pauseSignal, approveUpdate, hubChangedSignal, statusQuery } from '../../workflows/messages.ts';
import { WorkflowTestServer, type FakeActivities } from './environment.ts';

let server: WorkflowTestServer;
beforeAll(async () => {
  server = await WorkflowTestServer.start();
});
afterAll(() => server.stop());

let runs = 0;

/** The tutorial's plan under a name of its own. */
function tutorialPlan(): RunPlan {
  runs += 1;
  const name = `run-${String(runs)}`;
  const cluster = (member: string) => ({ name: member, binding: `binding-${member}` });
  return {
    run: { name, uid: `uid-${name}`, createdAt: '2026-01-01T00:00:00Z', generation: 1 },
    placement: { name: 'placement', uid: 'placement-uid' },
    resourceSnapshot: { index: '1', name: 'placement-1-snapshot', requestedIndex: '1' },
    stages: [
      {
        name: 'staging',
        clusters: [cluster('member2')],
        maxConcurrency: 1,
        beforeTasks: [],
        afterTasks: [{ type: 'TimedWait', waitMs: 3_600_000 }],
      },
      {
        name: 'canary',
        clusters: [cluster('member3'), cluster('member1')],
        maxConcurrency: 1,
        beforeTasks: [],
        afterTasks: [{ type: 'Approval', request: `${name}-canary` }],
      },
    ],
    stuckAfterMs: 300_000,
    removals: [cluster('member4')],
  };
}

/** Fakes in which everything goes well, and what they were called with. */
function fakesFor(plan: RunPlan): { fakes: FakeActivities; touched: string[]; statuses: WriteStatusInput[] } {
  const touched: string[] = [];
  const statuses: WriteStatusInput[] = [];
  const ready: BeginResult = { outcome: 'ready', uid: plan.run.uid, plan, requested: 'Run', searchAttributes: true };
  return {
    touched,
    statuses,
    fakes: {
      beginRun: () => Promise.resolve(ready),
      writeStatus: (input) => {
        statuses.push(input);
        return Promise.resolve({ gone: false });
      },
      requestApproval: () => Promise.resolve({ outcome: 'pending' }),
      acceptApproval: ({ approval }) => Promise.resolve({ outcome: approval === undefined ? 'pending' : 'accepted' }),
      reviewRun: () => Promise.resolve({ outcome: 'fits', requested: 'Run' }),
      requestState: () => Promise.resolve(),
      updateCluster: ({ cluster }) => {
        touched.push(cluster);
        return Promise.resolve({ result: 'updated', changed: true });
      },
      removeCluster: ({ cluster }) => {
        touched.push(`-${cluster}`);
        return Promise.resolve({ result: 'updated', changed: true });
      },
    },
  };
}

async function failureOf(result: Promise<unknown>): Promise<string> {
  const error = await result.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof WorkflowFailedError)) throw new Error(`The workflow did not fail: ${String(error)}`);
  return error.cause?.message ?? '';
}

describe('a run', () => {
  test('goes through stages, wait, approval by signal, and removals, and shows all of it', async () => {
    const plan = tutorialPlan();
    const { fakes, touched, statuses } = fakesFor(plan);
    await server.withWorkers(fakes, async () => {
      const run = await server.startRun({ name: plan.run.name, uid: plan.run.uid });
      // Early: the stage has not asked yet. It is kept.
      await run.signal(approveSignal, { stage: 'canary', by: 'ana', comment: 'lgtm' });
      await expect(run.result()).resolves.toEqual({ message: 'All stages are completed' });
      const view = await run.query(statusQuery);
      expect(view.phase).toBe('Succeeded');
      expect(view.stages.map((stage) => stage.state)).toEqual(['succeeded', 'succeeded']);
      const { typedSearchAttributes: found } = await run.describe();
      const attribute = (key: string) => found.get(defineSearchAttributeKey(key, SearchAttributeType.KEYWORD));
      expect(attribute(searchAttributeNames.phase)).toBe('Succeeded');
      expect(attribute(searchAttributeNames.placement)).toBe('placement');
    });
    expect(touched).toEqual(['member2', 'member3', 'member1', '-member4']);
    const last = statuses.at(-1)?.progress;
    const staging = last?.stages[0];
    expect(last?.outcome?.result).toBe('succeeded');
    expect((staging?.tasks[0]?.doneAt ?? 0) - (staging?.updatedAt ?? 0)).toBe(3_600_000);
  });

  test('that is asked to stop before it has a plan says so with the plan, so that nothing starts', async () => {
    const plan = tutorialPlan();
    const { fakes, touched } = fakesFor(plan);
    const asked: unknown[] = [];
    const begun = Promise.withResolvers<undefined>();
    const plain = fakes.beginRun;
    fakes.beginRun = async (input) => {
      asked.push(input.asked);
      const result = await plain(input);
      if (result.outcome !== 'ready') throw new Error('The fake has no plan.');
      begun.resolve(undefined);
      return { ...result, requested: 'Stop' };
    };
    fakes.reviewRun = () => Promise.resolve({ outcome: 'fits', requested: 'Stop' });
    const run = await server.startRun({ name: plan.run.name, uid: plan.run.uid });
    await run.signal(pauseSignal);
    await server.withWorkers(fakes, async () => {
      await begun.promise;
      expect((await run.query(statusQuery)).phase).toBe('Stopped');
      await run.terminate();
    });
    expect(asked).toEqual(['Stop']);
    expect(touched).toEqual([]);
  });

  test('goes on when the approval is found on the hub', async () => {
    const plan = tutorialPlan();
    const { fakes } = fakesFor(plan);
    let requested: (name: string) => void = () => undefined;
    const request = new Promise<string>((resolve) => (requested = resolve));
    let approved = false;
    fakes.requestApproval = (input) => {
      requested(input.request);
      return Promise.resolve({ outcome: 'pending' });
    };
    fakes.acceptApproval = () => Promise.resolve({ outcome: approved ? 'accepted' : 'pending' });
    await server.withWorkers(fakes, async () => {
      const run = await server.startRun({ name: plan.run.name, uid: plan.run.uid });
      const name = await request;
      // A hint without an approval behind it changes nothing.
      await run.signal(hubChangedSignal, { kind: 'ClusterApprovalRequest', name, uid: 'u' });
      approved = true;
      await run.signal(hubChangedSignal, { kind: 'ClusterApprovalRequest', name, uid: 'u' });
      await expect(run.result()).resolves.toMatchObject({ message: 'All stages are completed' });
    });
  });

  test('makes the request again when somebody deletes it', async () => {
    const plan = tutorialPlan();
    const { fakes } = fakesFor(plan);
    const outcomes = ['missing', 'accepted'] as const;
    let made = 0;
    fakes.requestApproval = () => {
      made += 1;
      return Promise.resolve({ outcome: 'approved' });
    };
    fakes.acceptApproval = () => Promise.resolve({ outcome: outcomes[made - 1] ?? 'accepted' });
    await server.withWorkers(fakes, async () => {
      const run = await server.startRun({ name: plan.run.name, uid: plan.run.uid });
      await run.result();
    });
    expect(made).toBe(2);
  });

  test('answers an approval that comes as an update, and refuses one for a wrong stage', async () => {
    const plan = tutorialPlan();
    const { fakes } = fakesFor(plan);
    await server.withWorkers(fakes, async () => {
      const run = await server.startRun({ name: plan.run.name, uid: plan.run.uid });
      const wrong = run.executeUpdate(approveUpdate, { args: [{ stage: 'production' }] });
      await expect(wrong).rejects.toMatchObject({
        cause: { message: expect.stringContaining('Stages that take an approval: canary.') as unknown as string },
      });
      const answer = await run.executeUpdate(approveUpdate, { args: [{ stage: 'canary', by: 'ana' }] });
      expect(answer.message).toMatch(/^(Stage canary is approved|The approval is kept until stage canary asks)/);
      await run.result();
    });
  });

  test('ignores signals that fit nothing, and says so', async () => {
    const plan = tutorialPlan();
    const { fakes } = fakesFor(plan);
    await server.withWorkers(fakes, async () => {
      const run = await server.startRun({ name: plan.run.name, uid: plan.run.uid });
      await run.signal('approve', 'canary');
      await run.signal(approveSignal, { stage: 'production' });
      await run.signal(approveSignal, { stage: 'canary' });
      await run.result();
      const metadata = await run.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
      expect(metadata.currentDetails).toContain('has no stage "production"');
      expect(metadata.currentDetails).toContain('An approval must be an object');
    });
  });

  test('waits for its placement to be scheduled, and looks again when told', async () => {
    const plan = tutorialPlan();
    plan.stages = plan.stages.slice(0, 1);
    const { fakes } = fakesFor(plan);
    const ready = fakes.beginRun;
    let asked = 0;
    fakes.beginRun = (input) => {
      asked += 1;
      const waiting: BeginResult = { outcome: 'waiting', uid: plan.run.uid, message: 'not scheduled yet' };
      return asked === 1 ? Promise.resolve(waiting) : ready(input);
    };
    await server.withWorkers(fakes, async () => {
      const run = await server.startRun({ name: plan.run.name, uid: plan.run.uid });
      expect(await run.query(statusQuery)).toMatchObject({ phase: 'Initializing' });
      await run.signal(hubChangedSignal, { kind: 'ClusterResourcePlacement', name: 'placement', uid: 'u' });
      await run.result();
    });
    expect(asked).toBe(2);
  });

  test('gives up waiting for a snapshot that does not come', async () => {
    const plan = tutorialPlan();
    const { fakes } = fakesFor(plan);
    fakes.beginRun = ({ lastCall }) =>
      Promise.resolve<BeginResult>(
        lastCall === true
          ? { outcome: 'refused', message: 'there is no such snapshot' }
          : { outcome: 'waiting', uid: plan.run.uid, message: 'not taken yet', giveUpAfterMs: 20_000 },
      );
    await server.withWorkers(fakes, async () => {
      const run = await server.startRun({ name: plan.run.name, uid: plan.run.uid });
      expect(await failureOf(run.result())).toBe('there is no such snapshot');
    });
  });

  test('fails when another run takes its cluster, after its status says so', async () => {
    const plan = tutorialPlan();
    const { fakes, statuses, touched } = fakesFor(plan);
    fakes.updateCluster = () => Promise.resolve({ result: 'displaced', by: 'ClusterStagedUpdateRun/newer' });
    await server.withWorkers(fakes, async () => {
      const run = await server.startRun({ name: plan.run.name, uid: plan.run.uid });
      expect(await failureOf(run.result())).toContain('it has been taken over by ClusterStagedUpdateRun/newer');
    });
    expect(touched).toEqual([]);
    expect(statuses.at(-1)?.progress.outcome?.result).toBe('failed');
  });

  test('ends when its object is gone', async () => {
    const plan = tutorialPlan();
    const { fakes } = fakesFor(plan);
    let writes = 0;
    fakes.writeStatus = () => {
      writes += 1;
      return Promise.resolve({ gone: true });
    };
    await server.withWorkers(fakes, async () => {
      const run = await server.startRun({ name: plan.run.name, uid: plan.run.uid });
      expect(await failureOf(run.result())).toBe(`ClusterStagedUpdateRun ${plan.run.name} was deleted.`);
    });
    expect(writes).toBe(1);
  });

  test('looks when it is told that another object has its name', async () => {
    const plan = tutorialPlan();
    const { fakes } = fakesFor(plan);
    let gone = false;
    let requested: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => (requested = resolve));
    fakes.writeStatus = () => Promise.resolve({ gone });
    fakes.requestApproval = () => {
      requested();
      return Promise.resolve({ outcome: 'pending' });
    };
    await server.withWorkers(fakes, async () => {
      const run = await server.startRun({ name: plan.run.name, uid: plan.run.uid });
      await waiting;
      gone = true;
      // What nobody can read must not stop it.
      await run.signal('hubChanged');
      await run.signal(hubChangedSignal, { kind: 'ClusterStagedUpdateRun', name: plan.run.name, uid: 'another' });
      expect(await failureOf(run.result())).toContain('was deleted');
    });
  });

  test('refuses a wrong workflow id with the line to type', async () => {
    const plan = tutorialPlan();
    const { fakes } = fakesFor(plan);
    await server.withWorkers(fakes, async () => {
      const run = await server.client.workflow.start('stagedUpdateRun', {
        workflowId: 'something-else',
        taskQueue: 'flotilla',
        args: [{ name: plan.run.name }],
      });
      expect(await failureOf(run.result())).toContain(
        `temporal workflow start --task-queue flotilla --type stagedUpdateRun --workflow-id csur/${plan.run.name}`,
      );
    });
  });

  test('stops when it is cancelled, and touches nothing more', async () => {
    const plan = tutorialPlan();
    const { fakes, touched } = fakesFor(plan);
    await server.withWorkers(fakes, async () => {
      const run = await server.client.workflow.start('stagedUpdateRun', {
        workflowId: `csur/${plan.run.name}`,
        taskQueue: 'flotilla',
        args: [{ name: plan.run.name, uid: plan.run.uid }],
      });
      await run.query(statusQuery);
      await run.cancel();
      await expect(run.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    });
    expect(touched).not.toContain('member3');
  });

  test('goes on after what an earlier history had done', async () => {
    const plan = tutorialPlan();
    const { fakes, touched } = fakesFor(plan);
    const done = { startedAt: 1, endedAt: 2 };
    const progress: RunProgress = {
      initializedAt: 0,
      requested: 'Run',
      progressing: { status: 'True', reason: 'UpdateRunProgressing', message: '', since: 0 },
      stages: [
        { startedAt: 1, updatedAt: 2, endedAt: 3, clusters: [done], tasks: [{ doneAt: 3 }] },
        { startedAt: 3, clusters: [done, {}], tasks: [{}] },
      ],
      removal: { clusters: [{}], tasks: [] },
    };
    fakes.beginRun = () =>
      Promise.resolve({
        outcome: 'ready',
        uid: plan.run.uid,
        plan,
        progress,
        requested: 'Run',
        searchAttributes: false,
      });
    await server.withWorkers(fakes, async () => {
      const run = await server.startRun({ name: plan.run.name, uid: plan.run.uid });
      await run.signal(approveSignal, { stage: 'canary' });
      await run.result();
    });
    expect(touched).toEqual(['member1', '-member4']);
  });

  test('continues as new when its history is long, and keeps its order, its wait and an early approval', async () => {
    const plan = tutorialPlan();
    const names = Array.from({ length: 40 }, (_, index) => `c${String(index).padStart(2, '0')}`);
    const clusters = names.map((name) => ({ name, binding: `binding-${name}` }));
    plan.stages = [
      {
        name: 'many',
        clusters,
        maxConcurrency: 1,
        beforeTasks: [],
        afterTasks: [{ type: 'Approval', request: 'run-many' }],
      },
    ];
    const { fakes, touched } = fakesFor(plan);
    await server.withWorkers(fakes, async () => {
      const run = await server.startRun({ name: plan.run.name, uid: plan.run.uid });
      await run.signal(approveSignal, { stage: 'many', by: 'ana' });
      await run.result();
      const first = await server.client.workflow.getHandle(run.workflowId).describe();
      expect(first.raw.workflowExecutionInfo?.firstRunId).not.toBe(first.runId);
    });
    expect(touched).toEqual([...names, '-member4']);
  });
});
