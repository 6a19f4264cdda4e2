/** The placement loop on a real API server: what the tutorial shows before its first run, and what goes beyond it. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { isConditionTrue } from '../../api/conditions.ts';
import { clusterKinds, kinds } from '../../api/kinds.ts';
import type { Condition, KubernetesObject } from '../../api/meta.ts';
import type { ClusterResourceSnapshot } from '../../api/types/clusterresourcesnapshot.ts';
import { nameOfBinding } from '../../domain/scheduling/index.ts';
import { kubectlOn } from '../support/apiServerKubectl.ts';
import {
  addMember,
  core,
  createConfigMap,
  createNamespace,
  editConfigMap,
  head,
  noRollouts,
  ofPlacement,
  placementOf,
  setMemberHealth,
  startHub,
  startLoop,
  waitFor,
  waitForScheduled,
  waitUntilGone,
  type RunningLoop,
  type TestHub,
} from './placementsHub.ts';

const members = ['member1', 'member2', 'member3'];
const hashOfValue1 = '0130c875defa5c7ebcfaa8e16ef8b3c3e10285f3a0e8cc6f39be8c802f03c479';
const hashOfValue2 = '10dd7a3d1e5f9849afe956cfbac080a60671ad771e9bda7dd34415f867c75648';

let hub: TestHub;

beforeAll(async () => {
  hub = await startHub();
  for (const member of members) await addMember(hub.client, member);
}, 120_000);

afterAll(async () => {
  await (hub as TestHub | undefined)?.stop();
});

/** A table as kubectl prints it, ages masked. */
async function table(...words: string[]): Promise<string> {
  const printed = await kubectlOn(hub.server, ['get', ...words]);
  return printed
    .replace(/AGE +/g, 'AGE ')
    .replace(/ \d+m?\d*s( |$) */gm, ' <age>$1')
    .replace(/ +$/gm, '')
    .trim();
}

function snapshotNamed(name: string): Promise<ClusterResourceSnapshot> {
  return waitFor(hub.client, clusterKinds.resourceSnapshot, ({ metadata }) => metadata.name === name);
}

function expectedSnapshot(
  index: number,
  isLatest: boolean,
  hash: string,
  value: string,
  uid: string | undefined,
): object {
  return {
    metadata: {
      annotations: {
        'kubernetes-fleet.io/number-of-enveloped-object': '0',
        'kubernetes-fleet.io/number-of-resource-snapshots': '1',
        'kubernetes-fleet.io/resource-hash': hash,
      },
      generation: 1,
      labels: {
        'kubernetes-fleet.io/is-latest-snapshot': String(isLatest),
        'kubernetes-fleet.io/parent-CRP': 'example-placement',
        'kubernetes-fleet.io/resource-index': String(index),
      },
      name: `example-placement-${String(index)}-snapshot`,
      ownerReferences: [
        {
          apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
          blockOwnerDeletion: true,
          controller: true,
          kind: 'ClusterResourcePlacement',
          name: 'example-placement',
          uid,
        },
      ],
    },
    spec: {
      selectedResources: [
        {
          apiVersion: 'v1',
          kind: 'Namespace',
          metadata: { labels: { 'kubernetes.io/metadata.name': 'test-namespace' }, name: 'test-namespace' },
          spec: { finalizers: ['kubernetes'] },
        },
        {
          apiVersion: 'v1',
          data: { key: value },
          kind: 'ConfigMap',
          metadata: { name: 'test-cm', namespace: 'test-namespace' },
        },
      ],
    },
  };
}

/** A snapshot without what differs from run to run. */
function comparable({ metadata, ...rest }: ClusterResourceSnapshot): object {
  const { uid: _uid, resourceVersion: _version, creationTimestamp: _time, managedFields: _fields, ...kept } = metadata;
  return { metadata: kept, spec: rest.spec, ...('status' in rest ? { status: rest.status } : {}) };
}

