/** The placement loop when much happens at once, and when it is stopped anywhere. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { clusterKinds, kinds } from '../../api/kinds.ts';
import type { KubernetesObject } from '../../api/meta.ts';
import { rfc3339 } from '../../domain/time.ts';
import { counting } from './countingClient.ts';
import {
  addMember,
  createConfigMap,
  createNamespace,
  editConfigMap,
  ofPlacement,
  placementOf,
  startHub,
  startLoop,
  waitFor,
  waitForScheduled,
  waitUntilGone,
  type TestHub,
} from './placementsHub.ts';

const members = ['member1', 'member2', 'member3'];
let hub: TestHub;

beforeAll(async () => {
  hub = await startHub();
  for (const member of members) await addMember(hub.client, member);
}, 120_000);

afterAll(async () => {
  await (hub as TestHub | undefined)?.stop();
});

async function prepare(name: string): Promise<void> {
  await createNamespace(hub.client, name);
  await createConfigMap(hub.client, name, 'settings', { key: 'value0' });
  await hub.client.create(clusterKinds.placement, placementOf(name, name));
}

/** Waits for the latest snapshot of a placement to hold a value of the ConfigMap. */
function waitForSnapshotOf(name: string, value: string) {
  return waitFor(hub.client, clusterKinds.resourceSnapshot, ({ metadata, spec }) => {
    const isLatest = metadata.labels?.['kubernetes-fleet.io/is-latest-snapshot'] === 'true';
    const holds = spec.selectedResources.some((object) => (object as { data?: { key?: string } }).data?.key === value);
    return metadata.labels?.['kubernetes-fleet.io/parent-CRP'] === name && isLatest && holds;
  });
}

async function remove(name: string): Promise<void> {
  await hub.client.delete(clusterKinds.placement, name);
  await waitUntilGone(hub.client, clusterKinds.placement, name);
}

test('a burst of edits makes one snapshot, taken after the last of them', async () => {
  const loop = await startLoop(hub.client, { snapshotQuietMs: 400, snapshotMinIntervalMs: 0 });
  await prepare('burst');
  await waitForSnapshotOf('burst', 'value0');
  for (let i = 1; i <= 10; i++) await editConfigMap(hub.client, 'burst', 'settings', `value${String(i)}`);
  const snapshot = await waitForSnapshotOf('burst', 'value10');
  expect(snapshot.metadata.name).toBe('burst-1-snapshot');
  expect(await ofPlacement(hub.client, clusterKinds.resourceSnapshot, 'burst')).toHaveLength(2);
  await remove('burst');
  await loop.stop();
});

test('a burst that does not end is cut, and an edit that is taken back makes no snapshot', async () => {
  const loop = await startLoop(hub.client, {
    snapshotQuietMs: 60_000,
    snapshotMaxDelayMs: 300,
    snapshotMinIntervalMs: 0,
  });
  await prepare('endless');
  await waitForSnapshotOf('endless', 'value0');
  await editConfigMap(hub.client, 'endless', 'settings', 'value1');
  await editConfigMap(hub.client, 'endless', 'settings', 'value0');
  await editConfigMap(hub.client, 'endless', 'settings', 'value2');
  expect((await waitForSnapshotOf('endless', 'value2')).metadata.name).toBe('endless-1-snapshot');
  await remove('endless');
  await loop.stop();
});

test('the time between two snapshots is kept', async () => {
  const loop = await startLoop(hub.client, { snapshotQuietMs: 0, snapshotMinIntervalMs: 1_500 });
  await prepare('paced');
  await waitForSnapshotOf('paced', 'value0');
  const began = performance.now();
  await editConfigMap(hub.client, 'paced', 'settings', 'value1');
  await waitForSnapshotOf('paced', 'value1');
  expect(performance.now() - began).toBeGreaterThan(1_000);
  await remove('paced');
  await loop.stop();
});

test('a restarted loop writes nothing', async () => {
  const first = await startLoop(hub.client);
  await prepare('restart');
  await waitForSnapshotOf('restart', 'value0');
  await editConfigMap(hub.client, 'restart', 'settings', 'value1');
  await waitForSnapshotOf('restart', 'value1');
  await waitForScheduled(hub.client, 'restart', 'True');
  await first.controller.idle();
  await first.stop();
  const before = await everything('restart');

  const counted = counting(hub.client);
  const second = await startLoop(counted.client);
  await second.controller.idle();
  // The selection is read once its watches are open; the event of another change tells that this has happened.
  await editConfigMap(hub.client, 'restart', 'settings', 'value2');
  await waitForSnapshotOf('restart', 'value2');
  expect(counted.writes.filter((write) => !write.includes('resource'))).toEqual([]);
  expect(counted.writes).toEqual(['patch clusterresourcesnapshots', 'create clusterresourcesnapshots']);
  const after = await everything('restart');
  for (const [name, resourceVersion] of Object.entries(before)) {
    if (name !== 'restart-1-snapshot') expect({ [name]: after[name] }).toEqual({ [name]: resourceVersion });
  }
  await remove('restart');
  await second.stop();
});

