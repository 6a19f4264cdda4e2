/** What `spec.state` does to a run: planned only, carried out, stopped at every place where it may be, and resumed. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findCondition } from '../../../api/conditions.ts';
import type { Condition } from '../../../api/meta.ts';
import type { ClusterStagedUpdateRun } from '../../../api/types/clusterstagedupdaterun.ts';
import { getFleet } from '../../support/fleet.ts';
import { kubectlLine } from '../../support/kubectl.ts';
import { bindingsOf, getRun, stage } from '../../support/scenario.ts';
import { clustersWith, lines, RunScenarios, stageOf, stageSays } from '../../support/runScenario.ts';
import { temporal } from '../../support/temporalCommand.ts';

let scenarios: RunScenarios;

beforeAll(async () => {
  scenarios = new RunScenarios(await getFleet(), 'states');
}, 180_000);

afterAll(async () => {
  await scenarios.close();
}, 120_000);

/** Every condition that the status holds, at any depth. */
function allConditions(value: unknown): Condition[] {
  if (typeof value !== 'object' || value === null) return [];
  const { conditions = [] } = value as { conditions?: Condition[] };
  return [...conditions, ...Object.values(value).flatMap(allConditions)];
}

function isAccepted(conditions: readonly Condition[] | undefined): boolean {
  return findCondition(conditions, 'ApprovalAccepted')?.status === 'True';
}

describe('Initialize, then Run', () => {
  const name = 'states-initialize';

  test('a run in Initialize is planned and nothing is touched', async () => {
    await scenarios.place(name);
    await scenarios.useStrategy(name, [stage('all', undefined, { beforeStageTasks: [{ type: 'Approval' }] })]);
    await scenarios.start(name, { state: 'Initialize' });
    await scenarios.becomes(name, ({ status }) => status?.conditions?.[0]?.status === 'True');
    await scenarios.everythingIsNoticed();
    const run = await getRun(scenarios.fleet, name);
    expect(lines(run.status?.conditions)).toEqual(['Initialized True UpdateRunInitializedSuccessfully']);
    expect(stageOf(run, 'all')?.conditions ?? []).toEqual([]);
    expect(stageOf(run, 'all')?.clusters.map(({ clusterName }) => clusterName)).toEqual(scenarios.fleet.members);
    const bindings = await bindingsOf(scenarios.fleet, name);
    expect(bindings.map(({ spec }) => spec.state)).toEqual(['Scheduled', 'Scheduled', 'Scheduled']);
  });

  test('it starts with Run, and every condition tells the generation', async () => {
    await scenarios.request(name, 'Run');
    await scenarios.approve(`${name}-before-all`);
    const run = await scenarios.succeeds(name);
    expect(clustersWith(run, 'Succeeded')).toEqual(scenarios.fleet.members);
    expect(run.metadata.generation).toBe(2);
    const generations = new Set(allConditions(run.status).map(({ observedGeneration }) => observedGeneration));
    expect([...generations]).toEqual([2]);
  });
});

test('a run that is made in Stop is planned, stopped, and goes on with Run', async () => {
  const name = 'states-born-stopped';
  await scenarios.place(name);
  await scenarios.useStrategy(name, [stage('all')]);
  await scenarios.start(name, { state: 'Stop' });
  const stopped = await scenarios.says(name, 'UpdateRunStopped');
  expect(stageSays(stopped, 'all')).toBe('Progressing False StageUpdatingStopped');
  expect(clustersWith(stopped, 'Started')).toEqual([]);
  await scenarios.request(name, 'Run');
  await scenarios.succeeds(name);
});

test('a run that is paused with its start, through Temporal, starts nothing and says Stop in its spec', async () => {
  const name = 'states-paused-at-once';
  await scenarios.place(name);
  await scenarios.useStrategy(name, [stage('all')]);
  const spec = { placementName: name, stagedRolloutStrategyName: name };
  const start = ['--type', 'stagedUpdateRun', '--task-queue', 'flotilla', '--input', JSON.stringify({ name, spec })];
  const id = ['--workflow-id', `csur/${name}`];
  await temporal(scenarios.fleet, ['workflow', 'signal-with-start', '--signal-name', 'pause', ...id, ...start]);
  const stopped = await scenarios.says(name, 'UpdateRunStopped');
  expect(stopped.spec.state).toBe('Stop');
  expect(clustersWith(stopped, 'Started')).toEqual([]);
  await temporal(scenarios.fleet, ['workflow', 'signal', ...id, '--name', 'resume']);
  await scenarios.succeeds(name);
  await kubectlLine(scenarios.fleet, `delete csur ${name} --timeout=30s`);
});