describe('the tutorial up to its first run', () => {
  let loop: RunningLoop;
  beforeAll(async () => {
    loop = await startLoop(hub.client);
    await createNamespace(hub.client, 'test-namespace');
    await createConfigMap(hub.client, 'test-namespace', 'test-cm', { key: 'value1' });
    // What a cluster with controllers makes for itself in every namespace (N17).
    await createConfigMap(hub.client, 'test-namespace', 'kube-root-ca.crt', { 'ca.crt': '' });
    const account = { ...head(core.serviceAccount), metadata: { name: 'default', namespace: 'test-namespace' } };
    await hub.client.create(core.serviceAccount, account);
    await hub.client.create(clusterKinds.placement, placementOf('example-placement', 'test-namespace'));
  });
  afterAll(() => loop.stop());

  test('P4–P7, P10, P11: the placement is scheduled to all members and reads back as submitted', async () => {
    const placement = await waitForScheduled(hub.client, 'example-placement', 'True');
    expect(placement.metadata.generation).toBe(1);
    expect(placement.metadata.labels).toBeUndefined();
    expect(placement.metadata.annotations).toBeUndefined();
    expect(placement.spec).toEqual({
      ...placementOf('example-placement', 'test-namespace').spec,
      revisionHistoryLimit: 10,
    });
    const bindings = await ofPlacement(hub.client, clusterKinds.binding, 'example-placement');
    const owner = { name: 'example-placement', uid: placement.metadata.uid ?? '' };
    expect(bindings.map(({ metadata }) => metadata.name)).toEqual(members.map((name) => nameOfBinding(owner, name)));
    for (const { spec, metadata } of bindings) {
      expect(spec.state).toBe('Scheduled');
      expect(spec.resourceSnapshotName).toBeUndefined();
      expect(metadata.finalizers).toEqual(['kubernetes-fleet.io/work-cleanup']);
    }
  });

  test('P8, P9: kubectl get crp', async () => {
    await waitForScheduled(hub.client, 'example-placement', 'True');
    expect(await table('crp', 'example-placement')).toBe(
      [
        'NAME                GEN   SCHEDULED   SCHEDULED-GEN   AVAILABLE   AVAILABLE-GEN   AGE',
        'example-placement   1     True        1                                           <age>',
      ].join('\n'),
    );
  });

  test('N1–N5, N9–N18: snapshot 0 is created together with the placement', async () => {
    const placement = await waitForScheduled(hub.client, 'example-placement', 'True');
    const snapshot = await snapshotNamed('example-placement-0-snapshot');
    expect(comparable(snapshot)).toEqual(expectedSnapshot(0, true, hashOfValue1, 'value1', placement.metadata.uid));
  });

  test('N6–N18: an edit makes snapshot 1 and leaves the source objects alone', async () => {
    await editConfigMap(hub.client, 'test-namespace', 'test-cm', 'value2');
    const snapshot = await snapshotNamed('example-placement-1-snapshot');
    const { uid } = (await hub.client.get(clusterKinds.placement, 'example-placement')).metadata;
    expect(comparable(snapshot)).toEqual(expectedSnapshot(1, true, hashOfValue2, 'value2', uid));
    const older = await hub.client.get(clusterKinds.resourceSnapshot, 'example-placement-0-snapshot');
    expect(comparable(older)).toEqual(expectedSnapshot(0, false, hashOfValue1, 'value1', uid));

    const { metadata } = await hub.client.get(core.configMap, 'test-cm', 'test-namespace');
    const { managedFields: _fields, ...kept } = metadata;
    expect(Object.keys(kept).sort()).toEqual(['creationTimestamp', 'name', 'namespace', 'resourceVersion', 'uid']);
    expect(await table('clusterresourcesnapshots', '--show-labels')).toBe(
      [
        'NAME                           GEN   AGE LABELS',
        ...['false', 'true'].map(
          (isLatest, index) =>
            `example-placement-${String(index)}-snapshot   1     <age> kubernetes-fleet.io/is-latest-snapshot=${isLatest},` +
            `kubernetes-fleet.io/parent-CRP=example-placement,kubernetes-fleet.io/resource-index=${String(index)}`,
        ),
      ].join('\n'),
    );
  });

  test('K31, K34: one event for the scheduling, from the documented source', async () => {
    await waitFor(hub.client, kinds.event, ({ metadata }) => metadata.name.startsWith('example-placement.'));
    await loop.controller.idle();
    const { items } = await hub.client.list(kinds.event, { namespace: 'default' });
    expect(items.filter(({ metadata }) => metadata.name.startsWith('example-placement.'))).toEqual([
      expect.objectContaining({
        reason: 'PlacementScheduleSuccess',
        message: 'Successfully scheduled the placement',
        type: 'Normal',
        count: 1,
        source: { component: 'cluster-resource-placement-controller' },
      }),
    ]);
  });

  test('X3: deleting a placement that was never rolled out leaves nothing', async () => {
    await hub.client.delete(clusterKinds.placement, 'example-placement');
    await waitUntilGone(hub.client, clusterKinds.placement, 'example-placement');
    expect(await ofPlacement(hub.client, clusterKinds.binding, 'example-placement')).toEqual([]);
    expect(await ofPlacement(hub.client, clusterKinds.resourceSnapshot, 'example-placement')).toEqual([]);
    expect(await ofPlacement(hub.client, clusterKinds.policySnapshot, 'example-placement')).toEqual([]);
  });
});

