/** What placements select, on a real API server: single objects of a namespace, what is held back, envelopes. */
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { findCondition } from '../../api/conditions.ts';
import { clusterKinds, kinds, namespacedKinds, placementGroup, storageVersion } from '../../api/kinds.ts';
import type { ResourceDefinition } from '../../api/meta.ts';
import type {
  ClusterResourcePlacement,
  PlacementStatus,
  ResourceSelector,
} from '../../api/types/clusterresourceplacement.ts';
import type { ClusterResourceSnapshot } from '../../api/types/clusterresourcesnapshot.ts';
import { createCurrentSnapshot } from '../../controllers/placements/index.ts';
import { PlacementSelection } from '../../controllers/placements/selection.ts';
import { resumedEvent } from '../../domain/placements/events.ts';
import type { PropagationSettings } from '../../domain/selection/index.ts';
import { run } from '../support/command.ts';
import {
  core,
  createConfigMap,
  createNamespace,
  deadlineMs,
  editConfigMap,
  head,
  placementOf,
  startHub,
  startLoop,
  waitFor,
  waitForScheduled,
  waitUntilGone,
  type RunningLoop,
  type TestHub,
} from './placementsHub.ts';
import { apiService, createSilentService, silentService } from './silentService.ts';
import { setWorkerLease } from './workerLease.ts';

const role = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRole',
  plural: 'clusterroles',
  namespaced: false,
} satisfies ResourceDefinition;
const envelope = {
  group: placementGroup,
  version: storageVersion,
  kind: 'ResourceEnvelope',
  plural: 'resourceenvelopes',
  namespaced: true,
} satisfies ResourceDefinition;

/** In every namespace of these tests, and kept back or skipped. */
const settings: PropagationSettings = {
  skippedPropagatingApis: [{ group: '', version: 'v1', kinds: ['Secret'] }],
  skippedPropagatingNamespaces: ['kept-back'],
};

/** Of no account for what is selected. */
const noPacing = {
  snapshotQuietMs: 0,
  snapshotMaxDelayMs: 0,
  snapshotMinIntervalMs: 0,
  statusProfile: 'documented',
} as const;

let hub: TestHub;
let loop: RunningLoop;
let number = 0;
let name: string;

beforeAll(async () => {
  hub = await startHub();
  loop = await startLoop(hub.client, settings);
  await createNamespace(hub.client, 'kept-back');
}, 120_000);

afterAll(async () => {
  await (loop as RunningLoop | undefined)?.stop();
  await (hub as TestHub | undefined)?.stop();
});

beforeEach(async () => {
  name = `selection-${String(++number)}`;
  await createNamespace(hub.client, name);
});

afterEach(async () => {
  for (const { metadata } of (await hub.client.list(clusterKinds.placement)).items) {
    await hub.client.delete(clusterKinds.placement, metadata.name);
    await waitUntilGone(hub.client, clusterKinds.placement, metadata.name);
  }
});

function namespaceSelector(more: Partial<ResourceSelector> = {}): ResourceSelector {
  return { group: '', version: 'v1', kind: 'Namespace', name, ...more };
}

function snapshotAt(index: number): Promise<ClusterResourceSnapshot> {
  return waitFor(
    hub.client,
    clusterKinds.resourceSnapshot,
    ({ metadata }) => metadata.name === `${name}-${String(index)}-snapshot`,
  );
}

function objectsIn({ spec }: ClusterResourceSnapshot): string[] {
  return spec.selectedResources.map((object) => {
    const { kind, metadata } = object as { kind: string; metadata: { name: string } };
    return `${kind} ${metadata.name}`;
  });
}

/** What is wrong with the selectors, as the placement says it. */
async function faultOf(placement: string): Promise<string | undefined> {
  const { status } = await waitForScheduled(hub.client, placement, 'False', 'InvalidResourceSelectors');
  return status?.conditions?.[0]?.message.replace(/^.* due to a client error: /, '');
}

