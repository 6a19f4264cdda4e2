/** What `removeCluster` takes away. The member's garbage collector is played by the test: a bare API server has none. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { CancelledFailure } from '@temporalio/activity';
import type { RemovalTarget } from '../../activities/members/index.ts';
import { clusterKinds, kinds } from '../../api/kinds.ts';
import type { AppliedWork } from '../../api/types/appliedwork.ts';
import type { ClaimHolder } from '../../domain/claims.ts';
import { removalTrouble } from '../../domain/placements/removal.ts';
import { Informer } from '../../kube/informer.ts';
import { waitFor } from './placementsHub.ts';
import {
  TestPlacement,
  cluster,
  configMapObject,
  configMaps,
  eventually,
  namespaceObject,
  run,
  runOf,
  start,
  startTestFleet,
  type TestFleet,
} from './updateClusterFleet.ts';

let fleet: TestFleet;
let collector: Informer<AppliedWork>;
let collecting = true;

beforeAll(async () => {
  fleet = await startTestFleet();
  collector = new Informer(fleet.client, kinds.appliedWork, { onEvent: ({ object }) => void collect(object) });
  collector.start();
}, 120_000);

afterAll(async () => {
  collector.stop();
  await (fleet as TestFleet | undefined)?.stop();
});

beforeEach(async () => {
  collecting = true;
  fleet.reset();
  await fleet.door.open();
});

/** Foreground deletion: first the ConfigMaps that the inventory owns, then the inventory. */
async function collect(work: AppliedWork): Promise<void> {
  if (!collecting || work.metadata.deletionTimestamp === undefined) return;
  for (const { kind, name, namespace } of work.status?.appliedResources ?? []) {
    if (kind === 'ConfigMap') await fleet.client.delete(configMaps, name, { namespace });
  }
  const body = { metadata: { finalizers: null } };
  await fleet.client.patch(kinds.appliedWork, work.metadata.name, { type: 'merge', body }).catch(() => undefined);
}

async function appliedPlacement(name: string): Promise<TestPlacement> {
  const placement = new TestPlacement(fleet.client, name);
  await placement.schedule();
  await placement.snapshot(0, [namespaceObject(name), configMapObject(name, 'a', { key: '1' })]);
  await run(fleet.activities.updateCluster, placement.target(0, runOf('run')));
  fleet.reset();
  return placement;
}

/** The placement is being deleted: newer than every run. */
function deletion(placement: TestPlacement): RemovalTarget {
  const claim: ClaimHolder = {
    kind: 'ClusterResourcePlacement',
    name: placement.name,
    uid: placement.uid,
    createdAt: '2026-11-20T11:00:00Z',
  };
  return { placement: { name: placement.name, uid: placement.uid }, cluster, binding: placement.bindingName, claim };
}

function copies(placement: TestPlacement): Promise<unknown[]> {
  return fleet.client.list(configMaps, { namespace: placement.name }).then(({ items }) => items);
}

