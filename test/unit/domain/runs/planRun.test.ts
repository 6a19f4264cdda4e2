import { describe, expect, test } from '@jest/globals';
import { conditionAt } from '../../../../api/conditions.ts';
import { clusterConditions, runConditions, stageConditions } from '../../../../api/runConditions.ts';
import { labels } from '../../../../api/labels.ts';
import type { ClusterResourceBinding } from '../../../../api/types/clusterresourcebinding.ts';
import type { StageConfig } from '../../../../api/types/clusterstagedupdatestrategy.ts';
import type { MemberCluster } from '../../../../api/types/membercluster.ts';
import { planRun, type Planning, type PlanningInput } from '../../../../domain/runs/planRun.ts';
import { beginningOf } from '../../../../domain/runs/beginning.ts';
import { renderStatus } from '../../../../domain/runs/status.ts';

const placementVersion = 'placement.kubernetes-fleet.io/v1beta1';
const ofPlacement = { [labels.parentPlacement]: 'example-placement' };

function member(name: string, own: Record<string, string>): MemberCluster {
  return {
    apiVersion: 'cluster.kubernetes-fleet.io/v1beta1',
    kind: 'MemberCluster',
    metadata: { name, labels: own },
    spec: { identity: { kind: 'User', name } },
  };
}

function binding(cluster: string, spec: Partial<ClusterResourceBinding['spec']> = {}): ClusterResourceBinding {
  return {
    apiVersion: placementVersion,
    kind: 'ClusterResourceBinding',
    metadata: { name: `binding-${cluster}`, labels: ofPlacement },
    spec: {
      state: 'Scheduled',
      schedulingPolicySnapshotName: 'example-placement-0',
      targetCluster: cluster,
      clusterDecision: { clusterName: cluster, selected: true, reason: '' },
      ...spec,
    },
  };
}

const staging: StageConfig = {
  name: 'staging',
  labelSelector: { matchLabels: { environment: 'staging' } },
  afterStageTasks: [{ type: 'TimedWait', waitTime: '1m' }],
};
const canary: StageConfig = {
  name: 'canary',
  labelSelector: { matchLabels: { environment: 'canary' } },
  sortingLabelKey: 'order',
  afterStageTasks: [{ type: 'Approval' }],
};

/** The tutorial, with what a case changes. */
function tutorial(changes: Partial<PlanningInput> = {}, stages: StageConfig[] = [staging, canary]): PlanningInput {
  const resourceSnapshot = (index: string): PlanningInput['resourceSnapshots'][number] => ({
    apiVersion: placementVersion,
    kind: 'ClusterResourceSnapshot',
    metadata: {
      name: `example-placement-${index}-snapshot`,
      labels: { ...ofPlacement, [labels.resourceIndex]: index },
      annotations: { 'kubernetes-fleet.io/resource-hash': 'hash' },
    },
    spec: { selectedResources: [] },
  });
  return {
    run: {
      apiVersion: placementVersion,
      kind: 'ClusterStagedUpdateRun',
      metadata: { name: 'example-run', uid: 'run-uid', generation: 1, creationTimestamp: '2026-01-01T00:00:00Z' },
      spec: {
        placementName: 'example-placement',
        resourceSnapshotIndex: '1',
        stagedRolloutStrategyName: 'example-strategy',
      },
    },
    placement: {
      apiVersion: placementVersion,
      kind: 'ClusterResourcePlacement',
      metadata: { name: 'example-placement', uid: 'placement-uid' },
      spec: { resourceSelectors: [], strategy: { type: 'External' } },
    } as unknown as PlanningInput['placement'],
    policySnapshots: [
      {
        apiVersion: placementVersion,
        kind: 'ClusterSchedulingPolicySnapshot',
        metadata: {
          name: 'example-placement-0',
          generation: 1,
          labels: { ...ofPlacement, [labels.isLatestSnapshot]: 'true', [labels.policyIndex]: '0' },
        },
        spec: { policyHash: '' },
        status: {
          conditions: [
            {
              type: 'Scheduled',
              status: 'True',
              reason: 'r',
              message: '',
              lastTransitionTime: '2026-01-01T00:00:00Z',
              observedGeneration: 1,
            },
          ],
        },
      } as unknown as PlanningInput['policySnapshots'][number],
    ],
    resourceSnapshots: [resourceSnapshot('0'), resourceSnapshot('1')],
    bindings: ['member1', 'member2', 'member3'].map((name) => binding(name)),
    strategy: {
      apiVersion: placementVersion,
      kind: 'ClusterStagedUpdateStrategy',
      metadata: { name: 'example-strategy' },
      spec: { stages },
    },
    memberClusters: [
      member('member1', { environment: 'canary', order: '2' }),
      member('member2', { environment: 'staging' }),
      member('member3', { environment: 'canary', order: '1' }),
    ],
    lastCall: false,
    currentSnapshot: undefined,
    stuckAfterMs: 300_000,
    now: 0,
    ...changes,
  };
}

function planned(input: PlanningInput): Extract<Planning, { outcome: 'planned' }> {
  const planning = planRun(input);
  if (planning.outcome !== 'planned') throw new Error(planning.message);
  return planning;
}