describe('single objects of one namespace', () => {
  const scope = { selectionScope: 'NamespaceWithResourceSelectors' } as const;

  test('are followed by name and by labels, and nothing else in the namespace is', async () => {
    await createConfigMap(hub.client, name, 'chosen', { key: 'value' });
    await createConfigMap(hub.client, name, 'other', { key: 'value' });
    await hub.client.create(role, { ...head(role), metadata: { name } });
    const resourceSelectors = [
      { group: '', version: 'v1', kind: 'ConfigMap', name: 'chosen' },
      { group: role.group, version: role.version, kind: role.kind, name },
      namespaceSelector(scope),
    ];
    await hub.client.create(clusterKinds.placement, placementOf(name, name, { resourceSelectors }));
    expect(objectsIn(await snapshotAt(0))).toEqual([`Namespace ${name}`, 'ConfigMap chosen', `ClusterRole ${name}`]);

    await editConfigMap(hub.client, name, 'other', 'value1');
    await editConfigMap(hub.client, name, 'chosen', 'value2');
    const { spec } = await snapshotAt(1);
    expect(spec.selectedResources[1]).toMatchObject({ metadata: { name: 'chosen' }, data: { key: 'value2' } });

    const live = createCurrentSnapshot({
      hub: hub.client,
      caches: loop.caches,
      settings,
      log: pino({ level: 'silent' }),
    });
    const placement = await hub.client.get(clusterKinds.placement, name);
    expect(await live(placement)).toEqual({ outcome: 'taken', index: '1', name: `${name}-1-snapshot` });
  });

  test('may not be of a kind whose objects are kept nowhere', async () => {
    const resourceSelectors = [
      namespaceSelector(scope),
      { group: 'authorization.k8s.io', version: 'v1', kind: 'LocalSubjectAccessReview' },
    ];
    await hub.client.create(clusterKinds.placement, placementOf(name, name, { resourceSelectors }));
    expect(await faultOf(name)).toContain('because the hub neither lists nor watches such objects');
  });

  test('wait for their namespace, and say so', async () => {
    const later = `${name}-later`;
    const resourceSelectors = [
      namespaceSelector({ ...scope, name: later }),
      { group: '', version: 'v1', kind: 'ConfigMap' },
    ];
    await hub.client.create(clusterKinds.placement, placementOf(name, name, { resourceSelectors }));
    expect(await faultOf(name)).toBe(
      `invalid clusterResourcePlacement ${name}: NamespaceWithResourceSelectors mode requires exactly one namespace, but no namespaces were selected`,
    );
    await createNamespace(hub.client, later);
    await waitForScheduled(hub.client, name, 'True');
    expect(objectsIn(await snapshotAt(0))).toEqual([`Namespace ${later}`]);
  });
});

describe('what is held back', () => {
  test.each(['kept-back', 'kube-system'])('the namespace %s', async (reserved) => {
    const resourceSelectors = [namespaceSelector({ name: reserved, selectionScope: 'NamespaceOnly' })];
    await hub.client.create(clusterKinds.placement, placementOf(name, name, { resourceSelectors }));
    expect(await faultOf(name)).toBe(
      `invalid clusterRresourcePlacement ${name}: namespace ${reserved} is not allowed to propagate`,
    );
  });

  test('a placement in such a namespace', async () => {
    const { placement } = namespacedKinds;
    const configMaps = { group: '', version: 'v1', kind: 'ConfigMap' };
    await hub.client.create(placement, {
      ...head(placement),
      metadata: { name, namespace: 'kept-back' },
      spec: { ...placementOf(name, name).spec, resourceSelectors: [configMaps] },
    });
    const { status } = await waitFor(
      hub.client,
      placement,
      ({ metadata, status }) => metadata.name === name && status?.conditions?.[0]?.status === 'False',
    );
    expect(status?.conditions?.[0]?.message).toContain('namespace kept-back is not allowed to propagate');
    await hub.client.delete(placement, name, { namespace: 'kept-back' });
  });

  test('kinds that the administrator skips', async () => {
    const secret = { group: '', version: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true };
    await hub.client.create(secret, { ...head(secret), metadata: { name: 'key', namespace: name } });
    await createConfigMap(hub.client, name, 'settings', { key: 'value' });
    await hub.client.create(clusterKinds.placement, placementOf(name, name));
    expect(objectsIn(await snapshotAt(0))).toEqual([`Namespace ${name}`, 'ConfigMap settings']);
  });
});

