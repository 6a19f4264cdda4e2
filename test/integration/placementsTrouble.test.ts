/** The placement loop beside what somebody refuses it, has taken away, or has left behind. */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { readRollout } from '../../activities/placements/readRollout.ts';
import { clusterKinds } from '../../api/kinds.ts';
import type { ResourceDefinition } from '../../api/meta.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import { buildSnapshotGroup } from '../../domain/snapshots/index.ts';
import { isRejected } from '../../kube/errors.ts';
import {
  addMember,
  createConfigMap,
  createNamespace,
  deadlineMs,
  editConfigMap,
  head,
  ofPlacement,
  placementOf,
  startHub,
  startLoop,
  waitFor,
  waitForScheduled,
  waitUntilGone,
  type RunningLoop,
  type TestHub,
} from './placementsHub.ts';

const members = ['member1', 'member2'];
let hub: TestHub;
let loop: RunningLoop | undefined;

beforeAll(async () => {
  hub = await startHub();
  for (const member of members) await addMember(hub.client, member);
}, 120_000);

afterEach(async () => {
  await loop?.stop();
  loop = undefined;
});

afterAll(async () => {
  await (hub as TestHub | undefined)?.stop();
});

const admission = { group: 'admissionregistration.k8s.io', version: 'v1', namespaced: false };
const refusals = {
  ...admission,
  kind: 'ValidatingAdmissionPolicy',
  plural: 'validatingadmissionpolicies',
} satisfies ResourceDefinition;
const refusalBindings = {
  ...admission,
  kind: 'ValidatingAdmissionPolicyBinding',
  plural: 'validatingadmissionpolicybindings',
} satisfies ResourceDefinition;
const apiService = {
  group: 'apiregistration.k8s.io',
  version: 'v1',
  kind: 'APIService',
  plural: 'apiservices',
  namespaced: false,
} satisfies ResourceDefinition;

/** Has the hub refuse every resource snapshot of a placement, until what is returned is called. */
async function refuseSnapshotsOf(placement: string): Promise<() => Promise<void>> {
  const rule = { apiGroups: ['placement.kubernetes-fleet.io'], apiVersions: ['*'], operations: ['CREATE'] };
  const spec = {
    matchConstraints: { resourceRules: [{ ...rule, resources: ['clusterresourcesnapshots'] }] },
    validations: [{ expression: `!object.metadata.name.startsWith('${placement}-')` }],
  };
  const metadata = { name: `refuse-${placement}` };
  await hub.client.create(refusals, { ...head(refusals), metadata, spec } as never);
  const binding = { policyName: metadata.name, validationActions: ['Deny'] };
  await hub.client.create(refusalBindings, { ...head(refusalBindings), metadata, spec: binding } as never);
  const deadline = Date.now() + deadlineMs;
  while (!(await isRefused(placement)) && Date.now() < deadline) await new Promise(setImmediate);
  return async () => {
    await hub.client.delete(refusalBindings, metadata.name);
    await hub.client.delete(refusals, metadata.name);
  };
}

async function isRefused(placement: string): Promise<boolean> {
  const [probe] = buildSnapshotGroup({ name: placement, uid: 'probe' }, 99, [], '');
  if (probe === undefined) throw new Error('A snapshot has at least one part.');
  try {
    await hub.client.create(clusterKinds.resourceSnapshot, probe);
  } catch (error) {
    if (isRejected(error)) return true;
    throw error;
  }
  await hub.client.delete(clusterKinds.resourceSnapshot, probe.metadata.name);
  return false;
}

async function prepare(name: string, spec: Parameters<typeof placementOf>[2] = {}): Promise<void> {
  await createNamespace(hub.client, name);
  await createConfigMap(hub.client, name, 'settings', { key: 'value0' });
  await hub.client.create(clusterKinds.placement, placementOf(name, name, spec));
}

async function remove(name: string): Promise<void> {
  await hub.client.delete(clusterKinds.placement, name);
  await waitUntilGone(hub.client, clusterKinds.placement, name);
}

function snapshotNamed(name: string) {
  return waitFor(hub.client, clusterKinds.resourceSnapshot, ({ metadata }) => metadata.name === name);
}