const start = '1970-01-01T00:00:00Z';
const started = conditionAt(clusterConditions.started(), 1, start);
const stageStarted = conditionAt(stageConditions.started(), 1, start);
const progressing = conditionAt(runConditions.progressing(), 1, start);

test('plans the tutorial: stages in order, clusters by label, durations in canonical form', () => {
  const { plan, status } = planned(tutorial());
  expect(plan.stages.map(({ name, clusters }) => [name, clusters.map((cluster) => cluster.name)])).toEqual([
    ['staging', ['member2']],
    ['canary', ['member3', 'member1']],
  ]);
  expect(plan.stages[0]?.afterTasks).toEqual([{ type: 'TimedWait', waitMs: 60_000 }]);
  expect(plan.stages[1]?.afterTasks).toEqual([{ type: 'Approval', request: 'example-run-canary' }]);
  expect(renderStatus(status, {}, beginningOf(plan, 0, 'Run').progress)).toEqual({
    policySnapshotIndexUsed: '0',
    policyObservedClusterCount: 3,
    stagedUpdateStrategySnapshot: {
      stages: [{ ...staging, afterStageTasks: [{ type: 'TimedWait', waitTime: '1m0s' }] }, canary],
    },
    stagesStatus: [
      {
        stageName: 'staging',
        clusters: [{ clusterName: 'member2', conditions: [started] }],
        afterStageTaskStatus: [{ type: 'TimedWait' }],
        startTime: start,
        conditions: [stageStarted],
      },
      {
        stageName: 'canary',
        clusters: [{ clusterName: 'member3' }, { clusterName: 'member1' }],
        afterStageTaskStatus: [{ type: 'Approval', approvalRequestName: 'example-run-canary' }],
      },
    ],
    deletionStageStatus: { stageName: 'kubernetes-fleet.io/deleteStage', clusters: [] },
    conditions: [
      {
        type: 'Initialized',
        status: 'True',
        reason: 'UpdateRunInitializedSuccessfully',
        message: 'ClusterStagedUpdateRun initialized successfully',
        observedGeneration: 1,
        lastTransitionTime: start,
      },
      progressing,
    ],
  });
});

test('clusters that are no longer selected are removed at the end, by name', () => {
  const gone = ['member9', 'member4'].map((name) => binding(name, { state: 'Unscheduled' }));
  const { plan, status } = planned(tutorial({ bindings: [...tutorial().bindings, ...gone] }));
  expect(plan.removals.map(({ name }) => name)).toEqual(['member4', 'member9']);
  expect(status.policyObservedClusterCount).toBe(3);
});

test('sorts by whole numbers, not by text, and equal ones by name', () => {
  const names = ['b', 'a', 'c', 'd'];
  const order: Record<string, string> = { a: '10', b: '10', c: '9', d: '-1' };
  const { plan } = planned(
    tutorial(
      {
        bindings: names.map((name) => binding(name)),
        memberClusters: names.map((name) => member(name, { environment: 'canary', order: order[name] ?? '' })),
      },
      [canary],
    ),
  );
  expect(plan.stages[0]?.clusters.map(({ name }) => name)).toEqual(['d', 'c', 'a', 'b']);
});