describe('an extension API server that is away', () => {
  afterEach(async () => {
    if ((await hub.client.find(apiService, silentService)) === undefined) return;
    await hub.client.delete(apiService, silentService);
  });

  test('holds snapshots up, and the log says so once', async () => {
    await createSilentService(hub.client);
    const lines: { level: number; msg: string; groupVersions?: string[] }[] = [];
    const log = pino({}, { write: (line: string) => lines.push(JSON.parse(line) as (typeof lines)[number]) });
    const nothing = (): void => undefined;
    const selection = new PlacementSelection({
      hub: hub.client,
      caches: loop.caches,
      settings: { ...settings, ...noPacing, discoveryRepairMs: 100 },
      log,
      onChange: nothing,
      onReady: nothing,
    });
    try {
      selection.start();
      await selection.synced;
      const placement = placementOf(name, name);
      const isHeldUp = async (): Promise<boolean> => {
        const attempt = await selection.select(placement);
        return !attempt.ready && attempt.silent.includes('away.example.com/v1');
      };
      const deadline = Date.now() + deadlineMs;
      while (!(await isHeldUp()) && Date.now() < deadline) await new Promise(setImmediate);
      expect(await isHeldUp()).toBe(true);
      const warnings = lines.filter(({ level, groupVersions }) => level === 40 && groupVersions !== undefined);
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toMatchObject({
        groupVersions: ['away.example.com/v1'],
        msg: expect.stringContaining('no snapshot that may need them is taken') as unknown,
      });
    } finally {
      selection.stop();
    }
  });

  describe('is told by the placement', () => {
    let looking: RunningLoop;

    beforeAll(async () => {
      // One that asks often which kinds there are: no watch tells of those of extension API servers.
      await loop.stop();
      looking = await startLoop(hub.client, { ...settings, discoveryRepairMs: 100 });
      await setWorkerLease(hub.client);
    });

    afterAll(async () => {
      await looking.stop();
      loop = await startLoop(hub.client, settings);
    });

    const sentence =
      'No resource snapshot is taken, because the API server of away.example.com/v1, whose objects may be selected, ' +
      'does not answer the hub. Repair it, or remove APIService v1.away.example.com.';

    /** What the command answers, without times. */
    async function why(typed: string[]): Promise<string> {
      const command = [path.join(import.meta.dirname, '../../cli/flotilla.js'), 'why', ...typed];
      const { stdout } = await run(process.execPath, command, { environment: { KUBECONFIG: hub.server.kubeconfig } });
      return stdout.trimEnd().replaceAll(/, since \S+ \([0-9hms]+ ago\)/g, '');
    }

    /** As `kubectl get events` has them, with how often each came. */
    async function eventsAbout(kind: string): Promise<string[]> {
      const items = (await hub.client.list(kinds.event)).items as unknown as ToldEvent[];
      return items
        .filter(
          ({ involvedObject, reason }) => involvedObject.kind === kind && involvedObject.name === name && told(reason),
        )
        .map(({ type, reason, message, count }) => `${type} ${reason} x${String(count)}: ${message}`)
        .sort();
    }

    const heldUp = `Warning PlacementSnapshotsHeldUp x1: ${sentence}`;
    const resumed = `Normal PlacementSnapshotsResumed x1: ${resumedEvent.message}`;
    const answer =
      'waits for a snapshot of what it selects: none is taken while the API server of away.example.com/v1, whose objects may be selected, does not answer the hub; it goes on by itself once there is an answer, or once the APIService is removed because nothing needs it; what is wrong can be seen: kubectl describe apiservice v1.away.example.com';

    test('of everything in a namespace, by "why" and by one event each', async () => {
      const { placement } = clusterKinds;
      const becomes = (isHeld: boolean): Promise<ClusterResourcePlacement> =>
        waitFor(hub.client, placement, ({ metadata, status }) => metadata.name === name && isHeldUp(status) === isHeld);
      await createConfigMap(hub.client, name, 'settings', { key: 'value' });
      await hub.client.create(placement, placementOf(name, name));
      await snapshotAt(0);
      await createSilentService(hub.client);
      const { status } = await becomes(true);
      expect(findCondition(status?.conditions, 'ClusterResourcePlacementSnapshotsTaken')?.message).toBe(sentence);
      expect(findCondition(status?.conditions, 'ClusterResourcePlacementScheduled')?.status).toBe('True');
      expect(await why([`crp/${name}`])).toBe(`crp/${name} ${answer}`);

      await editConfigMap(hub.client, name, 'settings', 'changed');
      await looking.controller.idle();
      expect(await eventsAbout(placement.kind)).toEqual([heldUp]);

      await hub.client.delete(apiService, silentService);
      expect((await snapshotAt(1)).spec.selectedResources[1]).toMatchObject({ data: { key: 'changed' } });
      await becomes(false);
      await looking.controller.idle();
      expect(await eventsAbout(placement.kind)).toEqual([resumed, heldUp]);
      expect(await why([`crp/${name}`])).toContain(`crp/${name} goes nowhere because no run rolls it out`);
    });

    test('of a kind in a namespace, by "why" and by one event each', async () => {
      const { placement } = namespacedKinds;
      const odd = { group: 'away.example.com', version: 'v1', kind: 'Odd' };
      const metadata = { name, namespace: name };
      const becomes = (isHeld: boolean): Promise<ClusterResourcePlacement> =>
        waitFor(hub.client, placement, (found) => found.metadata.name === name && isHeldUp(found.status) === isHeld);
      await createSilentService(hub.client);
      await hub.client.create(placement, {
        ...placementOf(name, name, { resourceSelectors: [odd] }),
        ...head(placement),
        metadata,
      });
      const { status } = await becomes(true);
      expect(findCondition(status?.conditions, 'ResourcePlacementSnapshotsTaken')?.message).toBe(sentence);
      expect(await why([`rp/${name}`, '-n', name])).toBe(`rp/${name}/${name} ${answer}`);

      await hub.client.delete(apiService, silentService);
      await becomes(false);
      await looking.controller.idle();
      expect(await eventsAbout(placement.kind)).toEqual([resumed, heldUp]);
      await hub.client.delete(placement, name, { namespace: name });
    });
  });
});

