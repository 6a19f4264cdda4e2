/** The copy of a placement's status in the namespace that it places, on a real API server. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { findCondition } from '../../api/conditions.ts';
import { clusterKinds, kinds, type ClusterResourcePlacementStatus } from '../../api/kinds.ts';
import type { Condition } from '../../api/meta.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import type { PlacementRollouts } from '../../controllers/placements/index.ts';
import {
  addMember,
  createNamespace,
  deadlineMs,
  ofPlacement,
  placementOf,
  startHub,
  startLoop,
  waitFor,
  waitUntilGone,
  type RunningLoop,
  type TestHub,
} from './placementsHub.ts';

const accessible = { statusReportingScope: 'NamespaceAccessible' } as const;

/** Placements whose rolling updates were asked for. */
const begun = new Set<string>();
const rollouts: PlacementRollouts = {
  begin: (placement) => {
    begun.add(placement.name);
    return Promise.resolve();
  },
  wake: () => Promise.resolve(),
};

let hub: TestHub;
let loop: RunningLoop;
let number = 0;
let name: string;

beforeAll(async () => {
  hub = await startHub();
  await addMember(hub.client, 'member1');
  loop = await startLoop(hub.client, {}, rollouts);
}, 120_000);

afterAll(async () => {
  await (loop as RunningLoop | undefined)?.stop();
  await (hub as TestHub | undefined)?.stop();
});

beforeEach(() => {
  name = `copy-${String(++number)}`;
});

function condition(type: string, { status }: Pick<ClusterResourcePlacement, 'status'>): Condition | undefined {
  return findCondition(status?.conditions, `ClusterResourcePlacement${type}`);
}

function placementWith(type: string, status: string): Promise<ClusterResourcePlacement> {
  return waitFor(
    hub.client,
    clusterKinds.placement,
    (placement) => placement.metadata.name === name && condition(type, placement)?.status === status,
  );
}

function copyWith(
  predicate: (copy: ClusterResourcePlacementStatus) => boolean,
): Promise<ClusterResourcePlacementStatus> {
  return waitFor(hub.client, kinds.statusCopy, (copy) => copy.metadata.name === name && predicate(copy));
}

/** Clusters have been chosen; nothing says more before a run. */
function isDecided({ sourceStatus }: ClusterResourcePlacementStatus): boolean {
  return sourceStatus.placementStatuses?.length === 1;
}

/** The status that a copy has to hold. */
function withoutSynced({ status }: ClusterResourcePlacement): object {
  const conditions = status?.conditions?.filter(({ type }) => type !== 'ClusterResourcePlacementStatusSynced');
  return { ...status, conditions };
}

test('holds the status without the condition about itself, belongs to the placement, and follows it', async () => {
  await createNamespace(hub.client, name);
  await hub.client.create(clusterKinds.placement, placementOf(name, name, accessible));
  const placement = await placementWith('StatusSynced', 'True');
  expect(condition('StatusSynced', placement)).toMatchObject({
    reason: 'StatusSyncSucceeded',
    message: `Successfully created or updated ClusterResourcePlacementStatus in namespace '${name}'`,
    observedGeneration: 1,
  });
  const scheduled = await placementWith('Scheduled', 'True');
  const copy = await copyWith(isDecided);
  expect(copy.metadata).toMatchObject({
    namespace: name,
    ownerReferences: [
      {
        kind: 'ClusterResourcePlacement',
        name,
        uid: scheduled.metadata.uid,
        controller: true,
        blockOwnerDeletion: true,
      },
    ],
  });
  await loop.controller.idle();
  expect((await hub.client.get(kinds.statusCopy, name, name)).sourceStatus).toEqual(
    withoutSynced(await hub.client.get(clusterKinds.placement, name)),
  );

  await addMember(hub.client, `late-${name}`);
  const later = await copyWith(({ sourceStatus }) => sourceStatus.placementStatuses?.length === 2);
  expect(later.sourceStatus.placementStatuses?.map(({ clusterName }) => clusterName)).toContain(`late-${name}`);
  await hub.client.delete(kinds.memberCluster, `late-${name}`);
});

