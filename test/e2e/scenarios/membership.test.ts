/**
 * A member that joins, is kept away by a taint, leaves with or without its copies, and comes back. It has a fleet of its
 * own, because such changes concern every placement.
 */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { findCondition } from '../../../api/conditions.ts';
import { clusterKinds, kinds } from '../../../api/kinds.ts';
import { down, up, type Fleet } from '../../../local/fleet.ts';
import { run, type CommandResult } from '../../support/command.ts';
import { kubectl, kubectlLine } from '../../support/kubectl.ts';
import { bindingsOf, stage, valueOn } from '../../support/scenario.ts';
import { clustersWith, RunScenarios } from '../../support/runScenario.ts';
import { Informer } from '../../../kube/informer.ts';
import type { KubernetesObject, ResourceDefinition } from '../../../api/meta.ts';

const name = 'membership';
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
    temporary: true,
    whileParentLives: true,
    log: () => undefined,
  });
  scenarios = new RunScenarios(fleet, name);
  await scenarios.place(name);
  await scenarios.useStrategy(name, [stage('all')]);
  await rollOut(`${name}-first`);
}, 240_000);

afterAll(async () => {
  await scenarios.disconnect();
  await down(data);
}, 120_000);

/** @returns the clusters that the run has updated, by name */
async function rollOut(runName: string): Promise<string[]> {
  await scenarios.start(runName, { placementName: name, stagedRolloutStrategyName: name });
  return clustersWith(await scenarios.succeeds(runName), 'Succeeded').sort();
}

function flotilla(line: string): Promise<CommandResult> {
  const environment = { KUBECONFIG: fleet.kubeconfig };
  return run(join(fleet.binFolder, 'flotilla'), line.split(' '), { environment, mayFail: true });
}

function joinAgain(more = ''): Promise<CommandResult> {
  return flotilla(`join member2 --kubeconfig ${fleet.kubeconfig} --context member2${more}`);
}

async function becomes<T extends KubernetesObject>(
  definition: ResourceDefinition<T>,
  wanted: (object: T) => boolean,
): Promise<T> {
  const informer = new Informer(scenarios.hub, definition);
  informer.start();
  try {
    return await informer.waitFor(wanted, 30_000);
  } finally {
    informer.stop();
  }
}

async function uidOnMember(): Promise<string> {
  const line = `get configmap settings -n ${name} --context member2 -o jsonpath={.metadata.uid}`;
  return (await kubectlLine(fleet, line)).stdout;
}

test('the columns of a member are filled', async () => {
  const { stdout } = await kubectlLine(fleet, 'get memberclusters');
  expect(stdout).toMatch(/^NAME +JOINED +AGE +MEMBER-AGENT-LAST-SEEN +NODE-COUNT +AVAILABLE-CPU +AVAILABLE-MEMORY$/m);
  expect(stdout).toMatch(/^member2 +True +\S+ +\S+ +0 +0 +0$/m);
});

test('leaving asks what becomes of the copies, and a dry run tells of it', async () => {
  const without = await flotilla('leave member2');
  expect(without).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('--keep leaves it there, --remove') as unknown,
  });
  const dry = await flotilla('leave member2 --remove --dry-run');
  expect(dry).toMatchObject({
    code: 0,
    stdout: `Would leave: member2. What was placed on it is removed first: ${name}.\n`,
  });
});

test('leaving with --remove takes the copies from the member before the hub forgets it', async () => {
  expect(await valueOn(fleet, 'member2', name, 'key')).toBe('first');
  const left = await flotilla('leave member2 --remove');
  expect(left).toMatchObject({ code: 0, stdout: expect.stringMatching(/member2 has left the fleet\.\n$/) as unknown });
  expect(await valueOn(fleet, 'member2', name, 'key')).toBe('');
  expect((await kubectlLine(fleet, `get namespace ${name} --context member2 --ignore-not-found`)).stdout).toBe('');
  expect(await valueOn(fleet, 'member1', name, 'key')).toBe('first');
  expect((await kubectlLine(fleet, 'get namespace fleet-member-member2 --ignore-not-found')).stdout).toBe('');
  const gone = (await bindingsOf(fleet, name)).find(({ spec }) => spec.targetCluster === 'member2');
  expect(gone?.spec.state).toBe('Unscheduled');
}, 90_000);