describe('beyond the tutorial', () => {
  const asked: { name: string; uid: string }[] = [];
  let loop: RunningLoop;
  let number = 0;
  let name: string;

  beforeAll(async () => {
    const begin = (placement: { name: string; uid: string }) => {
      asked.push(placement);
      return Promise.resolve();
    };
    loop = await startLoop(hub.client, {}, { ...noRollouts, begin });
  });
  afterAll(() => loop.stop());
  beforeEach(async () => {
    name = `case-${String(++number)}`;
    await createNamespace(hub.client, name);
  });
  afterEach(async () => {
    for (const placement of (await hub.client.list(clusterKinds.placement)).items) {
      await hub.client.delete(clusterKinds.placement, placement.metadata.name);
      await waitUntilGone(hub.client, clusterKinds.placement, placement.metadata.name);
    }
  });

  test('a kind that the hub does not serve is named, and picked up once it is served', async () => {
    const selector = { group: 'example.com', version: 'v1', kind: 'Widget', name };
    await hub.client.create(clusterKinds.placement, placementOf(name, name, { resourceSelectors: [selector] }));
    const invalid = await waitForScheduled(hub.client, name, 'False', 'InvalidResourceSelectors');
    expect(invalid.status?.conditions?.[0]?.message).toContain('no matches for kind "Widget"');
    expect(await ofPlacement(hub.client, clusterKinds.resourceSnapshot, name)).toEqual([]);

    await hub.client.create(kinds.customResourceDefinition, customDefinition('widgets', 'Widget', 'Cluster'));
    const widgets = { group: 'example.com', version: 'v1', kind: 'Widget', plural: 'widgets', namespaced: false };
    await waitForScheduled(hub.client, name, 'True');
    await hub.client.create(widgets, { ...head(widgets), metadata: { name } });
    const snapshot = await waitFor(
      hub.client,
      clusterKinds.resourceSnapshot,
      ({ metadata, spec }) => metadata.name.startsWith(`${name}-`) && spec.selectedResources.length === 1,
    );
    expect(snapshot.spec.selectedResources[0]).toMatchObject({ kind: 'Widget', metadata: { name } });
  });

  test('a kind that is no longer served holds no snapshot up', async () => {
    const definition = customDefinition('gadgets', 'Gadget', 'Namespaced');
    await hub.client.create(kinds.customResourceDefinition, definition);
    const established = ({ metadata, ...rest }: KubernetesObject) =>
      metadata.name === definition.metadata.name &&
      isConditionTrue((rest as { status?: { conditions?: Condition[] } }).status?.conditions, 'Established');
    await waitFor(hub.client, kinds.customResourceDefinition, established);
    await hub.client.create(clusterKinds.placement, placementOf(name, name));
    await snapshotNamed(`${name}-0-snapshot`);
    await hub.client.delete(kinds.customResourceDefinition, definition.metadata.name);
    await waitUntilGone(hub.client, kinds.customResourceDefinition, definition.metadata.name);
    await hub.client.create(clusterKinds.placement, placementOf(`${name}-later`, name));
    await snapshotNamed(`${name}-later-0-snapshot`);
  });

  test('objects outside the selection and changes of status take no snapshot', async () => {
    await createNamespace(hub.client, `${name}-other`);
    await hub.client.create(clusterKinds.placement, placementOf(name, name));
    await snapshotNamed(`${name}-0-snapshot`);
    await createConfigMap(hub.client, `${name}-other`, 'elsewhere', { key: 'value' });
    await createConfigMap(hub.client, name, 'here', { key: 'value' });
    const snapshot = await snapshotNamed(`${name}-1-snapshot`);
    expect(snapshot.spec.selectedResources.map((object) => object.metadata)).toEqual([
      expect.objectContaining({ name }),
      { name: 'here', namespace: name },
    ]);
  });

  test('two placements of the same namespace do not disturb each other', async () => {
    await createConfigMap(hub.client, name, 'shared', { key: 'value1' });
    const names = [`${name}-a`, `${name}-b`];
    for (const each of names) await hub.client.create(clusterKinds.placement, placementOf(each, name));
    await Promise.all(names.map((each) => snapshotNamed(`${each}-0-snapshot`)));
    await editConfigMap(hub.client, name, 'shared', 'value2');
    const snapshots = await Promise.all(names.map((each) => snapshotNamed(`${each}-1-snapshot`)));
    const hashes = snapshots.map(({ metadata }) => metadata.annotations?.['kubernetes-fleet.io/resource-hash']);
    expect(new Set(hashes).size).toBe(1);
    for (const each of names)
      expect(await ofPlacement(hub.client, clusterKinds.binding, each)).toHaveLength(members.length);
  });

  test('a member that joins later is scheduled; its heartbeats write nothing', async () => {
    await hub.client.create(clusterKinds.placement, placementOf(name, name));
    await waitForScheduled(hub.client, name, 'True');
    const joined = await addMember(hub.client, `late-${name}`);
    try {
      const placement = await waitFor(
        hub.client,
        clusterKinds.placement,
        ({ metadata, status }) => metadata.name === name && status?.placementStatuses?.length === members.length + 1,
      );
      expect(placement.status?.placementStatuses?.map(({ clusterName }) => clusterName)).toEqual(
        [`late-${name}`, ...members].sort(),
      );
      await setMemberHealth(hub.client, joined, 'True');
      await loop.controller.idle();
      const { resourceVersion } = (await hub.client.get(clusterKinds.placement, name)).metadata;
      expect(resourceVersion).toBe(placement.metadata.resourceVersion);
    } finally {
      await hub.client.delete(kinds.memberCluster, `late-${name}`);
    }
  });

  test('copies on members are removed before snapshots and placement go', async () => {
    await hub.client.create(clusterKinds.placement, placementOf(name, name));
    await waitForScheduled(hub.client, name, 'True');
    await snapshotNamed(`${name}-0-snapshot`);
    const [binding] = await ofPlacement(hub.client, clusterKinds.binding, name);
    if (binding === undefined) throw new Error('The placement has no binding.');
    await hub.client.replace(clusterKinds.binding, {
      ...binding,
      spec: { ...binding.spec, state: 'Bound', resourceSnapshotName: `${name}-0-snapshot` },
    });
    await waitFor(
      hub.client,
      clusterKinds.placement,
      ({ metadata, status }) =>
        metadata.name === name &&
        status?.placementStatuses?.some((entry) => entry.observedResourceIndex === '0') === true,
    );
    await hub.client.delete(clusterKinds.placement, name);
    for (const { metadata } of (await ofPlacement(hub.client, clusterKinds.binding, name)).slice(1)) {
      await waitUntilGone(hub.client, clusterKinds.binding, metadata.name);
    }
    await loop.controller.idle();
    expect(asked.map((placement) => placement.name)).toEqual([name]);
    expect(await ofPlacement(hub.client, clusterKinds.resourceSnapshot, name)).toHaveLength(1);

    const patch = { type: 'merge' as const, body: { metadata: { finalizers: [] } } };
    await hub.client.patch(clusterKinds.binding, binding.metadata.name, patch);
    await hub.client.delete(clusterKinds.binding, binding.metadata.name);
    await waitUntilGone(hub.client, clusterKinds.placement, name);
    expect(await ofPlacement(hub.client, clusterKinds.resourceSnapshot, name)).toEqual([]);
  });
});

function customDefinition(plural: string, kind: string, scope: 'Cluster' | 'Namespaced') {
  return {
    ...head(kinds.customResourceDefinition),
    metadata: { name: `${plural}.example.com` },
    spec: {
      group: 'example.com',
      scope,
      names: { plural, kind },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  };
}