describe('stopping and resuming', () => {
  const name = 'states-stop';
  const [first, second, third] = ['member1', 'member2', 'member3'] as const;

  async function stopped(): Promise<ClusterStagedUpdateRun> {
    await scenarios.request(name, 'Stop');
    return scenarios.says(name, 'UpdateRunStopped');
  }

  test('before the stage', async () => {
    await scenarios.placeHeld(name);
    const tasks = { beforeStageTasks: [{ type: 'Approval' as const }] };
    const after = { afterStageTasks: [{ type: 'Approval' as const }, { type: 'TimedWait' as const, waitTime: '1s' }] };
    await scenarios.useStrategy(name, [stage('all', undefined, { ...tasks, ...after })]);
    await scenarios.start(name);
    const waiting = await scenarios.says(name, 'UpdateRunWaiting');
    expect(stageSays(waiting, 'all')).toBe('Progressing False StageUpdatingWaiting');
    expect(stageOf(waiting, 'all')?.startTime).toBeUndefined();
    const run = await stopped();
    expect(stageSays(run, 'all')).toBe('Progressing False StageUpdatingStopped');
    expect(allConditions(run.status).every(({ observedGeneration }) => observedGeneration === 2)).toBe(true);
  });

  test('an approval that comes while the run is stopped is not accepted, and starts nothing', async () => {
    await scenarios.approve(`${name}-before-all`);
    await scenarios.everythingIsNoticed();
    const request = await scenarios.requestBecomes(`${name}-before-all`, () => true);
    expect(isAccepted(request.status?.conditions)).toBe(false);
    expect(clustersWith(await getRun(scenarios.fleet, name), 'Started')).toEqual([]);
  });

  test('after the resumption it is accepted, and the first cluster starts', async () => {
    await scenarios.request(name, 'Run');
    await scenarios.requestBecomes(`${name}-before-all`, ({ status }) => isAccepted(status?.conditions));
    const run = await scenarios.becomes(name, (current) => clustersWith(current, 'Started').includes(first));
    expect(lines(stageOf(run, 'all')?.beforeStageTaskStatus?.[0]?.conditions)).toEqual([
      'ApprovalRequestCreated True StageTaskApprovalRequestCreated',
      'ApprovalRequestApproved True StageTaskApprovalRequestApproved',
    ]);
    await scenarios.release(name, first);
    await scenarios.becomes(name, (current) => clustersWith(current, 'Started').includes(second));
  });

  test('in the middle of a cluster: it is stopping until the cluster is done, and the next one does not start', async () => {
    await scenarios.request(name, 'Stop');
    const stopping = await scenarios.says(name, 'UpdateRunStopping');
    expect(stageSays(stopping, 'all')).toBe('Progressing Unknown StageUpdatingStopping');
    await scenarios.everythingIsNoticed();
    const still = await getRun(scenarios.fleet, name);
    expect(lines(still.status?.conditions)).toContain('Progressing Unknown UpdateRunStopping');
    await scenarios.release(name, second);
    const run = await scenarios.says(name, 'UpdateRunStopped');
    expect(stageSays(run, 'all')).toBe('Progressing False StageUpdatingStopped');
    expect(clustersWith(run, 'Succeeded')).toEqual([first, second]);
    expect(clustersWith(run, 'Started')).toEqual([first, second]);
    const states = (await bindingsOf(scenarios.fleet, name)).map(({ spec }) => spec.state);
    expect(states).toEqual(['Bound', 'Bound', 'Scheduled']);
  });

  test('it goes on with the next cluster', async () => {
    await scenarios.request(name, 'Run');
    const run = await scenarios.becomes(name, (current) => clustersWith(current, 'Started').includes(third));
    expect(lines(run.status?.conditions)).toContain('Progressing True UpdateRunProgressing');
    expect(stageSays(run, 'all')).toBe('Progressing True StageUpdatingStarted');
    await scenarios.release(name, third);
  });

  test('among the tasks after the stage: an approval is kept, and nothing ends before the resumption', async () => {
    await scenarios.requestBecomes(`${name}-all`, () => true);
    const run = await stopped();
    expect(stageSays(run, 'all')).toBe('Progressing False StageUpdatingStopped');
    await scenarios.approve(`${name}-all`);
    await scenarios.everythingIsNoticed();
    const still = await getRun(scenarios.fleet, name);
    expect(lines(still.status?.conditions)).toContain('Progressing False UpdateRunStopped');
    expect(stageOf(still, 'all')?.endTime).toBeUndefined();
    const request = await scenarios.requestBecomes(`${name}-all`, () => true);
    expect(isAccepted(request.status?.conditions)).toBe(false);
    await scenarios.request(name, 'Run');
    const done = await scenarios.succeeds(name);
    const [approval, wait] = stageOf(done, 'all')?.afterStageTaskStatus ?? [];
    expect(lines(approval?.conditions)[1]).toBe('ApprovalRequestApproved True AfterStageTaskApprovalRequestApproved');
    expect(lines(wait?.conditions)).toEqual(['WaitTimeElapsed True AfterStageTaskWaitTimeElapsed']);
  });
});