test('a taint keeps a placement away from a member that joins; without it the placement comes', async () => {
  const joined = await joinAgain(' --taint example.com/new=yes:NoSchedule --label env=test --location here');
  expect(joined).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/member2 has joined the fleet\.\n$/) as unknown,
  });
  const decided = await becomes(clusterKinds.policySnapshot, ({ metadata, status }) => {
    const decision = status?.targetClusters?.find(({ clusterName }) => clusterName === 'member2');
    return metadata.name === `${name}-0` && decision?.selected === false && decision.reason.includes('taint');
  });
  expect(decided.status?.targetClusters?.map(({ clusterName, selected }) => [clusterName, selected])).toEqual([
    ['member1', true],
    ['member2', false],
  ]);
  expect(await rollOut(`${name}-tainted`)).toEqual(['member1']);
  await kubectl(fleet, ['patch', 'membercluster', 'member2', '--type=merge', '-p', '{"spec":{"taints":null}}']);
  await becomes(
    clusterKinds.binding,
    ({ metadata, spec }) =>
      spec.targetCluster === 'member2' &&
      spec.state !== 'Unscheduled' &&
      metadata.deletionTimestamp === undefined &&
      metadata.labels?.['kubernetes-fleet.io/parent-CRP'] === name,
  );
  expect(await rollOut(`${name}-untainted`)).toEqual(['member1', 'member2']);
  expect(await valueOn(fleet, 'member2', name, 'key')).toBe('first');
}, 120_000);

test('leaving with --keep leaves the copies, and the next life takes them over as they are', async () => {
  const uid = await uidOnMember();
  expect((await flotilla('leave member2 --keep')).code).toBe(0);
  expect(await valueOn(fleet, 'member2', name, 'key')).toBe('first');
  const joined = await joinAgain();
  expect(joined.stdout).toContain(`member2 still holds what was placed on it before (AppliedWork ${name}-work)`);
  const binding = await becomes(
    clusterKinds.binding,
    ({ spec }) => spec.targetCluster === 'member2' && spec.state !== 'Unscheduled',
  );
  expect(binding.metadata.annotations).not.toHaveProperty(['flotilla.kubernetes-fleet.io/content-hash']);
  // What the former member reported says nothing about this one.
  await becomes(clusterKinds.placement, ({ metadata, status }) => {
    const entry = status?.placementStatuses?.find(({ clusterName }) => clusterName === 'member2');
    return metadata.name === name && findCondition(entry?.conditions, 'RolloutStarted')?.status === 'Unknown';
  });
  expect(await rollOut(`${name}-back`)).toEqual(['member1', 'member2']);
  expect(await uidOnMember()).toBe(uid);
}, 120_000);

test('a cluster that is another one by now gets everything, whatever the hub remembers of its name', async () => {
  expect((await flotilla('leave member2 --keep')).code).toBe(0);
  // As if it had been set up anew meanwhile.
  await kubectlLine(fleet, `delete appliedwork ${name}-work --context member2 --cascade=foreground`);
  expect((await joinAgain()).code).toBe(0);
  await becomes(clusterKinds.binding, ({ spec }) => spec.targetCluster === 'member2' && spec.state !== 'Unscheduled');
  expect(await rollOut(`${name}-anew`)).toEqual(['member1', 'member2']);
  expect(await valueOn(fleet, 'member2', name, 'key')).toBe('first');
}, 120_000);

test('deleting the MemberCluster with kubectl is leaving, and keeps the copies', async () => {
  await kubectlLine(fleet, 'delete membercluster member2');
  expect(await valueOn(fleet, 'member2', name, 'key')).toBe('first');
  expect((await kubectlLine(fleet, 'get namespace fleet-member-member2 --ignore-not-found')).stdout).toBe('');
  const { status } = await scenarios.hub.get(kinds.memberCluster, 'member1');
  expect(findCondition(status?.conditions, 'Joined')?.status).toBe('True');
}, 60_000);
