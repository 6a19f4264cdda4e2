/** Approvals and waits around a stage. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findCondition } from '../../../api/conditions.ts';
import type { ClusterApprovalRequest } from '../../../api/types/clusterapprovalrequest.ts';
import type { ClusterStagedUpdateRun } from '../../../api/types/clusterstagedupdaterun.ts';
import { getFleet } from '../../support/fleet.ts';
import { apply, kubectlLine } from '../../support/kubectl.ts';
import { bindingsOf, getRun, stage } from '../../support/scenario.ts';
import { clustersWith, lines, RunScenarios, stageOf, stageSays } from '../../support/runScenario.ts';

const approval = { type: 'Approval' as const };
const all = { maxConcurrency: '100%' };
let scenarios: RunScenarios;

beforeAll(async () => {
  scenarios = new RunScenarios(await getFleet(), 'gates');
}, 180_000);

afterAll(async () => {
  await scenarios.close();
}, 120_000);

function isAccepted({ status }: ClusterApprovalRequest): boolean {
  return findCondition(status?.conditions, 'ApprovalAccepted')?.status === 'True';
}

async function exists(request: string): Promise<boolean> {
  const line = `get clusterapprovalrequests ${request} -o name --ignore-not-found`;
  return (await kubectlLine(scenarios.fleet, line)).stdout !== '';
}

/** Deletes a request. @returns its uid */
async function deleteRequest(request: string): Promise<string | undefined> {
  const { metadata } = await scenarios.requestBecomes(request, () => true);
  await kubectlLine(scenarios.fleet, `delete clusterapprovalrequests ${request}`);
  return metadata.uid;
}

describe('an approval before and one after a stage', () => {
  const name = 'gates-both';
  const before = `${name}-before-all`;
  const after = `${name}-all`;

  test('the run waits for the one before, with a request that says what it is for', async () => {
    await scenarios.place(name);
    const wait = { type: 'TimedWait' as const, waitTime: '2s' };
    const tasks = { beforeStageTasks: [approval], afterStageTasks: [wait, approval] };
    await scenarios.useStrategy(name, [stage('all', undefined, { ...all, ...tasks })]);
    await scenarios.start(name);
    const run = await scenarios.says(name, 'UpdateRunWaiting');
    expect(findCondition(run.status?.conditions, 'Progressing')?.message).toBe(
      'The updateRun is waiting for before-stage tasks in stage all to complete',
    );
    expect(stageSays(run, 'all')).toBe('Progressing False StageUpdatingWaiting');
    expect(stageOf(run, 'all')?.startTime).toBeUndefined();
    const request = await scenarios.requestBecomes(before, () => true);
    expect(request.spec).toEqual({ parentStageRollout: name, targetStage: 'all' });
    expect(request.metadata.labels).toEqual({
      'kubernetes-fleet.io/targetUpdatingStage': 'all',
      'kubernetes-fleet.io/targetUpdateRun': name,
      'kubernetes-fleet.io/targetupdaterun': name,
      'kubernetes-fleet.io/taskType': 'beforeStage',
      'kubernetes-fleet.io/isLatestUpdateRunApproval': 'true',
    });
    const states = (await bindingsOf(scenarios.fleet, name)).map(({ spec }) => spec.state);
    expect(states).toEqual(['Scheduled', 'Scheduled', 'Scheduled']);
  });

  test('a request that is deleted before its approval is made again', async () => {
    const uid = await deleteRequest(before);
    await scenarios.requestBecomes(before, ({ metadata }) => metadata.uid !== uid);
  });

  test('an approval of another generation does not count', async () => {
    await scenarios.approve(before, 0);
    await scenarios.everythingIsNoticed();
    expect(isAccepted(await scenarios.requestBecomes(before, () => true))).toBe(false);
    expect(clustersWith(await getRun(scenarios.fleet, name), 'Started')).toEqual([]);
  });

  test('the tasks after the stage run side by side', async () => {
    await scenarios.approve(before);
    await scenarios.requestBecomes(before, isAccepted);
    const run = await scenarios.becomes(name, (current) =>
      (current.status?.conditions?.[1]?.message ?? '').includes('after-stage'),
    );
    expect(stageSays(run, 'all')).toBe('Progressing False StageUpdatingWaiting');
    const request = await scenarios.requestBecomes(after, () => true);
    expect(request.metadata.labels?.['kubernetes-fleet.io/taskType']).toBe('afterStage');
    const waiting = await getRun(scenarios.fleet, name);
    expect(stageOf(waiting, 'all')?.endTime).toBeUndefined();
  });

  test('the second request is made again too, and neither is after its acceptance', async () => {
    const uid = await deleteRequest(after);
    await scenarios.requestBecomes(after, ({ metadata }) => metadata.uid !== uid);
    await deleteRequest(before);
    await scenarios.approve(after);
    const run = await scenarios.succeeds(name);
    await deleteRequest(after);
    await scenarios.everythingIsNoticed();
    expect([await exists(before), await exists(after)]).toEqual([false, false]);
    checkTimes(run);
  });

  /** The wait counts from the end of the clusters, and the request did not wait for the wait. */
  function checkTimes(run: ClusterStagedUpdateRun): void {
    const entry = stageOf(run, 'all');
    const [wait, approved] = entry?.afterStageTaskStatus ?? [];
    const timeOf = (conditions: Parameters<typeof findCondition>[0], type: string): number =>
      Date.parse(findCondition(conditions, type)?.lastTransitionTime ?? '');
    const updated = Math.max(...(entry?.clusters ?? []).map(({ conditions }) => timeOf(conditions, 'Succeeded')));
    const elapsed = timeOf(wait?.conditions, 'WaitTimeElapsed');
    expect(elapsed - updated).toBeGreaterThanOrEqual(2000);
    expect(timeOf(approved?.conditions, 'ApprovalRequestCreated')).toBeLessThan(elapsed);
    expect(Date.parse(entry?.endTime ?? '')).toBeGreaterThanOrEqual(elapsed);
    expect(lines(entry?.conditions)).toEqual([
      'Progressing False StageUpdatingSucceeded',
      'Succeeded True StageUpdatingSucceeded',
    ]);
  }
});

