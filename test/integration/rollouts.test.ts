/** When the placement loop starts and wakes rolling updates, and when it leaves Temporal alone. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Bindings, withTarget } from '../../activities/members/binding.ts';
import { availableStatus, removalTroubleStatus, rolloutStartedStatus } from '../../activities/members/bindingStatus.ts';
import { findCondition, rollingUpdateStartedMessage } from '../../api/conditions.ts';
import { clusterKinds } from '../../api/kinds.ts';
import { resourceSnapshotName } from '../../api/names.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import type { PlacementRollouts } from '../../controllers/placements/index.ts';
import { rfc3339 } from '../../domain/time.ts';
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
  type RunningLoop,
  type TestHub,
} from './placementsHub.ts';

const name = 'rolling';
let hub: TestHub;
let loop: RunningLoop;
let uid: string;
/** What was called since the test last looked, as `begin rolling`. */
let calls: string[] = [];
/** So many calls are still to fail. */
let failures = 0;

const rollouts: PlacementRollouts = {
  begin: (placement) => called('begin', placement.name),
  wake: (placement) => called('wake', placement.name),
};

function called(how: string, placement: string): Promise<void> {
  calls.push(`${how} ${placement}`);
  failures -= 1;
  return failures >= 0 ? Promise.reject(new Error('Temporal is away.')) : Promise.resolve();
}

beforeAll(async () => {
  hub = await startHub();
  for (const member of ['member1', 'member2']) await addMember(hub.client, member);
  await createNamespace(hub.client, name);
  await createConfigMap(hub.client, name, 'settings', { key: 'first' });
  loop = await startLoop(hub.client, {}, rollouts);
  const placement = placementOf(name, name, { strategy: { type: 'RollingUpdate' } });
  ({ uid = '' } = (await hub.client.create(clusterKinds.placement, placement)).metadata);
}, 120_000);

afterAll(async () => {
  await loop.stop();
  await hub.stop();
}, 60_000);

/** The calls so far, `atLeast` so many, once the loop has seen the placement as wanted. They are forgotten. */
async function callsUntil(wanted: (placement: ClusterResourcePlacement) => boolean, atLeast = 0): Promise<string[]> {
  await waitFor(hub.client, clusterKinds.placement, wanted);
  while (calls.length < atLeast) await new Promise(setImmediate);
  await loop.controller.idle();
  const seen = calls;
  calls = [];
  return seen;
}

function isAt(index: number, type: 'RolloutStarted' | 'Available', status: string) {
  return ({ status: seen }: ClusterResourcePlacement): boolean => {
    const entries = seen?.placementStatuses ?? [];
    const says = entries.filter(({ conditions }) => findCondition(conditions, type)?.status === status);
    return seen?.observedResourceIndex === String(index) && says.length === 2;
  };
}

/** Does with all bindings what a rolling update does with them. */
async function rollOut(index: number): Promise<void> {
  const placement = { name, uid };
  const bindings = new Bindings(hub.client, {}, new AbortController().signal);
  for (const { metadata, spec } of await ofPlacement(hub.client, clusterKinds.binding, name)) {
    const found = await bindings.find(metadata.name);
    if (found === undefined) throw new Error(`Binding ${metadata.name} is gone.`);
    const target = {
      placement,
      cluster: spec.targetCluster,
      binding: metadata.name,
      resourceSnapshotIndex: String(index),
      resourceSnapshotName: resourceSnapshotName(name, index),
      claim: { kind: 'ClusterResourcePlacement', ...placement, createdAt: '', strategyGeneration: 1 } as const,
      rolloutStartedMessage: rollingUpdateStartedMessage,
    };
    const claimed = await bindings.replace(withTarget(found, target, `hash-${String(index)}`, rfc3339(Date.now())));
    const started = await bindings.replaceStatus(claimed, rolloutStartedStatus(claimed, rollingUpdateStartedMessage));
    await bindings.replaceStatus(started, availableStatus(started, placement, true));
  }
}

async function restart(): Promise<void> {
  await loop.stop();
  loop = await startLoop(hub.client, {}, rollouts);
}

describe('a rolling update', () => {
  test('begins once there is something to roll out', async () => {
    expect(await callsUntil(isAt(0, 'RolloutStarted', 'Unknown'), 1)).toEqual([`begin ${name}`]);
  });

  test('is asked for again by a loop that starts before it is over', async () => {
    await restart();
    expect(await callsUntil(isAt(0, 'RolloutStarted', 'Unknown'), 1)).toEqual([`begin ${name}`]);
  });

  test('is not disturbed by what it does itself, nor after it by a loop that starts', async () => {
    await rollOut(0);
    expect(await callsUntil(isAt(0, 'Available', 'True'))).toEqual([]);
    await restart();
    expect(await callsUntil(isAt(0, 'Available', 'True'))).toEqual([]);
  });

  test('begins for a change, also if Temporal does not answer at first', async () => {
    failures = 2;
    await editConfigMap(hub.client, name, 'settings', 'second');
    expect(await callsUntil(isAt(1, 'RolloutStarted', 'False'), 3)).toEqual(Array(3).fill(`begin ${name}`));
  });

  test('is woken when runs are given the rollout, and not asked for any more', async () => {
    await hub.client.patch(clusterKinds.placement, name, {
      type: 'merge',
      body: { spec: { strategy: { type: 'External' } } },
    });
    const isExternal = ({ spec, metadata, status }: ClusterResourcePlacement): boolean =>
      spec.strategy?.type === 'External' &&
      status?.conditions?.every(({ observedGeneration }) => observedGeneration === metadata.generation) === true;
    expect(await callsUntil(isExternal, 1)).toEqual([`wake ${name}`]);
  });

  test('begins when it is given back', async () => {
    await hub.client.patch(clusterKinds.placement, name, {
      type: 'merge',
      body: { spec: { strategy: { type: 'RollingUpdate' } } },
    });
    expect(await callsUntil(isAt(1, 'RolloutStarted', 'False'), 1)).toEqual([`begin ${name}`]);
  });

  test('begins once for a placement that is deleted, which says what keeps its copies', async () => {
    await hub.client.delete(clusterKinds.placement, name);
    expect(await callsUntil(({ metadata }) => metadata.deletionTimestamp !== undefined, 1)).toEqual([`begin ${name}`]);
    const bindings = await ofPlacement(hub.client, clusterKinds.binding, name);
    const held = 'Cluster member1 is still removing the objects: ConfigMap rolling/settings is held.';
    const [first] = bindings;
    if (first === undefined) throw new Error('There is no binding.');
    await hub.client.replaceStatus(clusterKinds.binding, { ...first, status: removalTroubleStatus(first, held) });
    const { status } = await waitFor(
      hub.client,
      clusterKinds.placement,
      ({ status }) => findCondition(status?.conditions, 'ClusterResourcePlacementRemoved')?.message === held,
    );
    expect(findCondition(status?.conditions, 'ClusterResourcePlacementScheduled')?.status).toBe('True');
    for (const { metadata } of bindings) {
      const body = { metadata: { finalizers: [] } };
      await hub.client.patch(clusterKinds.binding, metadata.name, { type: 'merge', body });
      await hub.client.delete(clusterKinds.binding, metadata.name);
    }
    await loop.controller.idle();
    expect(calls).toEqual([]);
  });
});
