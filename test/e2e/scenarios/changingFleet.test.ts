/**
 * Runs while members come, go and get stuck. It has a fleet of its own, because such changes concern every placement,
 * and a worker that thinks early that a cluster is stuck.
 */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findCondition } from '../../../api/conditions.ts';
import { kinds } from '../../../api/kinds.ts';
import { memberNamespace, memberSecretName } from '../../../api/names.ts';
import type { ClusterStagedUpdateRun } from '../../../api/types/clusterstagedupdaterun.ts';
import { down, up, type Fleet } from '../../../local/fleet.ts';
import { joinMember } from '../../../local/join.ts';
import { kubectl, kubectlLine, waitFor } from '../../support/kubectl.ts';
import { bindingsOf, getRun, stage, valueOn } from '../../support/scenario.ts';
import { clustersWith, lines, RunScenarios, stageOf, stageSays } from '../../support/runScenario.ts';

const aborted = 'cannot continue the ClusterStagedUpdateRun: ';
const before = { beforeStageTasks: [{ type: 'Approval' as const }] };
let data: string;
let fleet: Fleet;
let scenarios: RunScenarios;

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'flotilla-test-'));
  fleet = await up({
    data,
    members: [
      { name: 'member1', labels: {} },
      { name: 'member2', labels: {} },
    ],
    worker: true,
    workerEnvironment: { FLOTILLA_STUCK_AFTER_MS: '1500' },
    temporary: true,
    whileParentLives: true,
    log: () => undefined,
  });
  scenarios = new RunScenarios(fleet, 'changing');
}, 180_000);

afterAll(async () => {
  await scenarios.disconnect();
  await down(data);
}, 120_000);

function message(run: ClusterStagedUpdateRun): string {
  return findCondition(run.status?.conditions, 'Progressing')?.message ?? '';
}

describe('a cluster that is in work for too long', () => {
  const name = 'changing-stuck';

  test('the run says that it is stuck, and never fails for it', async () => {
    await scenarios.placeHeld(name);
    await scenarios.useStrategy(name, [stage('all')]);
    await scenarios.start(name);
    const run = await scenarios.says(name, 'UpdateRunStuck');
    expect(message(run)).toMatch(
      /^The updateRun is stuck waiting for cluster member1 in stage all to finish updating, please check crp status for potential errors/,
    );
    expect(findCondition(run.status?.conditions, 'Progressing')?.status).toBe('False');
    expect(stageSays(run, 'all')).toBe('Progressing True StageUpdatingStarted');
    const started = findCondition(stageOf(run, 'all')?.clusters[0]?.conditions, 'Started')?.lastTransitionTime ?? '';
    const stuck = findCondition(run.status?.conditions, 'Progressing')?.lastTransitionTime ?? '';
    expect(Date.parse(stuck) - Date.parse(started)).toBeGreaterThanOrEqual(1000);
  });

  test('one that is stuck is not stopped until it is done', async () => {
    await scenarios.request(name, 'Stop');
    const run = await scenarios.becomes(name, (current) => stageSays(current, 'all').includes('Stopping'));
    expect(lines(run.status?.conditions)).toContain('Progressing False UpdateRunStuck');
    await scenarios.request(name, 'Run');
    await scenarios.becomes(name, (current) => stageSays(current, 'all').includes('Started'));
  });

  test('the run goes on by itself once the cluster is done', async () => {
    await scenarios.release(name, 'member1');
    const run = await scenarios.becomes(name, (current) => clustersWith(current, 'Succeeded').includes('member1'));
    expect(lines(run.status?.conditions)).toContain('Progressing True UpdateRunProgressing');
    await scenarios.release(name, 'member2');
    await scenarios.succeeds(name);
  });

  test('several are named together', async () => {
    const both = 'changing-stuck-both';
    await scenarios.placeHeld(both);
    await scenarios.useStrategy(both, [stage('all', undefined, { maxConcurrency: 2 })]);
    await scenarios.start(both);
    const run = await scenarios.becomes(both, (current) => message(current).includes('member1, member2'));
    expect(message(run)).toContain(
      'The updateRun is stuck waiting for member1, member2 cluster(s) in stage all to finish updating, please check placement status for potential errors',
    );
    for (const member of fleet.members) await scenarios.release(both, member);
    await scenarios.succeeds(both);
  });
});