test('a stage without tasks, one with a wait and one with an approval follow one another', async () => {
  const name = 'gates-three';
  await scenarios.place(name);
  await scenarios.useStrategy(name, [
    stage('first', { environment: 'staging' }),
    stage('second', { environment: 'canary' }, { afterStageTasks: [{ type: 'TimedWait', waitTime: '1s' }] }),
    { name: 'empty', afterStageTasks: [approval] },
  ]);
  await scenarios.start(name);
  const waiting = await scenarios.becomes(name, (run) => stageSays(run, 'empty') !== '');
  const second = stageOf(waiting, 'second');
  expect(Date.parse(second?.endTime ?? '') - Date.parse(second?.startTime ?? '')).toBeGreaterThanOrEqual(1000);
  // A stage without clusters is not skipped: its tasks count, and it has no start.
  expect(stageSays(waiting, 'empty')).toBe('Progressing False StageUpdatingWaiting');
  await scenarios.approve(`${name}-empty`);
  const run = await scenarios.succeeds(name);
  expect(stageOf(run, 'empty')?.startTime).toBeUndefined();
  expect(stageSays(run, 'empty', 'Succeeded')).toBe('Succeeded True StageUpdatingSucceeded');
  expect(clustersWith(run, 'Succeeded')).toEqual(['member2', 'member1', 'member3']);
  expect(lines(run.status?.deletionStageStatus?.conditions)).toEqual([
    'Progressing False StageUpdatingSucceeded',
    'Succeeded True StageUpdatingSucceeded',
  ]);
});

test('a request of that name for somebody else ends the run', async () => {
  const name = 'gates-foreign';
  const request = `${name}-before-all`;
  await scenarios.place(name);
  await scenarios.useStrategy(name, [stage('all', undefined, { beforeStageTasks: [approval] })]);
  await apply(scenarios.fleet, [
    {
      apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
      kind: 'ClusterApprovalRequest',
      metadata: { name: request },
      spec: { parentStageRollout: 'gates-another', targetStage: 'canary' },
    },
  ]);
  await scenarios.start(name);
  const { message } = await scenarios.fails(name);
  await kubectlLine(scenarios.fleet, `delete clusterapprovalrequests ${request}`);
  expect(message).toBe(
    'cannot continue the ClusterStagedUpdateRun: unexpected behavior which cannot be handled by the controller: ' +
      `the approval request task \`${request}\` is targeting update run \`gates-another\` and stage \`canary\``,
  );
});
