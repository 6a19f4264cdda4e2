import { describe, expect, test } from '@jest/globals';
import { conditionAt } from '../../../../api/conditions.ts';
import { clusterConditions, stageConditions } from '../../../../api/runConditions.ts';
import type { ClusterUpdatingStatus, UpdateRunStatus } from '../../../../api/types/clusterstagedupdaterun.ts';
import { fitStatus, statusProblem } from '../../../../domain/runs/statusSize.ts';

const time = '2026-01-01T00:00:00Z';
const started = conditionAt(clusterConditions.started(), 1, time);
const succeeded = conditionAt(clusterConditions.succeeded(), 1, time);
const failed = conditionAt(clusterConditions.failed('It does not answer.'), 1, time);

/** A stage in which all clusters but the last two are updated; of those one has failed and one is in work. */
function statusOver(clusters: number): UpdateRunStatus {
  const entry = (index: number): ClusterUpdatingStatus => ({
    clusterName: `cluster-${String(index).padStart(5, '0')}`,
    conditions: index === clusters - 1 ? [started] : index === clusters - 2 ? [started, failed] : [started, succeeded],
  });
  return {
    stagesStatus: [
      {
        stageName: 'all',
        clusters: Array.from({ length: clusters }, (_, index) => entry(index)),
        conditions: [conditionAt(stageConditions.started(), 1, time)],
      },
    ],
  };
}

describe('the status of a run', () => {
  test('stays as it is while it is small enough', () => {
    const status = statusOver(1_000);
    expect(fitStatus(status)).toBe(status);
  });

  test('over ten thousand clusters fits, keeps what is not fine, and says what it leaves out', () => {
    const fitted = fitStatus(statusOver(10_000));
    expect(JSON.stringify(fitted).length).toBeLessThan(1024 * 1024);
    const [stage] = fitted.stagesStatus ?? [];
    expect(stage?.clusters).toHaveLength(10_000);
    expect(stage?.clusters[0]).toEqual({ clusterName: 'cluster-00000' });
    expect(stage?.clusters.at(-2)?.conditions).toEqual([started, failed]);
    expect(stage?.clusters.at(-1)?.conditions).toEqual([started]);
    expect(stage?.conditions?.[0]?.message).toContain('9998 updated clusters are shown without conditions');
  });
});

describe('the plan of a run', () => {
  const planned = (clusters: number): UpdateRunStatus => ({
    stagesStatus: [
      {
        stageName: 'all',
        clusters: Array.from({ length: clusters }, (_, index) => ({ clusterName: `cluster-${String(index)}` })),
      },
    ],
  });

  test('over ten thousand clusters is taken', () => {
    expect(statusProblem(planned(10_000))).toBeUndefined();
  });

  test('whose names alone are too much is refused with a way out', () => {
    expect(statusProblem(planned(30_000))).toMatch(/30000 clusters.*divide the clusters among several placements/);
  });
});