test('stopped between any two writes, the next loop finishes the work', async () => {
  let round = 0;
  for (let crashed = true; crashed; round++) {
    const name = `crash-${String(round)}`;
    const dying = counting(hub.client, round);
    // Before: the loop dies while the placement is new, or while an edit is taken up.
    const first = await startLoop(dying.client, { snapshotQuietMs: 0, snapshotMinIntervalMs: 0 });
    await prepare(name);
    await Promise.race([dying.died, waitForSnapshotOf(name, 'value0')]);
    await editConfigMap(hub.client, name, 'settings', 'value1');
    await Promise.race([dying.died, settled(name)]);
    crashed = dying.hasDied();
    await first.stop();

    const second = await startLoop(hub.client, { snapshotQuietMs: 0, snapshotMinIntervalMs: 0 });
    await settled(name);
    await second.controller.idle();
    const snapshots = await ofPlacement(hub.client, clusterKinds.resourceSnapshot, name);
    const latest = snapshots.filter(
      ({ metadata }) => metadata.labels?.['kubernetes-fleet.io/is-latest-snapshot'] === 'true',
    );
    expect(latest).toHaveLength(1);
    expect(await ofPlacement(hub.client, clusterKinds.policySnapshot, name)).toHaveLength(1);
    expect(await ofPlacement(hub.client, clusterKinds.binding, name)).toHaveLength(members.length);
    await second.stop();

    await removeWithCrashes(name, round);
  }
  // Finalizer, snapshot, policy snapshot, three bindings, two statuses, an edit's two writes.
  expect(round).toBeGreaterThan(8);
}, 240_000);

test('stopped between any two writes of a new policy, the next loop gives no index a second time', async () => {
  let round = 0;
  for (let crashed = true; crashed; round++) {
    const name = `policy-${String(round)}`;
    const undisturbed = await startLoop(hub.client);
    await createNamespace(hub.client, name);
    await hub.client.create(clusterKinds.placement, placementOf(name, name, { revisionHistoryLimit: 1 }));
    await waitForClustersOf(name, `${name}-0`);
    await undisturbed.controller.idle();
    await undisturbed.stop();

    const dying = counting(hub.client, round);
    const first = await startLoop(dying.client);
    const tolerations = [{ key: 'maintenance', operator: 'Exists' }];
    await hub.client.patch(clusterKinds.placement, name, {
      type: 'merge',
      body: { spec: { policy: { tolerations } } },
    });
    await Promise.race([dying.died, waitForClustersOf(name, `${name}-1`)]);
    await first.controller.idle();
    crashed = dying.hasDied();
    await first.stop();

    const second = await startLoop(hub.client);
    await waitForClustersOf(name, `${name}-1`);
    await second.controller.idle();
    const snapshots = await ofPlacement(hub.client, clusterKinds.policySnapshot, name);
    const latest = snapshots.filter(
      ({ metadata }) => metadata.labels?.['kubernetes-fleet.io/is-latest-snapshot'] === 'true',
    );
    expect(latest.map(({ metadata, spec }) => [metadata.name, spec.policy?.tolerations])).toEqual([
      [`${name}-1`, tolerations],
    ]);
    await remove(name);
    await second.stop();
  }
  // A label, the new snapshot, the old one's end, three bindings, two statuses.
  expect(round).toBeGreaterThan(7);
}, 240_000);

test('stopped between any two writes of a snapshot in parts, with a history of one, nothing of it stays for good', async () => {
  let round = 0;
  const large = 'x'.repeat(500 * 1024);
  for (let crashed = true; crashed; round++) {
    const name = `pruning-${String(round)}`;
    const noPacing = { snapshotQuietMs: 0, snapshotMinIntervalMs: 0 };
    const undisturbed = await startLoop(hub.client, noPacing);
    await createNamespace(hub.client, name);
    await createConfigMap(hub.client, name, 'settings', { key: 'value0', large });
    await createConfigMap(hub.client, name, 'stores', { large });
    await hub.client.create(clusterKinds.placement, placementOf(name, name, { revisionHistoryLimit: 1 }));
    await waitForSnapshotOf(name, 'value0');
    await waitForClustersOf(name, `${name}-0`);
    await undisturbed.controller.idle();
    await undisturbed.stop();

    const dying = counting(hub.client, round);
    const first = await startLoop(dying.client, noPacing);
    await editConfigMap(hub.client, name, 'settings', 'value1');
    await Promise.race([dying.died, pruned(name, 1)]);
    await first.controller.idle();
    crashed = dying.hasDied();
    await first.stop();

    const second = await startLoop(hub.client, noPacing);
    await waitForSnapshotOf(name, 'value1');
    // What a crash has left of the old index goes with the next one.
    await editConfigMap(hub.client, name, 'settings', 'value2');
    await waitForSnapshotOf(name, 'value2');
    await pruned(name, 2);
    await second.controller.idle();
    const snapshots = await ofPlacement(hub.client, clusterKinds.resourceSnapshot, name);
    expect(snapshots.map(({ metadata }) => metadata.name)).toEqual([`${name}-2-0`, `${name}-2-snapshot`]);
    await remove(name);
    await second.stop();
  }
  // A label, two parts, the end of two old parts, a status.
  expect(round).toBeGreaterThan(5);
}, 240_000);