describe('a removal', () => {
  test('takes the copies, the inventory and the binding away, and may be repeated', async () => {
    const placement = await appliedPlacement('removed');
    const outcome = await run(fleet.activities.removeCluster, deletion(placement));

    expect(outcome).toMatchObject({ result: 'updated', changed: true });
    expect(await copies(placement)).toEqual([]);
    expect(await fleet.client.find(kinds.appliedWork, placement.workName)).toBeUndefined();
    expect(await fleet.client.find(clusterKinds.binding, placement.bindingName)).toBeUndefined();
    expect(await run(fleet.activities.removeCluster, deletion(placement))).toEqual({
      result: 'updated',
      changed: false,
    });
  });

  test.each([0, 1, 2, 3])('whose worker is killed after write %i is finished by the next one', async (write) => {
    const placement = await appliedPlacement(`halfway-${String(write)}`);
    let writes = 0;
    const kill = (_write: string, moment: 'before' | 'after'): void => {
      if (moment === 'before') writes += 1;
      if (writes - 1 > write || (writes - 1 === write && moment === 'after')) throw new Error('killed');
    };
    fleet.hubWrites.intercept = kill;
    fleet.memberWrites.intercept = kill;
    await expect(run(fleet.activities.removeCluster, deletion(placement))).rejects.toThrow('killed');
    fleet.reset();
    await run(fleet.activities.removeCluster, deletion(placement));

    expect(await copies(placement)).toEqual([]);
    expect(await fleet.client.find(clusterKinds.binding, placement.bindingName)).toBeUndefined();
  });

  test('is told while the objects are on their way out, and can be cancelled', async () => {
    collecting = false;
    const placement = await appliedPlacement('lingering');
    const { outcome, environment } = start(fleet.activities.removeCluster, deletion(placement));
    const { reason } = await eventually(() => fleet.reports.at(0), 'a report');

    expect(reason).toBe(
      'Cluster member1 is still removing the objects of placement lingering (AppliedWork lingering-work).',
    );
    environment.cancel();
    await expect(outcome).rejects.toBeInstanceOf(CancelledFailure);
    const binding = await fleet.client.get(clusterKinds.binding, placement.bindingName);
    // That it takes its time is not worth a write.
    expect(removalTrouble(binding)).toBeUndefined();
  });

  test('names the object that is held, and its finalizer, until that has gone', async () => {
    const placement = await appliedPlacement('finalized');
    const hold = { metadata: { finalizers: ['example.com/hold', 'example.com/other'] } };
    await fleet.client.patch(configMaps, 'a', { type: 'merge', body: hold }, { namespace: 'finalized' });
    const { removeCluster } = fleet.activitiesWith({ checkIntervalMs: 200, reportIntervalMs: 0 });
    collecting = false;
    const { outcome } = start(removeCluster, deletion(placement));
    await eventually(() => fleet.reports.at(0), 'a report');
    // The garbage collector's first half.
    await fleet.client.delete(configMaps, 'a', { namespace: 'finalized' });
    const { reason } = await eventually(
      () => fleet.reports.find((report) => report.reason.includes('is held by')),
      'a report about the object',
    );

    expect(reason).toBe(
      'Cluster member1 is still removing the objects of placement finalized (AppliedWork finalized-work): ' +
        'ConfigMap finalized/a is held by its finalizers example.com/hold, example.com/other.',
    );
    await waitFor(fleet.client, clusterKinds.binding, (binding) => removalTrouble(binding)?.message === reason);
    const heldByOne = { metadata: { finalizers: ['example.com/hold'] } };
    await fleet.client.patch(configMaps, 'a', { type: 'merge', body: heldByOne }, { namespace: 'finalized' });
    await waitFor(
      fleet.client,
      clusterKinds.binding,
      (binding) => removalTrouble(binding)?.message.includes('its finalizer example.com/hold.') === true,
    );
    const written = (): string[] => fleet.hubWrites.made.filter((write) => write.startsWith('replaceStatus'));
    await eventually(() => written()[1], 'the answer to the second write');
    // One for each thing that there was to say.
    expect(written()).toEqual(Array(2).fill(`replaceStatus ClusterResourceBinding ${placement.bindingName}`));
    const letGo = { metadata: { finalizers: null } };
    await fleet.client.patch(configMaps, 'a', { type: 'merge', body: letGo }, { namespace: 'finalized' });
    await fleet.client.patch(kinds.appliedWork, placement.workName, { type: 'merge', body: letGo });
    expect(await outcome).toMatchObject({ result: 'updated', changed: true });
  });

  test('is held by a member that is away, and goes on when it is back', async () => {
    const placement = await appliedPlacement('unreached');
    await fleet.door.refuse();
    const { outcome } = start(fleet.activities.removeCluster, deletion(placement));
    await eventually(() => fleet.reports.find(({ reason }) => reason.includes('cannot be reached')), 'a report');
    expect(await fleet.client.find(clusterKinds.binding, placement.bindingName)).toBeDefined();
    await fleet.door.open();

    expect(await outcome).toMatchObject({ result: 'updated', changed: true });
    expect(await copies(placement)).toEqual([]);
  });

  test('stops an older update that is still at work', async () => {
    const placement = await appliedPlacement('stopped');
    await placement.snapshot(1, [namespaceObject('stopped'), configMapObject('stopped', 'b', { key: '2' })]);
    fleet.memberWrites.intercept = async (write, moment) => {
      if (write !== 'apply Namespace stopped' || moment !== 'after') return;
      fleet.memberWrites.intercept = undefined;
      await run(fleet.activities.removeCluster, deletion(placement));
    };
    await expect(run(fleet.activities.updateCluster, placement.target(1, runOf('newer', 1)))).rejects.toMatchObject({
      type: 'BindingGone',
    });
    expect(await copies(placement)).toEqual([]);
    expect(await fleet.client.find(kinds.appliedWork, placement.workName)).toBeUndefined();
  });
});

describe('what is not removed', () => {
  test('a cluster that a newer run holds', async () => {
    const placement = await appliedPlacement('held');
    const claim = runOf('older', -1);
    const outcome = await run(fleet.activities.removeCluster, { ...deletion(placement), claim });

    expect(outcome).toEqual({ result: 'displaced', by: 'ClusterStagedUpdateRun/run' });
    expect(await copies(placement)).toHaveLength(1);
  });

  test('a cluster that is selected again when the run comes to its removals', async () => {
    const placement = await appliedPlacement('selected');
    const removal = run(fleet.activities.removeCluster, { ...deletion(placement), claim: runOf('newer', 1) });

    await expect(removal).rejects.toMatchObject({ type: 'BindingSelected', nonRetryable: true });
    expect(await copies(placement)).toHaveLength(1);
  });

  test('what a cluster holds that has left the fleet; only the binding goes', async () => {
    const placement = await appliedPlacement('left');
    const member = await fleet.client.get(kinds.memberCluster, cluster);
    await fleet.client.delete(kinds.memberCluster, cluster);
    const outcome = await run(fleet.activities.removeCluster, deletion(placement));
    const { name, labels } = member.metadata;
    await fleet.client.create(kinds.memberCluster, { ...member, metadata: { name, labels } });

    expect(outcome).toMatchObject({ result: 'updated', changed: false });
    expect(fleet.memberWrites.made).toEqual([]);
    expect(await copies(placement)).toHaveLength(1);
    expect(await fleet.client.find(clusterKinds.binding, placement.bindingName)).toBeUndefined();
  });
});
