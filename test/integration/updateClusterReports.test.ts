/** How long the reports on a binding hold, and whose claim stands between runs and a placement that rolls out by itself. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { annotations } from '../../api/labels.ts';
import { findCondition } from '../../api/conditions.ts';
import { clusterKinds } from '../../api/kinds.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type { RemovalTarget } from '../../activities/members/index.ts';
import { parseClaim, type ClaimHolder } from '../../domain/claims.ts';
import { standingReports } from '../../domain/rollouts/reports.ts';
import {
  cluster,
  configMapObject,
  eventually,
  namespaceObject,
  run,
  runOf,
  start,
  startTestFleet,
  TestPlacement,
  type TestFleet,
} from './updateClusterFleet.ts';

const longAgo = '2026-01-01T00:00:00Z';
let fleet: TestFleet;

beforeAll(async () => {
  fleet = await startTestFleet();
}, 120_000);

afterEach(() => {
  fleet.reset();
});

afterAll(() => fleet.stop(), 60_000);

/** Rolled out with index 0; index 1 holds something else, index 2 the same as 0. All reports are from long ago. */
async function reported(name: string, holder: ClaimHolder = runOf('run')): Promise<TestPlacement> {
  const placement = new TestPlacement(fleet.client, name);
  await placement.schedule();
  for (const [index, value] of ['first', 'second', 'first'].entries()) {
    await placement.snapshot(index, [namespaceObject(name), configMapObject(name, 'settings', { key: value })]);
  }
  await run(fleet.activities.updateCluster, placement.target(0, holder));
  const binding = await placement.binding();
  const conditions = binding.status?.conditions?.map((condition) => ({ ...condition, lastTransitionTime: longAgo }));
  await fleet.client.replaceStatus(clusterKinds.binding, { ...binding, status: { conditions } });
  fleet.reset();
  return placement;
}

function availableSince({ status }: ClusterResourceBinding): string | undefined {
  return findCondition(status?.conditions, 'Available')?.lastTransitionTime;
}

async function respecify(placement: TestPlacement, spec: Partial<ClusterResourceBinding['spec']>): Promise<void> {
  const body = { spec };
  await fleet.client.patch(clusterKinds.binding, placement.bindingName, { type: 'merge', body });
}

describe('a report', () => {
  test('is void from the claim for other contents on, and its time with it', async () => {
    const placement = await reported('void');
    let claimed: ClusterResourceBinding | undefined;
    fleet.memberWrites.intercept = async (write, moment) => {
      if (write === 'apply ConfigMap settings' && moment === 'before') claimed = await placement.binding();
    };
    await run(fleet.activities.updateCluster, placement.target(1, runOf('next', 1)));
    expect(claimed?.metadata.annotations?.[annotations.contentGeneration]).toBe(String(claimed?.metadata.generation));
    expect(claimed?.status?.conditions?.map(({ type }) => type)).toEqual(['RolloutStarted']);
    const updated = await placement.binding();
    expect(standingReports(updated)).toHaveLength(5);
    expect(availableSince(updated)).not.toBe(longAgo);
  });

  test('holds under another index with the same contents, and keeps its time', async () => {
    const placement = await reported('same');
    const { metadata } = await placement.binding();
    await run(fleet.activities.updateCluster, placement.target(2, runOf('next', 1)));
    const updated = await placement.binding();
    expect(updated.metadata.generation).toBe((metadata.generation ?? 0) + 1);
    expect(updated.metadata.annotations?.[annotations.contentGeneration]).toBe('2');
    expect(availableSince(updated)).toBe(longAgo);
  });

  test('holds while the scheduler rewrites the binding, so that nothing has to be written again', async () => {
    const placement = await reported('repointed');
    await respecify(placement, { schedulingPolicySnapshotName: 'repointed-1' });
    const outcome = await run(fleet.activities.updateCluster, placement.target(0, runOf('run')));
    expect(outcome).toMatchObject({ changed: false, available: { observed: true, first: true } });
    expect([...fleet.hubWrites.made, ...fleet.memberWrites.made]).toEqual([]);
  });

  test('is void once a removal has begun, also when the cluster is selected again before it is over', async () => {
    const placement = await reported('reselected');
    await respecify(placement, { state: 'Unscheduled' });
    const target: RemovalTarget = {
      placement: { name: placement.name, uid: placement.uid },
      cluster,
      binding: placement.bindingName,
      claim: rolling(placement, 1),
    };
    // Nobody collects garbage here, so the removal has no end.
    const { environment, outcome } = start(fleet.activities.removeCluster, target);
    await eventually(() => fleet.reports.at(0), 'a report');
    environment.cancel();
    await outcome.catch(() => undefined);
    await respecify(placement, { state: 'Bound' });
    const binding = await placement.binding();
    expect(standingReports(binding)).toEqual([]);
    expect(binding.metadata.annotations?.[annotations.contentHash]).toBeUndefined();
    await expect(run(fleet.activities.removeCluster, target)).rejects.toMatchObject({ type: 'BindingSelected' });
  });
});

function rolling({ name, uid }: TestPlacement, strategyGeneration: number): ClaimHolder {
  return { kind: 'ClusterResourcePlacement', name, uid, createdAt: '2026-11-20T09:00:00Z', strategyGeneration };
}

describe('between a run and a placement that rolls out by itself', () => {
  test('whoever the strategy was given to last has the cluster', async () => {
    const placement = await reported('switched', runOf('run'));
    const claimOn = async (): Promise<string | undefined> =>
      parseClaim((await placement.binding()).metadata.annotations?.[annotations.claim])?.name;
    const byRun = (strategyGeneration: number) =>
      run(fleet.activities.updateCluster, placement.target(1, { ...runOf('run'), strategyGeneration }));
    const byItself = (index: number, strategyGeneration: number) =>
      run(fleet.activities.updateCluster, placement.target(index, rolling(placement, strategyGeneration)));

    expect(await byItself(1, 3)).toMatchObject({ result: 'updated' });
    expect(await claimOn()).toBe('switched');
    expect(await byItself(2, 3)).toMatchObject({ result: 'updated' });
    expect(await byRun(2)).toEqual({ result: 'displaced', by: 'ClusterResourcePlacement/switched' });
    expect(await byRun(4)).toMatchObject({ result: 'updated' });
    expect(await claimOn()).toBe('run');
    expect(await byItself(2, 3)).toEqual({ result: 'displaced', by: 'ClusterStagedUpdateRun/run' });
    expect(await byItself(2, 5)).toMatchObject({ result: 'updated' });
    expect(await byRun(4)).toEqual({ result: 'displaced', by: 'ClusterResourcePlacement/switched' });
  });
});