/** Waits until no snapshot of an older index is left. */
async function pruned(name: string, index: number): Promise<void> {
  for (let old = 0; old < index; old++) {
    await waitUntilGone(hub.client, clusterKinds.resourceSnapshot, `${name}-${String(old)}-snapshot`);
    await waitUntilGone(hub.client, clusterKinds.resourceSnapshot, `${name}-${String(old)}-0`);
  }
}

/** Waits until every member's binding follows this policy snapshot, and the placement says so. */
async function waitForClustersOf(name: string, policySnapshot: string): Promise<void> {
  await waitFor(hub.client, clusterKinds.policySnapshot, ({ metadata, status }) => {
    return metadata.name === policySnapshot && status?.targetClusters?.length === members.length;
  });
  for (const member of members) {
    await waitFor(hub.client, clusterKinds.binding, ({ metadata, spec }) => {
      const isOf = metadata.labels?.['kubernetes-fleet.io/parent-CRP'] === name && spec.targetCluster === member;
      return isOf && spec.schedulingPolicySnapshotName === policySnapshot;
    });
  }
}

test('a loop that comes back takes no member for lost whose heartbeats nobody could write', async () => {
  const name = 'return';
  const first = await startLoop(hub.client);
  await prepare(name);
  await waitForClustersOf(name, `${name}-0`);
  await first.controller.idle();
  await first.stop();
  for (const member of members) await beatLast(member, Date.now() - 600_000);
  const tolerations = [{ key: 'maintenance', operator: 'Exists' }];
  await hub.client.patch(clusterKinds.placement, name, { type: 'merge', body: { spec: { policy: { tolerations } } } });

  const counted = counting(hub.client);
  const second = await startLoop(counted.client);
  await waitForClustersOf(name, `${name}-1`);
  await second.controller.idle();
  expect(counted.writes.filter((write) => write.endsWith('bindings'))).toEqual(
    members.map(() => 'replace clusterresourcebindings'),
  );
  await remove(name);
  await second.stop();
});

/** Sets a member's last heartbeat, epoch milliseconds. */
async function beatLast(name: string, time: number): Promise<void> {
  const member = await hub.client.get(kinds.memberCluster, name);
  const [agent] = member.status?.agentStatus ?? [];
  if (agent === undefined) throw new Error(`Member ${name} has no agent status.`);
  const agentStatus = [{ ...agent, lastReceivedHeartbeat: rfc3339(time) }];
  await hub.client.replaceStatus(kinds.memberCluster, { ...member, status: { ...member.status, agentStatus } });
}

/** Deletion, too, may be interrupted after any of its writes. */
async function removeWithCrashes(name: string, writes: number): Promise<void> {
  const dying = counting(hub.client, writes);
  const first = await startLoop(dying.client);
  await hub.client.delete(clusterKinds.placement, name);
  await Promise.race([dying.died, waitUntilGone(hub.client, clusterKinds.placement, name)]);
  await first.stop();
  const second = await startLoop(hub.client);
  await waitUntilGone(hub.client, clusterKinds.placement, name);
  expect(await everything(name)).toEqual({});
  await second.stop();
}

/** The edit is in the latest snapshot and the placement is scheduled. */
async function settled(name: string): Promise<void> {
  await waitForSnapshotOf(name, 'value1');
  const { status } = await waitForScheduled(hub.client, name, 'True');
  expect(status?.placementStatuses).toHaveLength(members.length);
}

/** resourceVersions of all that belongs to a placement, by name. */
async function everything(name: string): Promise<Record<string, string | undefined>> {
  const placement = await hub.client.find(clusterKinds.placement, name);
  const objects: KubernetesObject[] = [
    ...(placement === undefined ? [] : [placement]),
    ...(await ofPlacement(hub.client, clusterKinds.resourceSnapshot, name)),
    ...(await ofPlacement(hub.client, clusterKinds.policySnapshot, name)),
    ...(await ofPlacement(hub.client, clusterKinds.binding, name)),
  ];
  return Object.fromEntries(objects.map(({ metadata }) => [metadata.name, metadata.resourceVersion]));
}
