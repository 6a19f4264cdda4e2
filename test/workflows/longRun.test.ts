/** Runs whose history becomes too long for one execution, again and again. `npm run test:soak` makes them longer. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { BeginResult } from '../../activities/runs/types.ts';
import type { PlannedStage, RunPlan } from '../../domain/runs/plan.ts';
import { unpackProgress, type PackedProgress } from '../../domain/runs/packedProgress.ts';
import { sizesOf } from '../../domain/runs/plan.ts';
import { approveSignal } from '../../workflows/messages.ts';
import { WorkflowTestServer, type FakeActivities } from './environment.ts';

/** Clusters of the run; six tenths of them are in one stage. */
const clusters = Number(process.env.FLOTILLA_LONG_RUN_CLUSTERS ?? 500);
const maxConcurrency = 40;

let server: WorkflowTestServer;
beforeAll(async () => {
  server = await WorkflowTestServer.start();
});
afterAll(() => server.stop());

function stage(name: string, share: number, more: Partial<PlannedStage> = {}): PlannedStage {
  const names = Array.from({ length: Math.round(clusters * share) }, (_, index) => `${name}-${String(index)}`);
  const planned = names.map((cluster) => ({ name: cluster, binding: `placement-${cluster}-0123abcd` }));
  return { name, clusters: planned, maxConcurrency, beforeTasks: [], afterTasks: [], ...more };
}

const plan: RunPlan = {
  run: { name: 'long', uid: 'uid-long', createdAt: '2026-01-01T00:00:00Z', generation: 1 },
  placement: { name: 'placement', uid: 'placement-uid' },
  resourceSnapshot: { index: '1', name: 'placement-1-snapshot', requestedIndex: '1' },
  stages: [
    stage('first', 0.1, { afterTasks: [{ type: 'TimedWait', waitMs: 3_600_000 }] }),
    stage('second', 0.1),
    stage('third', 0.6),
    stage('fourth', 0.2, { beforeTasks: [{ type: 'Approval', request: 'long-before-fourth' }] }),
  ],
  stuckAfterMs: 300_000,
  removals: [],
};

test(
  'a run over very many clusters continues as new, and keeps its window, its order, its wait and an early approval',
  async () => {
    const touched: string[] = [];
    let working = 0;
    let mostWorking = 0;
    let last: PackedProgress | undefined;
    const ready: BeginResult = { outcome: 'ready', uid: plan.run.uid, plan, requested: 'Run', searchAttributes: true };
    const fakes: Partial<FakeActivities> = {
      beginRun: () => Promise.resolve(ready),
      reviewRun: () => Promise.resolve({ outcome: 'fits', requested: 'Run' }),
      writeStatus: ({ progress }) => {
        last = progress;
        return Promise.resolve({ gone: false });
      },
      requestApproval: () => Promise.resolve({ outcome: 'pending' }),
      acceptApproval: ({ approval }) => Promise.resolve({ outcome: approval === undefined ? 'pending' : 'accepted' }),
      updateCluster: async ({ cluster }) => {
        working += 1;
        mostWorking = Math.max(mostWorking, working);
        touched.push(cluster);
        await new Promise(setImmediate);
        working -= 1;
        return { result: 'updated', changed: true };
      },
    };
    await server.withWorkers(fakes, async () => {
      const run = await server.startRun({ name: plan.run.name, uid: plan.run.uid });
      await run.signal(approveSignal, { stage: 'fourth', by: 'ana' });
      await run.result();
      const { raw, runId } = await server.client.workflow.getHandle(run.workflowId).describe();
      expect(raw.workflowExecutionInfo?.firstRunId).not.toBe(runId);
    });
    const all = plan.stages.map((planned) => planned.clusters.map(({ name }) => name));
    expect([...touched].sort()).toEqual(all.flat().sort());
    expect(mostWorking).toBeLessThanOrEqual(maxConcurrency);
    expectStagesInOrder(touched, all);
    if (last === undefined) throw new Error('The status was never written.');
    const progress = unpackProgress(last, sizesOf(plan));
    expect(progress.outcome?.result).toBe('succeeded');
    const [first, second] = progress.stages;
    expect((second?.startedAt ?? 0) - (first?.updatedAt ?? 0)).toBeGreaterThanOrEqual(3_600_000);
  },
  clusters * 60 + 60_000,
);

function expectStagesInOrder(touched: readonly string[], stages: readonly string[][]): void {
  let from = 0;
  for (const names of stages) {
    expect([...touched.slice(from, from + names.length)].sort()).toEqual([...names].sort());
    from += names.length;
  }
}