const client = 'failed to process the request due to a client error: ';
const unexpected = 'unexpected behavior which cannot be handled by the controller: ';
const refusals: [string, PlanningInput, string][] = [
  ['placement missing', tutorial({ placement: undefined }), `${client}parent clusterResourcePlacement not found`],
  [
    'placement not External',
    tutorial({ placement: { ...tutorial().placement, spec: {} } as unknown as PlanningInput['placement'] }),
    `${client}parent clusterResourcePlacement does not have an external rollout strategy, current strategy: RollingUpdate`,
  ],
  [
    'strategy missing',
    tutorial({ strategy: undefined }),
    `${client}referenced clusterStagedUpdateStrategy not found: example-strategy`,
  ],
  [
    'cluster in two stages',
    tutorial({}, [staging, { name: 'all', labelSelector: {} }]),
    `${client}cluster \`member2\` appears in more than one stages`,
  ],
  [
    'cluster in no stage',
    tutorial({}, [canary]),
    `${client}some clusters are not placed in any stage, total 1, showing up to 10: member2`,
  ],
  [
    'absent selector selects nothing',
    tutorial({}, [{ name: 'all' }]),
    `${client}some clusters are not placed in any stage, total 3, showing up to 10: member1, member2, member3`,
  ],
  [
    'sort label missing',
    tutorial({}, [{ name: 'all', labelSelector: {}, sortingLabelKey: 'order' }]),
    `${client}the sorting label \`order:\` on cluster \`member2\` is not valid: strconv.Atoi: parsing "": invalid syntax`,
  ],
  [
    'sort label not an integer',
    tutorial({}, [{ name: 'all', labelSelector: {}, sortingLabelKey: 'environment' }]),
    `${client}the sorting label \`environment:canary\` on cluster \`member1\` is not valid: ` +
      'strconv.Atoi: parsing "canary": invalid syntax',
  ],
  [
    'stage name twice',
    tutorial({}, [staging, canary, { ...canary, labelSelector: undefined }]),
    `${client}stage \`canary\` stands twice in clusterStagedUpdateStrategy example-strategy; give each stage a name of its own`,
  ],
  [
    'nothing selected',
    tutorial({ bindings: [] }),
    'no scheduled or to-be-deleted clusterResourceBindings found for the latest policy snapshot example-placement-0',
  ],
  ...['x', '-1', '1.0'].map((index): [string, PlanningInput, string] => [
    `index ${index}`,
    withIndex(index),
    `${client}invalid resource snapshot index \`${index}\` provided, expected an integer >= 0`,
  ]),
  [
    'index far ahead',
    withIndex('7'),
    `${client}no clusterResourceSnapshots with index \`7\` found for clusterResourcePlacement \`example-placement\``,
  ],
  [
    'several policy snapshots',
    withPolicySnapshots({}, {}),
    `${unexpected}more than one (2 in actual) latest policy snapshots associated with the clusterResourcePlacement: example-placement`,
  ],
  [
    'policy snapshot without an index',
    withPolicySnapshots({ [labels.policyIndex]: '' }),
    `${unexpected}policy snapshot \`example-placement-0\` does not have a policy index label`,
  ],
  [
    'selector that cannot be read',
    tutorial({}, [
      { name: 'all', labelSelector: { matchExpressions: [{ key: 'a', operator: 'Like' as 'In', values: ['b'] }] } },
    ]),
    `${client}the stage label selector is invalid, clusterStagedUpdateStrategy: example-strategy, stage: all, err: "Like" is not a valid label selector operator`,
  ],
  [
    'snapshot without a master',
    withoutMaster(),
    `${unexpected}no master clusterResourceSnapshot found for clusterResourcePlacement \`example-placement\` with index \`1\``,
  ],
  [
    'next index that never came',
    { ...withIndex('2'), lastCall: true },
    `${client}no clusterResourceSnapshots with index \`2\` found for clusterResourcePlacement \`example-placement\``,
  ],
];

/** One latest policy snapshot for each set of labels, which are added to what it has. */
function withPolicySnapshots(...added: Record<string, string>[]): PlanningInput {
  return tutorial({
    policySnapshots: added.flatMap((more) =>
      tutorial().policySnapshots.map((snapshot) => ({
        ...snapshot,
        metadata: { ...snapshot.metadata, labels: { ...snapshot.metadata.labels, ...more } },
      })),
    ),
  });
}

/** Snapshots of which only a further part is left. */
function withoutMaster(): PlanningInput {
  const resourceSnapshots = tutorial().resourceSnapshots.map((snapshot) => ({
    ...snapshot,
    metadata: { ...snapshot.metadata, annotations: {} },
  }));
  return tutorial({ resourceSnapshots });
}

function withIndex(index: string): PlanningInput {
  const input = tutorial();
  input.run.spec.resourceSnapshotIndex = index;
  return input;
}

test.each(refusals)('refuses: %s', (_, input, cause) => {
  const prefix = 'cannot continue the ClusterStagedUpdateRun: failed to initialize the clusterStagedUpdateRun: ';
  expect(planRun(input)).toEqual({ outcome: 'refused', message: prefix + cause });
});

describe('waits for what may still come', () => {
  test('the policy snapshot', () => {
    expect(planRun(tutorial({ policySnapshots: [] }))).toEqual({
      outcome: 'waiting',
      message: 'Placement example-placement has not been scheduled yet.',
      mayNeverCome: false,
    });
  });

  test('the scheduler', () => {
    const [snapshot] = tutorial().policySnapshots;
    const unscheduled = { ...snapshot, status: undefined } as unknown as PlanningInput['policySnapshots'][number];
    expect(planRun(tutorial({ policySnapshots: [unscheduled] }))).toMatchObject({ outcome: 'waiting' });
  });

  test('a policy that asks for more clusters than there are', () => {
    const [snapshot] = tutorial().policySnapshots;
    const message = 'could not find all the clusters needed as specified by the scheduling policy';
    const conditions = [{ type: 'Scheduled', status: 'False', observedGeneration: 1, message }];
    const short = { ...snapshot, status: { ...snapshot?.status, conditions } };
    expect(planRun(tutorial({ policySnapshots: [short] as unknown as PlanningInput['policySnapshots'] }))).toEqual({
      outcome: 'waiting',
      message: `Placement example-placement does not have all clusters that its policy asks for: ${message}.`,
      mayNeverCome: false,
    });
  });

  test('a binding that still belongs to an older policy', () => {
    const late = binding('member1', { schedulingPolicySnapshotName: 'example-placement-older' });
    expect(planRun(tutorial({ bindings: [late] }))).toMatchObject({
      outcome: 'waiting',
      message: expect.stringContaining('member1') as unknown as string,
    });
  });

  test('the snapshot after the latest, for a while', () => {
    expect(planRun(withIndex('2'))).toEqual({
      outcome: 'waiting',
      message: 'Resource snapshot 2 of placement example-placement has not been taken yet.',
      mayNeverCome: true,
    });
  });
});
