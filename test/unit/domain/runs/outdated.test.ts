import { describe, expect, test } from '@jest/globals';
import { annotations, labels } from '../../../../api/labels.ts';
import type { UpdateRunStatus } from '../../../../api/types/clusterstagedupdaterun.ts';
import { reviewRun, type ReviewInput } from '../../../../domain/runs/outdated.ts';

const placementName = 'web';
const aborted = 'cannot continue the ClusterStagedUpdateRun: ';
const odd = 'unexpected behavior which cannot be handled by the controller: ';

/** A run over two clusters in one stage, as it was when it was initialized. */
function review(
  change: { status?: Partial<UpdateRunStatus>; policyIndex?: string; removed?: string[]; wanted?: number } = {},
) {
  const { status = {}, policyIndex = '0', removed = [], wanted } = change;
  const policyName = `${placementName}-${policyIndex}`;
  const binding = (state: string) => (targetCluster: string) => ({
    metadata: { name: `${placementName}-${targetCluster}` },
    spec: { state, targetCluster, schedulingPolicySnapshotName: policyName },
  });
  const input = {
    run: {
      metadata: { name: 'run', generation: 1 },
      spec: { placementName, stagedRolloutStrategyName: 'strategy' },
      status: {
        policySnapshotIndexUsed: '0',
        policyObservedClusterCount: 2,
        stagedUpdateStrategySnapshot: { stages: [{ name: 'all', labelSelector: {} }] },
        stagesStatus: [{ stageName: 'all', clusters: [{ clusterName: 'a' }, { clusterName: 'b' }] }],
        deletionStageStatus: { stageName: 'kubernetes-fleet.io/deleteStage', clusters: [{ clusterName: 'old' }] },
        ...status,
      },
    },
    placement: { metadata: { name: placementName }, spec: { strategy: { type: 'External' } } },
    policySnapshots: [
      {
        metadata: {
          name: policyName,
          generation: 1,
          labels: { [labels.isLatestSnapshot]: 'true', [labels.policyIndex]: policyIndex },
          ...(wanted !== undefined && { annotations: { [annotations.numberOfClusters]: String(wanted) } }),
        },
        status: { conditions: [{ type: 'Scheduled', status: 'True', observedGeneration: 1 }] },
      },
    ],
    bindings: [...['a', 'b'].map(binding('Bound')), ...removed.map(binding('Unscheduled'))],
    memberClusters: ['a', 'b', 'old', 'other'].map((name) => ({ metadata: { name, labels: {} } })),
  };
  return reviewRun(input as unknown as ReviewInput);
}

test('a plan fits while nothing it was made of has changed', () => {
  expect(review()).toEqual({ outcome: 'fits' });
});

test('fewer clusters to remove are fine', () => {
  expect(review({ removed: ['old'] })).toEqual({ outcome: 'fits' });
});

describe('a plan is outdated by', () => {
  const stages = [{ stageName: 'all', clusters: [] }];
  test.each<[string, Parameters<typeof review>[0], string]>([
    [
      'another policy',
      { policyIndex: '1' },
      'the policy snapshot index used in the clusterStagedUpdateRun is outdated, latest: 1, recorded: 0',
    ],
    [
      'another number of clusters',
      { wanted: 3 },
      'the cluster count initialized in the clusterStagedUpdateRun is outdated, latest: 3, recorded: 2',
    ],
    [
      'a further cluster to remove',
      { removed: ['other'] },
      `${odd}the cluster \`other\` to be deleted is not in the delete stage`,
    ],
    [
      'a lost strategy',
      { status: { stagedUpdateStrategySnapshot: undefined } },
      `${odd}the clusterStagedUpdateRun has nil stagedUpdateStrategySnapshot`,
    ],
    ['lost stages', { status: { stagesStatus: undefined } }, `${odd}the clusterStagedUpdateRun has nil stagesStatus`],
    [
      'a lost stage that removes',
      { status: { deletionStageStatus: undefined } },
      `${odd}the clusterStagedUpdateRun has nil deletionStageStatus`,
    ],
    [
      'another number of stages',
      { status: { stagesStatus: [...stages, ...stages] } },
      'the number of stages in the clusterStagedUpdateRun has changed, new: 1, existing: 2',
    ],
    [
      'another name of a stage',
      { status: { stagesStatus: [{ stageName: 'other', clusters: [] }] } },
      'index `0` stage name in the clusterStagedUpdateRun has changed, new: all, existing: other',
    ],
  ])('%s', (_, change, cause) => {
    expect(review(change)).toEqual({ outcome: 'outdated', message: `${aborted}${cause}` });
  });
});