test('is made again when somebody deletes it, and put right when somebody edits it', async () => {
  await createNamespace(hub.client, name);
  await hub.client.create(clusterKinds.placement, placementOf(name, name, accessible));
  const { metadata } = await copyWith(isDecided);
  await hub.client.delete(kinds.statusCopy, name, { namespace: name });
  const again = await copyWith((copy) => copy.metadata.uid !== metadata.uid);
  expect(isDecided(again)).toBe(true);

  const body = { sourceStatus: { observedResourceIndex: '7' } };
  const patch = { type: 'merge' as const, body };
  const edited = await hub.client.patch(kinds.statusCopy, name, patch, { namespace: name });
  await copyWith(
    ({ sourceStatus, metadata: { resourceVersion } }) =>
      resourceVersion !== edited.metadata.resourceVersion && sourceStatus.observedResourceIndex === undefined,
  );
});

test('cannot be written where there is no namespace; once there is one, it is', async () => {
  await hub.client.create(clusterKinds.placement, placementOf(name, name, accessible));
  const failed = condition('StatusSynced', await placementWith('StatusSynced', 'False'));
  expect(failed?.reason).toBe('StatusSyncFailed');
  expect(failed?.message).toMatch(/^Failed to create or update ClusterResourcePlacementStatus: ./);
  await createNamespace(hub.client, name);
  await placementWith('StatusSynced', 'True');
  await copyWith(isDecided);
});

test('another namespace later is refused, and nothing else changes', async () => {
  await createNamespace(hub.client, name);
  await createNamespace(hub.client, `${name}-other`);
  await hub.client.create(clusterKinds.placement, placementOf(name, name, accessible));
  await placementWith('StatusSynced', 'True');
  const copy = await copyWith(isDecided);
  const { resourceSelectors } = placementOf(name, `${name}-other`).spec;
  await hub.client.patch(clusterKinds.placement, name, { type: 'merge', body: { spec: { resourceSelectors } } });
  const refused = await placementWith('Scheduled', 'False');
  expect(condition('Scheduled', refused)).toMatchObject({
    reason: 'InvalidResourceSelectors',
    message: `namespace resource selector is choosing a different namespace '${name}-other' from what was originally picked '${name}'. This is not allowed for NamespaceAccessible ClusterResourcePlacement`,
  });
  await loop.controller.idle();
  const { items } = await hub.client.list(kinds.statusCopy, { namespace: `${name}-other` });
  expect(items).toEqual([]);
  expect((await hub.client.get(kinds.statusCopy, name, name)).metadata.resourceVersion).toBe(
    copy.metadata.resourceVersion,
  );

  const back = { spec: placementOf(name, name).spec };
  await hub.client.patch(clusterKinds.placement, name, { type: 'merge', body: back });
  await placementWith('Scheduled', 'True');
});

test('what somebody takes from a cluster is taken, also while the selectors are to be put right', async () => {
  await createNamespace(hub.client, name);
  await hub.client.create(clusterKinds.placement, placementOf(name, name, accessible));
  await copyWith(isDecided);
  const { resourceSelectors } = placementOf(name, `${name}-other`).spec;
  await hub.client.patch(clusterKinds.placement, name, { type: 'merge', body: { spec: { resourceSelectors } } });
  await placementWith('Scheduled', 'False');
  expect(begun).not.toContain(name);
  const [binding] = await ofPlacement(hub.client, clusterKinds.binding, name);
  await hub.client.delete(clusterKinds.binding, binding?.metadata.name ?? '');
  const deadline = Date.now() + deadlineMs;
  while (!begun.has(name) && Date.now() < deadline) await new Promise(setImmediate);
  expect(begun).toContain(name);
});

test('a namespace by labels has no name to copy to', async () => {
  await createNamespace(hub.client, name);
  const byLabels = { group: '', version: 'v1', kind: 'Namespace', labelSelector: { matchLabels: { team: name } } };
  const spec = { ...accessible, resourceSelectors: [byLabels] };
  await hub.client.create(clusterKinds.placement, placementOf(name, name, spec));
  expect(condition('Scheduled', await placementWith('Scheduled', 'False'))).toMatchObject({
    reason: 'InvalidResourceSelectors',
    message:
      "NamespaceAccessible ClusterResourcePlacement doesn't specify a resource selector which selects a namespace",
  });
});

test('the status of other placements is not copied', async () => {
  await createNamespace(hub.client, name);
  await hub.client.create(clusterKinds.placement, placementOf(name, name));
  const placement = await placementWith('Scheduled', 'True');
  await loop.controller.idle();
  expect(condition('StatusSynced', placement)).toBeUndefined();
  expect(await hub.client.find(kinds.statusCopy, name, name)).toBeUndefined();
  await hub.client.delete(clusterKinds.placement, name);
  await waitUntilGone(hub.client, clusterKinds.placement, name);
});
