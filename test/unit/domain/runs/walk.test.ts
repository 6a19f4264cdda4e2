import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { PlannedTask, RunPlan } from '../../../../domain/runs/plan.ts';
import { initialProgress, type RunProgress } from '../../../../domain/runs/progress.ts';
import { advance, inFlight, resume, type RunEvent, type Step } from '../../../../domain/runs/walk.ts';

interface StageShape {
  clusters: number;
  maxConcurrency: number;
  afterTasks: PlannedTask[];
}

function planOf(shapes: StageShape[], removals = 0): RunPlan {
  const cluster = (name: string) => ({ name, binding: `binding-${name}` });
  return {
    run: { name: 'run', uid: 'uid', createdAt: '2026-01-01T00:00:00Z', generation: 1 },
    placement: { name: 'placement', uid: 'placement-uid' },
    resourceSnapshot: { index: '1', name: 'placement-1-snapshot', requestedIndex: '1' },
    stages: shapes.map((shape, index) => ({
      name: `stage${String(index)}`,
      clusters: Array.from({ length: shape.clusters }, (_, at) => cluster(`c${String(index)}-${String(at)}`)),
      maxConcurrency: shape.maxConcurrency,
      beforeTasks: [],
      afterTasks: shape.afterTasks,
    })),
    stuckAfterMs: 300_000,
    removals: Array.from({ length: removals }, (_, at) => cluster(`gone${String(at)}`)),
  };
}

function begin(plan: RunPlan): { progress: RunProgress; steps: Step[] } {
  const progress = initialProgress(plan, 0, 'Run');
  return { progress, steps: advance(plan, progress, { type: 'begun', at: 0 }) };
}

const wait: PlannedTask = { type: 'TimedWait', waitMs: 60_000 };
const approval: PlannedTask = { type: 'Approval', request: 'run-stage0' };

describe('advance', () => {
  test('starts one cluster after another in the order of the plan', () => {
    const plan = planOf([{ clusters: 2, maxConcurrency: 1, afterTasks: [] }]);
    const { progress, steps } = begin(plan);
    expect(steps).toEqual([{ do: 'updateCluster', stage: 0, cluster: 0 }]);
    expect(advance(plan, progress, { type: 'clusterUpdated', stage: 0, cluster: 0, at: 5 })).toEqual([
      { do: 'updateCluster', stage: 0, cluster: 1 },
    ]);
    expect(advance(plan, progress, { type: 'clusterUpdated', stage: 0, cluster: 1, at: 9 })).toEqual([
      { do: 'finish' },
    ]);
    expect(progress.outcome).toMatchObject({ result: 'succeeded', at: 9 });
  });

  test('gives all tasks of a stage at once, and the next stage only when all are done', () => {
    const plan = planOf([
      { clusters: 1, maxConcurrency: 1, afterTasks: [wait, approval] },
      { clusters: 1, maxConcurrency: 1, afterTasks: [] },
    ]);
    const { progress } = begin(plan);
    expect(advance(plan, progress, { type: 'clusterUpdated', stage: 0, cluster: 0, at: 1_000 })).toEqual([
      { do: 'wait', stage: 0, task: 0, until: 61_000 },
      { do: 'requestApproval', stage: 0, when: 'after', task: 1 },
    ]);
    expect(
      advance(plan, progress, { type: 'taskDone', stage: 0, when: 'after', task: 1, doneAt: 2_000, at: 2_000 }),
    ).toEqual([]);
    expect(
      advance(plan, progress, { type: 'taskDone', stage: 0, when: 'after', task: 0, doneAt: 61_000, at: 75_000 }),
    ).toEqual([{ do: 'updateCluster', stage: 1, cluster: 0 }]);
    // The wait was over at its due time, whenever it was seen; what follows starts when it was seen.
    expect(progress.stages[0]).toMatchObject({ updatedAt: 1_000, endedAt: 75_000, tasks: [{ doneAt: 61_000 }, {}] });
    expect(progress.stages[1]?.startedAt).toBe(75_000);
  });

  test('carries out the tasks of a stage without clusters', () => {
    const plan = planOf([{ clusters: 0, maxConcurrency: 1, afterTasks: [approval] }]);
    const { progress, steps } = begin(plan);
    expect(steps).toEqual([{ do: 'requestApproval', stage: 0, when: 'after', task: 0 }]);
    expect(progress.stages[0]?.startedAt).toBeUndefined();
  });

  test('removes from all clusters that are left over at once, after the last stage', () => {
    const plan = planOf([{ clusters: 1, maxConcurrency: 1, afterTasks: [] }], 2);
    const { progress } = begin(plan);
    expect(advance(plan, progress, { type: 'clusterUpdated', stage: 0, cluster: 0, at: 1 })).toEqual([
      { do: 'removeCluster', cluster: 0 },
      { do: 'removeCluster', cluster: 1 },
    ]);
    expect(advance(plan, progress, { type: 'clusterRemoved', cluster: 1, at: 2 })).toEqual([]);
    expect(advance(plan, progress, { type: 'clusterRemoved', cluster: 0, at: 3 })).toEqual([{ do: 'finish' }]);
  });

  test('a failing cluster ends the run, and nothing starts any more', () => {
    const plan = planOf([{ clusters: 3, maxConcurrency: 2, afterTasks: [] }]);
    const { progress } = begin(plan);
    const failed: RunEvent = { type: 'clusterFailed', stage: 0, cluster: 0, message: 'taken over', at: 4 };
    expect(advance(plan, progress, failed)).toEqual([{ do: 'finish' }]);
    expect(progress.outcome).toEqual({ result: 'failed', at: 4, message: 'taken over' });
    expect(advance(plan, progress, { type: 'clusterUpdated', stage: 0, cluster: 1, at: 5 })).toEqual([]);
  });

  test('keeps trouble only while a cluster is in work', () => {
    const plan = planOf([{ clusters: 1, maxConcurrency: 1, afterTasks: [wait] }]);
    const { progress } = begin(plan);
    const trouble = {
      type: 'clusterTrouble',
      name: 'c0-0',
      reason: 'unreachable',
      since: '2026-01-01T00:00:00Z',
    } as const;
    advance(plan, progress, trouble);
    expect(progress.stages[0]?.clusters[0]?.trouble?.reason).toBe('unreachable');
    advance(plan, progress, { type: 'clusterUpdated', stage: 0, cluster: 0, at: 1 });
    advance(plan, progress, trouble);
    expect(progress.stages[0]?.clusters[0]?.trouble).toBeUndefined();
  });
});