/** Whether a placement of any scope says so. */
function isHeldUp(status: PlacementStatus | undefined): boolean {
  return status?.conditions?.some(({ type, status }) => type.endsWith('SnapshotsTaken') && status === 'False') ?? false;
}

/** `core/v1` Event, as far as it is read here. */
interface ToldEvent {
  involvedObject: { kind: string; name: string };
  type: string;
  reason: string;
  message: string;
  count: number;
}

function told(reason: string): boolean {
  return reason.startsWith('PlacementSnapshots');
}

test('envelopes are selected like other objects, and counted', async () => {
  const annotations = { 'kubernetes-fleet.io/envelope-configmap': 'true' };
  await hub.client.create(core.configMap, {
    ...head(core.configMap),
    metadata: { name: 'wrapped', namespace: name, annotations },
  });
  const data = { 'role.yaml': { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'inside' } } };
  await hub.client.create(envelope, {
    ...head(envelope),
    metadata: { name: 'wrapped', namespace: name },
    data,
  } as never);
  await hub.client.create(clusterKinds.placement, placementOf(name, name));
  const snapshot = await snapshotAt(0);
  expect(objectsIn(snapshot)).toEqual([`Namespace ${name}`, 'ConfigMap wrapped', 'ResourceEnvelope wrapped']);
  expect(snapshot.metadata.annotations).toMatchObject({ 'kubernetes-fleet.io/number-of-enveloped-object': '2' });
  expect(snapshot.spec.selectedResources[2]).toMatchObject({ data });
});