/** Waits until a placement has bindings for all members under a policy snapshot. */
async function boundUnder(placement: string, policySnapshot: string): Promise<ClusterResourceBinding[]> {
  const isOf = ({ metadata, spec }: ClusterResourceBinding, member: string): boolean =>
    metadata.labels?.['kubernetes-fleet.io/parent-CRP'] === placement && spec.targetCluster === member;
  return Promise.all(
    members.map((member) =>
      waitFor(
        hub.client,
        clusterKinds.binding,
        (binding) => isOf(binding, member) && binding.spec.schedulingPolicySnapshotName === policySnapshot,
      ),
    ),
  );
}

/** As a rollout leaves a binding. */
async function bind(binding: ClusterResourceBinding, resourceSnapshotName: string): Promise<void> {
  const spec = { ...binding.spec, state: 'Bound' as const, resourceSnapshotName };
  await hub.client.replace(clusterKinds.binding, { ...binding, spec });
}

/** Whether a placement says, or does not say, that its snapshots fail. */
function isFailing(name: string, expected: boolean) {
  return ({ metadata, status }: ClusterResourcePlacement): boolean => {
    const failing = status?.conditions?.some(({ reason }) => reason === 'ResourceSnapshotNotTaken') === true;
    return metadata.name === name && failing === expected;
  };
}

function scheduledAt({ metadata, status }: ClusterResourcePlacement, name: string, generation: number) {
  const scheduled = status?.conditions?.find(({ type }) => type === 'ClusterResourcePlacementScheduled');
  return metadata.name === name && scheduled?.observedGeneration === generation ? scheduled : undefined;
}

test('snapshots that the hub refuses are told, and neither scheduling nor status waits for them', async () => {
  const name = 'unkept';
  const allow = await refuseSnapshotsOf(name);
  loop = await startLoop(hub.client, { snapshotQuietMs: 0, snapshotMinIntervalMs: 0 });
  await prepare(name);
  const { status } = await waitFor(hub.client, clusterKinds.placement, isFailing(name, true));
  expect(status?.conditions?.at(-1)?.message).toBe(
    'No resource snapshot is taken, because each attempt fails: ' +
      `Cluster hub could not create ClusterResourceSnapshot ${name}-0-snapshot: ` +
      'the server rejects it (HTTP 422 Invalid). Clusters keep what they have, and it is tried again.',
  );
  expect(status?.conditions?.[0]).toMatchObject({ type: 'ClusterResourcePlacementScheduled', status: 'True' });
  expect(status?.placementStatuses?.map(({ clusterName }) => clusterName)).toEqual(members);

  const tolerations = [{ key: 'maintenance', operator: 'Exists' }];
  await hub.client.patch(clusterKinds.placement, name, { type: 'merge', body: { spec: { policy: { tolerations } } } });
  await boundUnder(name, `${name}-1`);

  await allow();
  await snapshotNamed(`${name}-0-snapshot`);
  await waitFor(hub.client, clusterKinds.placement, isFailing(name, false));
  await remove(name);
}, 90_000);

test('what was wrong with selectors is not told of their successors, which cannot be read yet', async () => {
  const name = 'corrected';
  const spec = {
    group: 'gone.example.com',
    version: 'v1',
    groupPriorityMinimum: 100,
    versionPriority: 100,
    insecureSkipTLSVerify: true,
    service: { namespace: 'default', name: 'nobody' },
  };
  const metadata = { name: 'v1.gone.example.com' };
  await hub.client.create(apiService, { ...head(apiService), metadata, spec } as never);
  const isSilent = async (): Promise<boolean> =>
    (await hub.client.discover({ refresh: true })).incomplete.includes('gone.example.com/v1');
  const deadline = Date.now() + deadlineMs;
  while (!(await isSilent()) && Date.now() < deadline) await new Promise(setImmediate);
  loop = await startLoop(hub.client, { snapshotQuietMs: 0, snapshotMinIntervalMs: 0, discoveryRepairMs: 100 });
  const keptNowhere = [{ group: 'authentication.k8s.io', version: 'v1', kind: 'TokenReview', name: 'a' }];
  await prepare(name, { resourceSelectors: keptNowhere });
  await waitForScheduled(hub.client, name, 'False', 'InvalidResourceSelectors');

  const { resourceSelectors } = placementOf(name, name).spec;
  await hub.client.patch(clusterKinds.placement, name, { type: 'merge', body: { spec: { resourceSelectors } } });
  const corrected = await waitFor(
    hub.client,
    clusterKinds.placement,
    (placement) => scheduledAt(placement, name, 2) !== undefined,
  );
  expect(scheduledAt(corrected, name, 2)).toMatchObject({ status: 'True' });
  expect(await ofPlacement(hub.client, clusterKinds.resourceSnapshot, name)).toEqual([]);

  await hub.client.delete(apiService, metadata.name);
  await snapshotNamed(`${name}-0-snapshot`);
  await remove(name);
}, 90_000);

