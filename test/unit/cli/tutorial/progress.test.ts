import { describe, expect, test } from '@jest/globals';
import type { Condition } from '../../../../api/meta.ts';
import type { ClusterStagedUpdateRun } from '../../../../api/types/clusterstagedupdaterun.ts';
import { changedItems, progressItems, progressTree } from '../../../../cli/tutorial/progress.ts';
import { reached } from '../../../../cli/tutorial/watchRun.ts';

const minute = '2026-01-01T10:00:00Z';

function condition(type: string, status: Condition['status'], message = ''): Condition {
  return { type, status, reason: 'Reason', message, lastTransitionTime: minute };
}

function run(status: ClusterStagedUpdateRun['status']): ClusterStagedUpdateRun {
  const spec = { placementName: 'p', resourceSnapshotIndex: '1', stagedRolloutStrategyName: 's' };
  return { apiVersion: 'v1', kind: 'ClusterStagedUpdateRun', metadata: { name: 'example' }, spec, status };
}

/** Staging is updated and waits its minute; canary has not begun. */
const waiting = run({
  conditions: [condition('Initialized', 'True'), condition('Progressing', 'False', 'waiting for staging')],
  stagedUpdateStrategySnapshot: {
    stages: [
      { name: 'staging', afterStageTasks: [{ type: 'TimedWait', waitTime: '1m0s' }] },
      { name: 'canary', afterStageTasks: [{ type: 'Approval' }] },
    ],
  },
  stagesStatus: [
    {
      stageName: 'staging',
      clusters: [
        { clusterName: 'member2', conditions: [condition('Started', 'True'), condition('Succeeded', 'True')] },
      ],
      afterStageTaskStatus: [{ type: 'TimedWait' }],
      conditions: [condition('Progressing', 'False')],
    },
    {
      stageName: 'canary',
      clusters: [{ clusterName: 'member3', conditions: [condition('Started', 'True')] }, { clusterName: 'member1' }],
      afterStageTaskStatus: [{ type: 'Approval', approvalRequestName: 'example-canary' }],
    },
  ],
});

describe('the tree of a run', () => {
  test('shows stages, clusters and tasks with the seconds that are left', () => {
    expect(progressTree(progressItems(waiting), Date.parse(minute) + 20_500)).toEqual([
      'example           waiting for staging',
      '├─ staging        updated, waiting',
      '│  ├─ member2     succeeded',
      '│  └─ wait 1m0s   waiting, 40 s left',
      '└─ canary         not started',
      '   ├─ member3     updating',
      '   ├─ member1     not started',
      '   └─ approval    not started',
    ]);
  });

  test('never counts below zero', () => {
    const tree = progressTree(progressItems(waiting), Date.parse(minute) + 90_000);
    expect(tree[3]).toContain('waiting, 0 s left');
  });

  test('says why a run failed', () => {
    expect(progressItems(run({ conditions: [condition('Initialized', 'False', 'no such strategy')] }))).toEqual([
      { id: '', depth: 0, label: 'example', state: 'failed: no such strategy' },
    ]);
  });

  test('shows removals only when there are any', () => {
    const removing = run({
      deletionStageStatus: { stageName: 'kubernetes-fleet.io/deleteStage', clusters: [{ clusterName: 'member9' }] },
    });
    expect(progressItems(removing).map(({ id }) => id)).toEqual(['', 'removal', 'removal/member9']);
  });
});

describe('what has changed', () => {
  test('is told once, and what has not begun is not told', () => {
    const items = progressItems(waiting);
    expect(changedItems([], items).map(({ id }) => id)).toEqual([
      '',
      'staging',
      'staging/member2',
      'staging/TimedWait',
      'canary/member3',
    ]);
    expect(changedItems(items, items)).toEqual([]);
  });
});

describe('the goal of a watch', () => {
  test('is not reached while the approval has not been asked for', () => {
    expect(reached(waiting, { approvalOf: 'canary' })).toBe(false);
    expect(reached(waiting, 'ended')).toBe(false);
  });

  test('is reached when the request is there, and at a good end', () => {
    const asked = structuredClone(waiting);
    const task = asked.status?.stagesStatus?.[1]?.afterStageTaskStatus?.[0];
    if (task !== undefined) task.conditions = [condition('ApprovalRequestCreated', 'True')];
    expect(reached(asked, { approvalOf: 'canary' })).toBe(true);
    expect(reached(run({ conditions: [condition('Succeeded', 'True')] }), 'ended')).toBe(true);
    expect(reached(run({ conditions: [condition('Succeeded', 'False')] }), 'ended')).toBe(false);
  });
});
