import { expect, test } from '@jest/globals';
import { labels } from '../../../../api/labels.ts';
import type { ClusterResourceBinding } from '../../../../api/types/clusterresourcebinding.ts';
import type { ClusterStagedUpdateRun, UpdateRunStatus } from '../../../../api/types/clusterstagedupdaterun.ts';
import { adoptPlan, adoptProgress } from '../../../../domain/runs/adopt.ts';
import { initialProgress, type RunProgress } from '../../../../domain/runs/progress.ts';
import { noteProgressing } from '../../../../domain/runs/progressing.ts';
import { renderStatus } from '../../../../domain/runs/status.ts';
import { advance, type RunEvent } from '../../../../domain/runs/walk.ts';

const frozen: UpdateRunStatus = {
  policySnapshotIndexUsed: '0',
  policyObservedClusterCount: 3,
  stagedUpdateStrategySnapshot: {
    stages: [
      { name: 'staging', labelSelector: {}, afterStageTasks: [{ type: 'TimedWait', waitTime: '1m0s' }] },
      { name: 'canary', labelSelector: {}, afterStageTasks: [{ type: 'Approval' }] },
    ],
  },
  stagesStatus: [
    { stageName: 'staging', clusters: [{ clusterName: 'member2' }], afterStageTaskStatus: [{ type: 'TimedWait' }] },
    {
      stageName: 'canary',
      clusters: [{ clusterName: 'member3' }, { clusterName: 'member1' }],
      afterStageTaskStatus: [{ type: 'Approval', approvalRequestName: 'example-run-canary' }],
    },
  ],
  deletionStageStatus: { stageName: 'kubernetes-fleet.io/deleteStage', clusters: [] },
};

function runWith(status: UpdateRunStatus): ClusterStagedUpdateRun {
  return {
    apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
    kind: 'ClusterStagedUpdateRun',
    metadata: { name: 'example-run', uid: 'uid', generation: 1, creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: {
      placementName: 'example-placement',
      resourceSnapshotIndex: '1',
      stagedRolloutStrategyName: 'example-strategy',
    },
    status,
  };
}

const bindings = ['member1', 'member2', 'member3'].map(
  (cluster) =>
    ({
      apiVersion: '',
      kind: 'ClusterResourceBinding',
      metadata: { name: `binding-${cluster}`, labels: { [labels.parentPlacement]: 'example-placement' } },
      spec: { targetCluster: cluster },
    }) as unknown as ClusterResourceBinding,
);

const plan = adoptPlan(runWith(frozen), { uid: 'placement-uid' }, bindings, 300_000);

/** The tutorial, event by event, at whole seconds: fractions are the one thing that a status does not keep. */
const events: RunEvent[] = [
  { type: 'begun', at: 1_000 },
  { type: 'clusterUpdated', stage: 0, cluster: 0, at: 2_000 },
  { type: 'taskDone', stage: 0, when: 'after', task: 0, doneAt: 62_000, at: 63_000 },
  { type: 'clusterUpdated', stage: 1, cluster: 0, at: 64_000 },
  { type: 'clusterUpdated', stage: 1, cluster: 1, at: 65_000 },
  { type: 'approvalRequested', stage: 1, when: 'after', task: 0, at: 66_000 },
  { type: 'taskDone', stage: 1, when: 'after', task: 0, doneAt: 70_000, at: 70_000 },
];

test('the plan comes back from the status', () => {
  expect(plan.stages).toEqual([
    {
      name: 'staging',
      clusters: [{ name: 'member2', binding: 'binding-member2' }],
      maxConcurrency: 1,
      beforeTasks: [],
      afterTasks: [{ type: 'TimedWait', waitMs: 60_000 }],
    },
    {
      name: 'canary',
      clusters: [
        { name: 'member3', binding: 'binding-member3' },
        { name: 'member1', binding: 'binding-member1' },
      ],
      maxConcurrency: 1,
      beforeTasks: [],
      afterTasks: [{ type: 'Approval', request: 'example-run-canary' }],
    },
  ]);
});

test.each(events.slice(0, -1).map((event, index) => [event.type, index] as const))(
  'progress comes back from the status after: %s',
  (_, last) => {
    const progress = initialProgress(plan, 0, 'Run');
    for (const event of events.slice(0, last + 1)) {
      advance(plan, progress, event);
      noteProgressing(plan, progress, 'at' in event ? event.at : 0);
    }
    const status = renderStatus(frozen, {}, progress);
    expect(adoptProgress(runWith(status))).toEqual(JSON.parse(JSON.stringify(progress)) as RunProgress);
  },
);
