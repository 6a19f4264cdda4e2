/** What a run makes of placement, strategy and snapshots when it is initialized, and what its deletion takes away. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { StageConfig } from '../../../api/types/clusterstagedupdaterun.ts';
import { getFleet } from '../../support/fleet.ts';
import { apply, getObject, kubectlLine, waitFor } from '../../support/kubectl.ts';
import { bindingsOf, configMap, getRun, placement, stage, valueOn } from '../../support/scenario.ts';
import { clustersWith, lines, RunScenarios, stageOf } from '../../support/runScenario.ts';

const shared = 'initialization';
const initialization = 'cannot continue the ClusterStagedUpdateRun: failed to initialize the clusterStagedUpdateRun: ';
const client = 'failed to process the request due to a client error: ';
let scenarios: RunScenarios;

beforeAll(async () => {
  scenarios = new RunScenarios(await getFleet(), shared);
  await scenarios.place(shared);
}, 180_000);

afterAll(async () => {
  await scenarios.close();
}, 120_000);

describe('the tasks of a stage are refused when', () => {
  const refused: { mistake: string; name: string; tasks: Pick<StageConfig, 'afterStageTasks'>; says: string }[] = [
    {
      mistake: 'two of one kind stand after it',
      name: 'initialization-twice',
      tasks: { afterStageTasks: [{ type: 'Approval' }, { type: 'Approval' }] },
      says: 'afterStageTasks cannot have two tasks of the same type: Approval',
    },
    {
      mistake: 'a wait takes no time',
      name: 'initialization-no-time',
      tasks: { afterStageTasks: [{ type: 'TimedWait', waitTime: '0s' }] },
      says: 'task 0 of type TimedWait has wait duration <= 0',
    },
  ];

  test.each(refused)('$mistake', async ({ name, tasks, says }) => {
    await scenarios.useStrategy(name, [stage('all', undefined, tasks)]);
    await scenarios.start(name, { placementName: shared });
    await waitFor(scenarios.fleet, 'condition=Initialized=false', `csur/${name}`);
    const [condition, ...others] = (await getRun(scenarios.fleet, name)).status?.conditions ?? [];
    expect(condition?.message).toBe(
      `${initialization}${client}the after stage tasks are invalid, clusterStagedUpdateStrategy: ${name}, stage: all, err: ${says}`,
    );
    expect(others).toEqual([]);
    await kubectlLine(scenarios.fleet, `delete csur ${name} --timeout=30s`);
  });
});

test('the plan stands in the status: order, tasks and names, an empty stage and the one that removes', async () => {
  const name = 'initialization-plan';
  await scenarios.useStrategy(name, [
    stage('canary', { environment: 'canary' }, { sortingLabelKey: 'order', beforeStageTasks: [{ type: 'Approval' }] }),
    { name: 'nobody', afterStageTasks: [{ type: 'TimedWait', waitTime: '90s' }] },
    stage('rest', { environment: 'staging' }, { afterStageTasks: [{ type: 'Approval' }], maxConcurrency: '50%' }),
  ]);
  await scenarios.start(name, { placementName: shared, state: 'Initialize' });
  const { metadata, status } = await scenarios.becomes(name, (run) => run.status?.conditions?.[0]?.status === 'True');
  expect(metadata.finalizers).toEqual(['kubernetes-fleet.io/stagedupdaterun-finalizer']);
  expect(status).toEqual({
    policySnapshotIndexUsed: '0',
    policyObservedClusterCount: 3,
    stagedUpdateStrategySnapshot: {
      stages: [
        expect.objectContaining({ name: 'canary', sortingLabelKey: 'order' }),
        { name: 'nobody', afterStageTasks: [{ type: 'TimedWait', waitTime: '1m30s' }] },
        expect.objectContaining({ name: 'rest', maxConcurrency: '50%' }),
      ],
    },
    stagesStatus: [
      {
        stageName: 'canary',
        beforeStageTaskStatus: [{ type: 'Approval', approvalRequestName: `${name}-before-canary` }],
        clusters: [{ clusterName: 'member3' }, { clusterName: 'member1' }],
      },
      { stageName: 'nobody', clusters: [], afterStageTaskStatus: [{ type: 'TimedWait' }] },
      {
        stageName: 'rest',
        clusters: [{ clusterName: 'member2' }],
        afterStageTaskStatus: [{ type: 'Approval', approvalRequestName: `${name}-rest` }],
      },
    ],
    deletionStageStatus: { stageName: 'kubernetes-fleet.io/deleteStage', clusters: [] },
    conditions: [
      expect.objectContaining({
        type: 'Initialized',
        reason: 'UpdateRunInitializedSuccessfully',
        message: 'ClusterStagedUpdateRun initialized successfully',
      }),
    ],
  });
});

test('an empty selector takes all clusters', async () => {
  const name = 'initialization-selectors';
  await scenarios.useStrategy(name, [stage('all'), { name: 'none' }]);
  await scenarios.start(name, { placementName: shared, state: 'Initialize' });
  const run = await scenarios.becomes(name, ({ status }) => status?.conditions?.[0]?.status === 'True');
  expect(stageOf(run, 'all')?.clusters.map(({ clusterName }) => clusterName)).toEqual(scenarios.fleet.members);
  expect(stageOf(run, 'none')?.clusters).toEqual([]);
});

test('the apply strategy of the placement is copied, and only when it has one', async () => {
  const name = 'initialization-applying';
  const applyStrategy = { type: 'ServerSideApply', serverSideApplyConfig: { force: true } };
  const of = { ...placement(name, shared) };
  await scenarios.place(name, [], {
    ...of,
    spec: { ...(of.spec as object), strategy: { type: 'External', applyStrategy } },
  });
  await scenarios.useStrategy(name, [stage('all')]);
  await scenarios.start(name, { state: 'Initialize' });
  await scenarios.start(`${name}-none`, {
    placementName: shared,
    stagedRolloutStrategyName: name,
    state: 'Initialize',
  });
  const run = await scenarios.becomes(name, ({ status }) => status?.conditions?.[0]?.status === 'True');
  expect(run.status?.appliedStrategy).toEqual(applyStrategy);
  const other = await scenarios.becomes(`${name}-none`, ({ status }) => status?.conditions?.[0]?.status === 'True');
  expect(other.status?.appliedStrategy).toBeUndefined();
});

describe('a run without an index', () => {
  const name = 'initialization-latest';

  async function snapshotNames(): Promise<string[]> {
    const line = `clusterresourcesnapshots -l kubernetes-fleet.io/parent-CRP=${name}`;
    const { items } = await getObject<{ items: { metadata: { name: string } }[] }>(scenarios.fleet, line);
    return items.map(({ metadata }) => metadata.name);
  }

  test('takes the latest snapshot when it holds what is selected now', async () => {
    await scenarios.place(name);
    await scenarios.useStrategy(name, [stage('all', undefined, { maxConcurrency: 3 })]);
    await scenarios.start(name, { resourceSnapshotIndex: undefined });
    const run = await scenarios.succeeds(name);
    expect(run.status?.resourceSnapshotIndexUsed).toBe('0');
    expect(run.spec).not.toHaveProperty('resourceSnapshotIndex');
    expect(await snapshotNames()).toEqual([`${name}-0-snapshot`]);
  });

  test('takes a new snapshot at once when something has changed', async () => {
    await apply(scenarios.fleet, [configMap(name, 'settings', { key: 'second' })]);
    await scenarios.start(`${name}-changed`, {
      placementName: name,
      stagedRolloutStrategyName: name,
      resourceSnapshotIndex: undefined,
    });
    const run = await scenarios.succeeds(`${name}-changed`);
    expect(run.status?.resourceSnapshotIndexUsed).toBe('1');
    expect(await snapshotNames()).toEqual([`${name}-0-snapshot`, `${name}-1-snapshot`]);
    expect(await valueOn(scenarios.fleet, 'member2', name, 'key')).toBe('second');
  });
});

test('the deletion of a run takes its own requests away, does not wait for its clusters, and takes nothing back', async () => {
  const name = 'initialization-deleted';
  await scenarios.placeHeld(name);
  await scenarios.useStrategy(name, [stage('all', undefined, { beforeStageTasks: [{ type: 'Approval' }] })]);
  await scenarios.start(name);
  await scenarios.start(`${name}-other`, { placementName: name, stagedRolloutStrategyName: name });
  await waitFor(scenarios.fleet, 'create', `clusterapprovalrequests/${name}-other-before-all`);
  await scenarios.approve(`${name}-before-all`);
  await scenarios.becomes(name, (run) => clustersWith(run, 'Started').length === 1);
  await waitFor(scenarios.fleet, 'create', `service/gate -n ${name} --context member1`);
  await kubectlLine(scenarios.fleet, `delete csur ${name} --timeout=30s`);
  const requests = await kubectlLine(
    scenarios.fleet,
    `get clusterapprovalrequests ${name}-before-all ${name}-other-before-all -o name --ignore-not-found`,
  );
  expect(requests.stdout.trim()).toMatch(new RegExp(`/${name}-other-before-all$`));
  expect(requests.stdout).not.toContain(`/${name}-before-all`);
  const states = (await bindingsOf(scenarios.fleet, name)).map(({ spec }) => spec.state);
  expect(states).toEqual(['Bound', 'Scheduled', 'Scheduled']);
  expect(await valueOn(scenarios.fleet, 'member1', name, 'key')).toBe('first');
  expect(lines((await getRun(scenarios.fleet, `${name}-other`)).status?.conditions)).toContain(
    'Progressing False UpdateRunWaiting',
  );
});