const shapes = fc.array(
  fc.record({
    clusters: fc.integer({ min: 0, max: 6 }),
    maxConcurrency: fc.integer({ min: 1, max: 4 }),
    afterTasks: fc.subarray([wait, approval]),
  }),
  { minLength: 1, maxLength: 4 },
);

/** What a step leads to when all goes well. */
function success(step: Step, at: number): RunEvent | undefined {
  switch (step.do) {
    case 'updateCluster':
      return { type: 'clusterUpdated', stage: step.stage, cluster: step.cluster, at };
    case 'removeCluster':
      return { type: 'clusterRemoved', cluster: step.cluster, at };
    case 'wait':
    case 'requestApproval':
      return { type: 'taskDone', stage: step.stage, when: 'after', task: step.task, doneAt: at, at };
    case 'suspendTasks':
    case 'finish':
      return undefined;
  }
}

describe('any run, whatever the order of events and however often it is interrupted', () => {
  test('keeps the window, the order of stages, and touches every cluster exactly once', () => {
    fc.assert(
      fc.property(shapes, fc.nat({ max: 3 }), fc.infiniteStream(fc.nat()), (stages, removals, choices) => {
        const plan = planOf(stages, removals);
        let { progress, steps: open } = begin(plan);
        const updated: string[] = [];
        for (let clock = 1; open.some((step) => step.do !== 'finish'); clock += 1) {
          const choice = choices.next().value;
          if (choice % 5 === 0) {
            progress = JSON.parse(JSON.stringify(progress)) as RunProgress;
            open = resume(plan, progress, clock);
          }
          checkWindow(plan, progress);
          const [step] = open.splice(choice % open.length, 1);
          if (step === undefined) break;
          if (step.do === 'updateCluster') updated.push(`${String(step.stage)}/${String(step.cluster)}`);
          const event = success(step, clock);
          if (event !== undefined) open.push(...advance(plan, progress, event));
        }
        expect(progress.outcome?.result).toBe('succeeded');
        const all = plan.stages.flatMap((stage, index) =>
          stage.clusters.map((_, cluster) => `${String(index)}/${String(cluster)}`),
        );
        expect([...updated].sort()).toEqual([...all].sort());
      }),
      { numRuns: 1_000 },
    );
  });
});

/** Called after every event of a thousand runs, so it asks Jest only for what has gone wrong. */
function checkWindow(plan: RunPlan, progress: RunProgress): void {
  progress.stages.forEach((stage, index) => {
    const working = inFlight(stage).length;
    const limit = plan.stages[index]?.maxConcurrency ?? 0;
    if (working > limit)
      throw new Error(`${String(working)} clusters in work in stage ${String(index)} of ${String(limit)}.`);
    if (!stage.clusters.some((cluster) => cluster.startedAt !== undefined)) return;
    const open = progress.stages.slice(0, index).findIndex((earlier) => earlier.endedAt === undefined);
    if (open !== -1) throw new Error(`Stage ${String(index)} has begun before stage ${String(open)} ended.`);
  });
}
