/** Plans of all shapes for tests that try many runs. */
import fc from 'fast-check';
import type { PlannedCluster, PlannedTask, RunPlan } from '../../../domain/runs/plan.ts';

/** What a plan is made of; small enough to be read when a run fails. */
export interface PlanShape {
  stages: { clusters: number; maxConcurrency: number; before: boolean; after: PlannedTask['type'][] }[];
  removals: number;
}

/** What such a plan waits at least and at most, one wait like the other. */
export const waitMs = 90_000;
export const stuckAfterMs = 300_000;

/** Shapes with at most `stages` stages of at most `clusters` clusters. */
export function planShapes(stages: number, clusters: number): fc.Arbitrary<PlanShape> {
  const stage = fc.record({
    clusters: fc.nat({ max: clusters }),
    maxConcurrency: fc.integer({ min: 1, max: 10 }),
    before: fc.boolean(),
    after: fc.uniqueArray(fc.constantFrom<PlannedTask['type']>('TimedWait', 'Approval'), { maxLength: 2 }),
  });
  return fc.record({
    stages: fc.array(stage, { maxLength: stages, size: 'max' }),
    removals: fc.nat({ max: 4 }),
  });
}

/** The plan of that shape, for a run of that name. */
export function planOf(shape: PlanShape, run = 'run'): RunPlan {
  const task = (type: PlannedTask['type'], stage: number, when: string): PlannedTask =>
    type === 'TimedWait' ? { type, waitMs } : { type, request: `${run}-${when}-stage${stage}` };
  return {
    run: { name: run, uid: `uid-${run}`, createdAt: '2026-01-01T00:00:00Z', generation: 1 },
    placement: { name: 'placement', uid: 'placement-uid' },
    resourceSnapshot: { index: '1', name: 'placement-1-snapshot', requestedIndex: '1' },
    applyStrategy: undefined,
    stages: shape.stages.map((stage, index) => ({
      name: `stage${index}`,
      clusters: clustersOf(`stage${index}`, stage.clusters),
      maxConcurrency: stage.maxConcurrency,
      beforeTasks: stage.before ? [task('Approval', index, 'before')] : [],
      afterTasks: stage.after.map((type) => task(type, index, 'after')),
    })),
    stuckAfterMs,
    removals: clustersOf('gone', shape.removals),
  };
}

function clustersOf(prefix: string, count: number): PlannedCluster[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `${prefix}-${index}`;
    return { name, binding: `placement-${name}` };
  });
}