test('the index of a snapshot that somebody deletes is not given to other content', async () => {
  const name = 'by-hand';
  loop = await startLoop(hub.client);
  await prepare(name);
  await snapshotNamed(`${name}-0-snapshot`);
  const [binding] = await boundUnder(name, `${name}-0`);
  if (binding === undefined) throw new Error('There are members.');
  await loop.controller.idle();
  await loop.stop();
  await bind(binding, `${name}-0-snapshot`);
  await editConfigMap(hub.client, name, 'settings', 'value1');
  await hub.client.delete(clusterKinds.resourceSnapshot, `${name}-0-snapshot`);

  loop = await startLoop(hub.client);
  await waitFor(hub.client, clusterKinds.resourceSnapshot, ({ metadata }) => metadata.name.startsWith(`${name}-`));
  const snapshots = await ofPlacement(hub.client, clusterKinds.resourceSnapshot, name);
  expect(snapshots.map(({ metadata }) => metadata.name)).toEqual([`${name}-1-snapshot`]);
}, 60_000);

test('a placement takes over what one of its name has left, and takes nothing of it for its own doing', async () => {
  const name = 'namesake';
  loop = await startLoop(hub.client);
  await prepare(name);
  await snapshotNamed(`${name}-0-snapshot`);
  const left = await boundUnder(name, `${name}-0`);
  await loop.controller.idle();
  await loop.stop();
  for (const binding of left) await bind(binding, `${name}-0-snapshot`);
  const body = { metadata: { finalizers: null } };
  await hub.client.patch(clusterKinds.placement, name, { type: 'merge', body });
  await remove(name);

  const policy = { placementType: 'PickFixed' as const, clusterNames: ['member2'] };
  await hub.client.create(clusterKinds.placement, placementOf(name, name, { policy }));
  loop = await startLoop(hub.client);
  await snapshotNamed(`${name}-1-snapshot`);
  await waitFor(
    hub.client,
    clusterKinds.policySnapshot,
    ({ metadata, status }) => metadata.name === `${name}-1` && status?.conditions !== undefined,
  );
  const bindings = await ofPlacement(hub.client, clusterKinds.binding, name);
  expect(bindings.map(({ metadata, spec }) => [metadata.uid, spec.targetCluster, spec.state])).toEqual([
    [left[0]?.metadata.uid, 'member1', 'Unscheduled'],
    [left[1]?.metadata.uid, 'member2', 'Bound'],
  ]);
  expect(bindings[1]?.spec.resourceSnapshotName).toBe(`${name}-0-snapshot`);
}, 60_000);

test('a rolling update rolls out no snapshot of a former placement of the name', async () => {
  const name = 'successor';
  await createNamespace(hub.client, name);
  const placement = await hub.client.create(
    clusterKinds.placement,
    placementOf(name, name, { strategy: { type: 'RollingUpdate' } }),
  );
  const uid = placement.metadata.uid ?? '';
  const former = buildSnapshotGroup({ name, uid: 'of-the-former-one' }, 7, [], '');
  const own = buildSnapshotGroup({ name, uid }, 0, [], '');
  const dependencies = { hub: hub.client, pause: 'unobserved' as const, searchAttributes: () => false };
  const look = () => readRollout(dependencies, { name, uid, now: Date.now() });
  for (const snapshot of former) await hub.client.create(clusterKinds.resourceSnapshot, snapshot);
  expect((await look()).facts.target).toBeUndefined();
  for (const snapshot of own) await hub.client.create(clusterKinds.resourceSnapshot, snapshot);
  expect((await look()).facts.target).toEqual({ snapshot: `${name}-0-snapshot`, index: '0' });
});
