/** A run whose plan no longer fits the hub ends and says what has changed; what it is held for stays as it was. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ClusterStagedUpdateRun } from '../../../api/types/clusterstagedupdaterun.ts';
import { getFleet } from '../../support/fleet.ts';
import { apply, kubectl, kubectlLine, waitFor } from '../../support/kubectl.ts';
import { configMap, getRun, stage, valueOn } from '../../support/scenario.ts';
import { clustersWith, lines, RunScenarios, stageOf } from '../../support/runScenario.ts';

const aborted = 'cannot continue the ClusterStagedUpdateRun: ';
const initialization = `${aborted}failed to initialize the clusterStagedUpdateRun: `;
const client = 'failed to process the request due to a client error: ';
/** Labels of this file alone, so that nobody else's runs are concerned. */
const group = 'example.com/revalidation-group';
const order = 'example.com/revalidation-order';
const before = { beforeStageTasks: [{ type: 'Approval' as const }] };
let scenarios: RunScenarios;

beforeAll(async () => {
  scenarios = new RunScenarios(await getFleet(), 'revalidation');
}, 180_000);

afterAll(async () => {
  await label(['member1', 'member2', 'member3'], `${group}-`, `${order}-`);
  await scenarios.close();
}, 120_000);

async function label(members: string[], ...changes: string[]): Promise<void> {
  const typed = members.map((member) => `membercluster/${member}`);
  await kubectl(scenarios.fleet, ['label', '--overwrite', ...typed, ...changes]);
}

/** A run that waits for the approval before its first stage. */
async function waitingRun(name: string, stages = [stage('all', undefined, before)]): Promise<ClusterStagedUpdateRun> {
  await scenarios.place(name);
  await scenarios.useStrategy(name, stages);
  await scenarios.start(name);
  return scenarios.says(name, 'UpdateRunWaiting');
}

async function patchStrategy(name: string, change: object): Promise<void> {
  const body = JSON.stringify({ spec: { strategy: change } });
  await kubectl(scenarios.fleet, ['patch', 'crp', name, '--type=merge', '-p', body]);
}

/** @returns why the run ended; nothing but the run's own conditions may have changed */
async function end(earlier: ClusterStagedUpdateRun): Promise<string> {
  const { message, run } = await scenarios.fails(earlier.metadata.name);
  expect(lines(run.status?.conditions)).toEqual([
    'Initialized True UpdateRunInitializedSuccessfully',
    'Progressing False UpdateRunFailed',
    'Succeeded False UpdateRunFailed',
  ]);
  const stages = ({ status }: ClusterStagedUpdateRun): unknown[] =>
    (status?.stagesStatus ?? []).map(({ conditions, clusters }) => [conditions, clusters]);
  expect(stages(run)).toEqual(stages(earlier));
  return message;
}

describe('a run ends when', () => {
  test('its placement is deleted', async () => {
    const run = await waitingRun('revalidation-deleted');
    await kubectlLine(scenarios.fleet, 'delete crp revalidation-deleted --wait=false');
    expect(await end(run)).toBe(`${initialization}${client}parent clusterResourcePlacement not found`);
  });

  test('its placement is no longer External', async () => {
    const run = await waitingRun('revalidation-rolling');
    await patchStrategy('revalidation-rolling', { type: 'RollingUpdate' });
    expect(await end(run)).toBe(
      `${initialization}${client}parent clusterResourcePlacement does not have an external rollout strategy, current strategy: RollingUpdate`,
    );
  });

  test('the apply strategy of its placement changes', async () => {
    const run = await waitingRun('revalidation-applying');
    await patchStrategy('revalidation-applying', { applyStrategy: { type: 'ServerSideApply' } });
    expect(await end(run)).toContain(
      `${aborted}${client}the applyStrategy in the clusterStagedUpdateRun is outdated, latest: {"type":"ServerSideApply"}, recorded: `,
    );
  });

  test('a relabelled member leaves its stage for another', async () => {
    await label(['member1', 'member2'], `${group}=a`);
    await label(['member3'], `${group}=b`);
    const run = await waitingRun('revalidation-moved', [
      stage('a', { [group]: 'a' }, before),
      stage('b', { [group]: 'b' }),
    ]);
    await label(['member2'], `${group}=b`);
    expect(await end(run)).toBe(
      `${aborted}the number of clusters in index \`0\` stage has changed, new: 1, existing: 2; gone: member2`,
    );
  });

  test('a relabelled member is in no stage', async () => {
    await label(['member1', 'member2', 'member3'], `${group}=a`);
    const run = await waitingRun('revalidation-homeless', [stage('a', { [group]: 'a' }, before)]);
    await label(['member3'], `${group}-`);
    expect(await end(run)).toBe(
      `${initialization}${client}some clusters are not placed in any stage, total 1, showing up to 10: member3`,
    );
  });

  test('the labels that sort are swapped', async () => {
    await label(['member1'], `${order}=1`);
    await label(['member2'], `${order}=2`);
    await label(['member3'], `${order}=3`);
    const sorted = stage('all', undefined, { ...before, sortingLabelKey: order });
    const run = await waitingRun('revalidation-order', [sorted]);
    expect(stageOf(run, 'all')?.clusters.map(({ clusterName }) => clusterName)).toEqual([
      'member1',
      'member2',
      'member3',
    ]);
    // The middle one goes last: one write, so that no other order is ever seen.
    await label(['member2'], `${order}=4`);
    expect(await end(run)).toBe(
      `${aborted}the \`1\` cluster in the \`0\` stage has changed, new: member3, existing: member2`,
    );
  });

  test('it is stopped and its placement is deleted', async () => {
    await waitingRun('revalidation-stopped');
    await scenarios.request('revalidation-stopped', 'Stop');
    const run = await scenarios.says('revalidation-stopped', 'UpdateRunStopped');
    await kubectlLine(scenarios.fleet, 'delete crp revalidation-stopped --wait=false');
    expect(await end(run)).toBe(`${initialization}${client}parent clusterResourcePlacement not found`);
  });
});

test('a changed or deleted strategy, a new snapshot and a repeated label do not end a run', async () => {
  const name = 'revalidation-kept';
  await waitingRun(name);
  await scenarios.useStrategy(name, [stage('other', { [group]: 'nobody' })]);
  await kubectlLine(scenarios.fleet, `delete csus ${name}`);
  await apply(scenarios.fleet, [configMap(name, 'settings', { key: 'second' })]);
  await waitFor(scenarios.fleet, 'create', `clusterresourcesnapshots/${name}-1-snapshot`);
  await label(['member1'], `${group}=somewhere`);
  await scenarios.everythingIsNoticed();
  expect(lines((await getRun(scenarios.fleet, name)).status?.conditions)).toContain(
    'Progressing False UpdateRunWaiting',
  );
  await scenarios.approve(`${name}-before-all`);
  const run = await scenarios.succeeds(name);
  expect(clustersWith(run, 'Succeeded')).toEqual(scenarios.fleet.members);
  expect(await valueOn(scenarios.fleet, 'member1', name, 'key')).toBe('first');
});