describe('the stage that removes', () => {
  const name = 'changing-removal';
  const hold = 'example.com/hold';

  function removal(run: ClusterStagedUpdateRun): string[] {
    return lines(run.status?.deletionStageStatus?.conditions);
  }

  function removed(run: ClusterStagedUpdateRun): string[] {
    return lines(run.status?.deletionStageStatus?.clusters[0]?.conditions);
  }

  /** The inventory on the member goes last; with a finalizer of somebody else's it does not go at all. */
  async function holdRemoval(finalizers: string[]): Promise<void> {
    const body = JSON.stringify({ metadata: { finalizers } });
    const typed = ['patch', 'appliedwork', `${name}-work`, '--context', 'member2', '--type=merge', '-p', body];
    await kubectl(fleet, typed);
  }

  beforeAll(async () => {
    await scenarios.place(name);
    await scenarios.useStrategy(name, [stage('all')]);
    await scenarios.start(`${name}-first`, { placementName: name, stagedRolloutStrategyName: name });
    await scenarios.succeeds(`${name}-first`);
    // A taint keeps the cluster from being picked again.
    const taints = [{ key: 'example.com/away', value: 'yes', effect: 'NoSchedule' }];
    await kubectl(fleet, [
      'patch',
      'membercluster',
      'member2',
      '--type=merge',
      '-p',
      JSON.stringify({ spec: { taints } }),
    ]);
    const binding = (await bindingsOf(fleet, name)).find(({ spec }) => spec.targetCluster === 'member2');
    const body = JSON.stringify({ spec: { state: 'Unscheduled' } });
    const typed = ['patch', 'clusterresourcebinding', binding?.metadata.name ?? '', '--type=merge', '-p', body];
    await kubectl(fleet, typed);
    await holdRemoval([hold]);
  }, 90_000);

  afterAll(async () => {
    await kubectl(fleet, ['patch', 'membercluster', 'member2', '--type=merge', '-p', '{"spec":{"taints":null}}']);
  });

  test('the cluster that is no longer selected stands in it from the start, and is not touched before', async () => {
    await scenarios.useStrategy(`${name}-gated`, [
      stage('all', undefined, { afterStageTasks: [{ type: 'Approval' }] }),
    ]);
    await scenarios.start(name, { stagedRolloutStrategyName: `${name}-gated` });
    const run = await scenarios.says(name, 'UpdateRunWaiting');
    expect(stageOf(run, 'all')?.clusters.map(({ clusterName }) => clusterName)).toEqual(['member1']);
    expect(run.status?.deletionStageStatus?.clusters).toEqual([{ clusterName: 'member2' }]);
    expect(run.status?.policyObservedClusterCount).toBe(1);
    const bindings = await bindingsOf(fleet, name);
    expect(bindings.map(({ metadata }) => metadata.deletionTimestamp)).toEqual([undefined, undefined]);
  });

  test('stopped within it, the run is stopping until what is being removed is gone', async () => {
    await scenarios.approve(`${name}-all`);
    const started = await scenarios.becomes(name, (run) => removed(run).length > 0);
    expect(removal(started)).toEqual(['Progressing True StageUpdatingStarted']);
    expect(removed(started)).toEqual(['Started True ClusterUpdatingStarted']);
    expect(stageSays(started, 'all', 'Succeeded')).toBe('Succeeded True StageUpdatingSucceeded');
    await scenarios.request(name, 'Stop');
    const stopping = await scenarios.says(name, 'UpdateRunStopping');
    expect(removal(stopping)).toEqual(['Progressing Unknown StageUpdatingStopping']);
    await scenarios.everythingIsNoticed();
    expect(removal(await getRun(fleet, name))).toEqual(['Progressing Unknown StageUpdatingStopping']);
    await waitFor(fleet, 'jsonpath={.metadata.deletionTimestamp}', `appliedwork/${name}-work --context member2`);
    await holdRemoval([]);
    const stopped = await scenarios.says(name, 'UpdateRunStopped');
    expect(removal(stopped)).toEqual(['Progressing False StageUpdatingStopped']);
    expect(removed(stopped)[1]).toBe('Succeeded True ClusterUpdatingSucceeded');
  });

  test('with Run it ends, and nothing is left on the cluster', async () => {
    await scenarios.request(name, 'Run');
    const run = await scenarios.succeeds(name);
    expect(removal(run)).toEqual(['Progressing False StageUpdatingSucceeded', 'Succeeded True StageUpdatingSucceeded']);
    expect((await bindingsOf(fleet, name)).map(({ spec }) => spec.targetCluster)).toEqual(['member1']);
    expect(await valueOn(fleet, 'member2', name, 'key')).toBe('');
    expect(await valueOn(fleet, 'member1', name, 'key')).toBe('first');
  });
});

describe('a run ends when', () => {
  /** Another way to the second member's API server, under a name of its own. */
  const visitor = 'visitor';

  async function waitingRun(name: string): Promise<void> {
    await scenarios.place(name);
    await scenarios.useStrategy(name, [stage('all', undefined, before)]);
    await scenarios.start(name);
    await scenarios.says(name, 'UpdateRunWaiting');
  }

  test('a new member is picked', async () => {
    await waitingRun('changing-new');
    const { data: secret = {} } = await scenarios.hub.get(kinds.secret, memberSecretName, memberNamespace('member2'));
    const kubeconfig = Buffer.from(secret.kubeconfig ?? '', 'base64').toString();
    const member = scenarios.client('member2');
    await joinMember(scenarios.hub, member, { name: visitor, labels: {}, kubeconfig });
    expect((await scenarios.fails('changing-new')).message).toBe(
      `${aborted}the number of clusters in index \`0\` stage has changed, new: 3, existing: 2; added: ${visitor}`,
    );
  });

  test('a member leaves the fleet', async () => {
    await waitingRun('changing-gone');
    await kubectlLine(fleet, `delete membercluster ${visitor} --wait=false`);
    expect((await scenarios.fails('changing-gone')).message).toBe(
      `${aborted}the number of clusters in index \`0\` stage has changed, new: 2, existing: 3; gone: ${visitor}`,
    );
  });
});
