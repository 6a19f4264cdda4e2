/** Policies on a real API server: the placement loop picks, keeps and drops clusters, and says why. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { kinds, kindsIn } from '../../api/kinds.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type { ClusterResourcePlacement, PlacementPolicy } from '../../api/types/clusterresourceplacement.ts';
import type { MemberCluster } from '../../api/types/membercluster.ts';
import {
  addMember,
  createNamespace,
  ofPlacement,
  placementOf,
  startHub,
  startLoop,
  waitFor,
  waitForScheduled,
  type RunningLoop,
  type TestHub,
} from './placementsHub.ts';

const nodes = 'kubernetes-fleet.io/node-count';
const { placement: placementKind, binding: bindingKind, policySnapshot: policySnapshotKind } = kindsIn({});

let hub: TestHub;
let loop: RunningLoop;

beforeAll(async () => {
  hub = await startHub();
  await createNamespace(hub.client, 'scheduled');
  const facts = { member1: '2', member2: '4', member3: '8' };
  for (const [name, nodeCount] of Object.entries(facts)) {
    await measure(await addMember(hub.client, name), nodeCount);
  }
  loop = await startLoop(hub.client);
}, 120_000);

afterAll(async () => {
  await (loop as RunningLoop | undefined)?.stop();
  await (hub as TestHub | undefined)?.stop();
});

/** What the member loop would find out about a member. */
async function measure(member: MemberCluster, nodeCount: string): Promise<void> {
  const properties = { [nodes]: { value: nodeCount, observationTime: new Date().toISOString() } };
  await hub.client.replaceStatus(kinds.memberCluster, { ...member, status: { ...member.status, properties } });
}

async function create(name: string, policy: PlacementPolicy): Promise<void> {
  await hub.client.create(placementKind, placementOf(name, 'scheduled', { policy }));
}

async function patchPolicy(name: string, policy: PlacementPolicy): Promise<void> {
  await hub.client.patch(placementKind, name, { type: 'merge', body: { spec: { policy } } });
}

/** Waits until the placement says that it is on these clusters, and returns it. */
function waitForClusters(name: string, ...clusters: string[]): Promise<ClusterResourcePlacement> {
  return waitFor(hub.client, placementKind, ({ metadata, status }) => {
    const named = (status?.placementStatuses ?? []).flatMap(({ clusterName = [] }) => clusterName);
    return metadata.name === name && named.join() === clusters.join() && isFresh(metadata.generation, status);
  });
}

function isFresh(generation: number | undefined, status: ClusterResourcePlacement['status']): boolean {
  const scheduled = status?.conditions?.find(({ type }) => type === 'ClusterResourcePlacementScheduled');
  return scheduled?.observedGeneration === generation && scheduled?.status !== 'Unknown';
}

function statesOf(bindings: readonly ClusterResourceBinding[]): Record<string, string> {
  return Object.fromEntries(bindings.map(({ spec }) => [spec.targetCluster, spec.state]));
}

test('PickN takes the best, grows, and shrinks without moving what can stay', async () => {
  const preferred = [{ weight: 100, preference: { propertySorter: { name: nodes, sortOrder: 'Ascending' as const } } }];
  const affinity = { clusterAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred } };
  await create('grows', { placementType: 'PickN', numberOfClusters: 1, affinity });
  await waitForClusters('grows', 'member1');
  await patchPolicy('grows', { numberOfClusters: 2 });
  await waitForClusters('grows', 'member1', 'member2');
  await patchPolicy('grows', { numberOfClusters: 1 });
  await waitForClusters('grows', 'member1');

  const bindings = await ofPlacement(hub.client, bindingKind, 'grows');
  expect(statesOf(bindings)).toEqual({ member1: 'Scheduled', member2: 'Unscheduled' });
  const [snapshot, ...others] = await ofPlacement(hub.client, policySnapshotKind, 'grows');
  expect(others).toEqual([]);
  expect(snapshot?.metadata.annotations).toMatchObject({ 'kubernetes-fleet.io/number-of-clusters': '1' });
  expect(snapshot?.status?.targetClusters?.map(({ reason }) => reason)).toEqual([
    'Successfully scheduled resources for placement in member1 (affinity score: 100, topology spread score: 0): picked by scheduling policy',
    'Cluster "member2" does not score high enough (affinity score: 67, topology spread score: 0)',
    'Cluster "member3" does not score high enough (affinity score: 0, topology spread score: 0)',
  ]);
});

test('PickFixed says which cluster is missing', async () => {
  await create('fixed', { placementType: 'PickFixed', clusterNames: ['member2', 'nowhere'] });
  const { status } = await waitForScheduled(hub.client, 'fixed', 'False', 'SchedulingPolicyUnfulfilled');
  expect(status?.placementStatuses?.map(({ clusterName }) => clusterName)).toEqual(['member2', undefined]);
  expect(status?.placementStatuses?.[1]?.conditions).toMatchObject([
    {
      type: 'Scheduled',
      status: 'False',
      reason: 'ScheduleFailed',
      message: 'Specified cluster "nowhere" is not found',
    },
  ]);
});

test('a property that crosses what a policy requires brings a cluster in; any other measurement writes nothing', async () => {
  const term = { propertySelector: { matchExpressions: [{ name: nodes, operator: 'Ge' as const, values: ['4'] }] } };
  const required = { requiredDuringSchedulingIgnoredDuringExecution: { clusterSelectorTerms: [term] } };
  await create('measured', { placementType: 'PickAll', affinity: { clusterAffinity: required } });
  const before = await waitForClusters('measured', 'member2', 'member3');
  await loop.controller.idle();
  await measure(await hub.client.get(kinds.memberCluster, 'member1'), '3');
  await loop.controller.idle();
  expect((await hub.client.get(placementKind, 'measured')).metadata.resourceVersion).toBe(
    before.metadata.resourceVersion,
  );
  await measure(await hub.client.get(kinds.memberCluster, 'member1'), '5');
  await waitForClusters('measured', 'member1', 'member2', 'member3');
});

test('a policy that asks for nonsense says what to change', async () => {
  const term = { propertySelector: { matchExpressions: [{ name: nodes, operator: 'Ge' as const, values: ['many'] }] } };
  const required = { requiredDuringSchedulingIgnoredDuringExecution: { clusterSelectorTerms: [term] } };
  await create('nonsense', { placementType: 'PickAll', affinity: { clusterAffinity: required } });
  const { status } = await waitForScheduled(hub.client, 'nonsense', 'False', 'InvalidSchedulingPolicy');
  expect(status?.conditions?.[0]?.message).toContain('value "many" is not a valid resource.Quantity');
});
