/** The snapshot that a run without an index takes, on a real API server: alone, beside others, and when it is stopped. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { clusterKinds, kinds } from '../../api/kinds.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import type { ClusterResourceSnapshot } from '../../api/types/clusterresourcesnapshot.ts';
import { startHubCaches, type HubCaches } from '../../controllers/caches.ts';
import {
  createCurrentSnapshot,
  type CurrentSnapshot,
  type CurrentSnapshotResult,
} from '../../controllers/placements/index.ts';
import { groupSnapshots, objectsOf } from '../../domain/snapshots/index.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { KubernetesError } from '../../kube/errors.ts';
import { counting } from './countingClient.ts';
import {
  clientOf,
  core,
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
  type RunningLoop,
  type TestHub,
} from './placementsHub.ts';
import { apiService, createSilentService, silentService } from './silentService.ts';

const latestLabel = 'kubernetes-fleet.io/is-latest-snapshot';
const hashAnnotation = 'kubernetes-fleet.io/resource-hash';
const log = pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' });

let hub: TestHub;
/** A second process: another connection to the same hub. */
let other: KubernetesClient;
let caches: HubCaches;
let number = 0;
let name: string;
let placement: ClusterResourcePlacement;

beforeAll(async () => {
  hub = await startHub();
  other = clientOf(hub.server, 'hub');
  caches = startHubCaches(hub.client);
  await caches.synced;
}, 120_000);

afterAll(async () => {
  (caches as HubCaches | undefined)?.stop();
  await (other as KubernetesClient | undefined)?.close();
  await (hub as TestHub | undefined)?.stop();
});

/** A namespace with one ConfigMap, and a placement of it. */
beforeEach(async () => {
  name = `case-${String(++number)}`;
  await createNamespace(hub.client, name);
  await createConfigMap(hub.client, name, 'settings', { key: 'value0' });
  placement = await hub.client.create(clusterKinds.placement, placementOf(name, name));
});

/** Asks as an activity of a run does. */
function asking(client: KubernetesClient): CurrentSnapshot {
  return createCurrentSnapshot({ hub: client, caches, log });
}

function taken(index: number): CurrentSnapshotResult {
  return { outcome: 'taken', index: String(index), name: `${name}-${String(index)}-snapshot` };
}

function snapshots(): Promise<ClusterResourceSnapshot[]> {
  return ofPlacement(hub.client, clusterKinds.resourceSnapshot, name);
}

/** Names of the snapshots that say they are the latest. */
async function labelledLatest(): Promise<string[]> {
  return (await snapshots())
    .filter(({ metadata }) => metadata.labels?.[latestLabel] === 'true')
    .map(({ metadata }) => metadata.name);
}

/** Names of the ConfigMaps in a snapshot, with the value of their key. */
async function contentOf(index: number): Promise<Record<string, string | undefined>> {
  const group = groupSnapshots(await snapshots()).find((candidate) => candidate.index === index);
  expect(group?.complete).toBe(true);
  const configMaps = objectsOf(group!).filter(({ kind }) => kind === 'ConfigMap');
  return Object.fromEntries(configMaps.map((object) => [object.metadata.name, valueIn(object)]));
}

function valueIn(object: object): string | undefined {
  return (object as { data?: { key?: string } }).data?.key;
}

describe('without anybody else', () => {
  test('the first call takes index 0', async () => {
    expect(await asking(hub.client)(placement)).toEqual(taken(0));
    expect(await contentOf(0)).toEqual({ settings: 'value0' });
    expect(await labelledLatest()).toEqual([`${name}-0-snapshot`]);
  });

  test('the same content is used again and nothing is written', async () => {
    await asking(hub.client)(placement);
    const { client, writes } = counting(hub.client);
    expect(await asking(client)(placement)).toEqual(taken(0));
    expect(writes).toEqual([]);
  });

  test('every change is in at once, edits as well as objects made a moment ago', async () => {
    const ask = asking(hub.client);
    expect(await ask(placement)).toEqual(taken(0));
    await editConfigMap(other, name, 'settings', 'value1');
    expect(await ask(placement)).toEqual(taken(1));
    expect(await contentOf(1)).toEqual({ settings: 'value1' });
    for (let index = 2; index <= 5; index++) {
      await createConfigMap(other, name, `made-${String(index)}`, { key: 'new' });
      expect(await ask(placement)).toEqual(taken(index));
      expect(await contentOf(index)).toHaveProperty(`made-${String(index)}`, 'new');
    }
    expect(await labelledLatest()).toEqual([`${name}-5-snapshot`]);
  });

  test('content that returns after another gets an index of its own', async () => {
    const ask = asking(hub.client);
    for (const [index, value] of ['value1', 'value2', 'value1'].entries()) {
      await editConfigMap(hub.client, name, 'settings', value);
      expect(await ask(placement)).toEqual(taken(index));
    }
  });

  test('namespaces chosen by label bring what is in them, and only that', async () => {
    const labelSelector = { matchLabels: { team: name } };
    const byLabel = await hub.client.create(
      clusterKinds.placement,
      placementOf(`${name}-label`, name, {
        resourceSelectors: [{ group: '', version: 'v1', kind: 'Namespace', labelSelector }],
      }),
    );
    await hub.client.patch(kinds.namespace, name, {
      type: 'merge',
      body: { metadata: { labels: { team: name } } },
    });
    await createNamespace(hub.client, `${name}-other`);
    await createConfigMap(hub.client, `${name}-other`, 'elsewhere', { key: 'value' });
    const result = await asking(hub.client)(byLabel);
    expect(result).toMatchObject({ outcome: 'taken', index: '0' });
    const [snapshot] = await ofPlacement(hub.client, clusterKinds.resourceSnapshot, `${name}-label`);
    const selected = snapshot?.spec.selectedResources.map(({ kind, metadata }) => [kind, metadata]);
    expect(selected).toEqual([
      ['Namespace', expect.objectContaining({ name })],
      ['ConfigMap', { name: 'settings', namespace: name }],
    ]);
  });
});

describe('when there is nothing to take', () => {
  test('selectors that the user must change', async () => {
    const selector = { group: 'example.com', version: 'v1', kind: 'Nothing', name };
    const body = { spec: { resourceSelectors: [selector] } };
    placement = await hub.client.patch(clusterKinds.placement, name, { type: 'merge', body });
    const message = expect.stringContaining('no matches for kind "Nothing" in version "example.com/v1"');
    expect(await asking(hub.client)(placement)).toEqual({ outcome: 'invalid', message });
    expect(await snapshots()).toEqual([]);
  });

  test('an extension API server that is away', async () => {
    await createSilentService(hub.client);
    try {
      const isNoticed = async () => (await other.discover({ refresh: true })).incomplete.length > 0;
      await expect(eventually(isNoticed)).resolves.toBe(true);
      const message = expect.stringMatching(/cannot be read from the hub at the moment: away\.example\.com\/v1\.$/);
      expect(await asking(hub.client)(placement)).toEqual({ outcome: 'notReady', message });

      const named = { group: 'away.example.com', version: 'v1', kind: 'Widget', name };
      const body = { spec: { resourceSelectors: [named] } };
      const changed = await hub.client.patch(clusterKinds.placement, name, { type: 'merge', body });
      expect(await asking(hub.client)(changed)).toEqual({ outcome: 'notReady', message });
      expect(await snapshots()).toEqual([]);
    } finally {
      await hub.client.delete(apiService, silentService);
      await eventually(async () => (await other.discover({ refresh: true })).incomplete.length === 0);
    }
  });

  test('a kind that cannot be listed', async () => {
    const client = refusing(hub.client, core.configMap.plural);
    expect(await asking(client)(placement)).toEqual({
      outcome: 'notReady',
      message: `Placement ${name} may select objects of kinds that cannot be read from the hub at the moment: configmaps.`,
    });
    expect(await snapshots()).toEqual([]);
  });
});

/** A client whose server may not list one kind. */
function refusing(client: KubernetesClient, plural: string): KubernetesClient {
  return new Proxy(client, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        const concerned = property === 'list' && (args[0] as { plural: string }).plural === plural;
        if (!concerned) return Reflect.apply(value, target, args);
        const fields = { errorClass: 'unauthorised', cluster: 'hub', status: 403 } as const;
        return Promise.reject(new KubernetesError('The credentials lack the right.', fields));
      };
    },
  });
}

/** Asks again and again until the answer is yes. */
async function eventually(ask: () => Promise<boolean>): Promise<boolean> {
  for (const end = Date.now() + deadlineMs; Date.now() < end;) {
    if (await ask()) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

describe('beside the placement loop', () => {
  let loop: RunningLoop;
  afterEach(() => loop.stop());

  test('a new snapshot does not wait for the pacing of the loop, which then leaves it alone', async () => {
    loop = await startLoop(hub.client, { snapshotQuietMs: 60_000, snapshotMinIntervalMs: 60_000 });
    await waitFor(hub.client, clusterKinds.resourceSnapshot, ({ metadata }) => metadata.name === `${name}-0-snapshot`);
    await editConfigMap(hub.client, name, 'settings', 'value1');
    expect(await asking(other)(placement)).toEqual(taken(1));
    expect(await contentOf(1)).toEqual({ settings: 'value1' });

    await eventually(() =>
      Promise.resolve(loop.caches.get('resourceSnapshot', { name: `${name}-1-snapshot` }) !== undefined),
    );
    await loop.controller.idle();
    expect(await snapshots()).toHaveLength(2);
    expect(await labelledLatest()).toEqual([`${name}-1-snapshot`]);
  });

  test('whoever comes first, each content has one snapshot and one is the latest', async () => {
    loop = await startLoop(hub.client, { snapshotQuietMs: 10, snapshotMinIntervalMs: 0 });
    const rounds = 15;
    for (let round = 1; round <= rounds; round++) {
      const value = `value${String(round)}`;
      await editConfigMap(other, name, 'settings', value);
      const results = await Promise.all([asking(hub.client)(placement), asking(other)(placement)]);
      expect(results[1]).toEqual(results[0]);
      const { index } = results[0] as { index: string };
      expect(await contentOf(Number(index))).toEqual({ settings: value });
    }
    await eventually(async () => (await labelledLatest()).length === 1);
    await loop.controller.idle();
    const values = (await snapshots()).flatMap(({ spec }) => spec.selectedResources.map(valueIn)).filter(Boolean);
    expect(new Set(values).size).toBe(values.length);
    expect(values).toContain(`value${String(rounds)}`);
    expect(await labelledLatest()).toHaveLength(1);
  }, 120_000);
});

describe('snapshots of several parts', () => {
  const parts = 3;
  const filling = 'x'.repeat(700 * 1024);

  beforeEach(async () => {
    for (let part = 1; part < parts; part++) {
      await createConfigMap(hub.client, name, `large-${String(part)}`, { filling });
    }
    await createConfigMap(hub.client, name, 'larger', { filling });
  });

  test('two that ask at the same time complete one snapshot together', async () => {
    const results = await Promise.all([asking(hub.client)(placement), asking(other)(placement)]);
    expect(results).toEqual([taken(0), taken(0)]);
    await expectOneGroup(0);
  });

  test('stopped between any two writes, the next call finishes the work', async () => {
    await asking(hub.client)(placement);
    let crashed = true;
    let round = 0;
    for (; crashed; round++) {
      await editConfigMap(hub.client, name, 'settings', `round${String(round)}`);
      const dying = counting(hub.client, round);
      await asking(dying.client)(placement).catch(() => undefined);
      crashed = dying.hasDied();
      expect(await asking(other)(placement)).toEqual(taken(round + 1));
      await expectOneGroup(round + 1);
    }
    // A label, three parts.
    expect(round).toBe(5);
  }, 120_000);

  async function expectOneGroup(index: number): Promise<void> {
    const groups = groupSnapshots(await snapshots());
    expect(groups.map((group) => group.index)).toEqual(Array.from({ length: index + 1 }, (_, each) => each));
    expect(groups.map(({ complete }) => complete)).not.toContain(false);
    expect(groups.map(({ subSnapshots }) => subSnapshots.length + 1)).toEqual(groups.map(() => parts));
    expect(new Set(groups.map(({ master }) => master?.metadata.annotations?.[hashAnnotation])).size).toBe(index + 1);
    expect(await labelledLatest()).toEqual([`${name}-${String(index)}-snapshot`]);
  }
});

describe('the history', () => {
  test('keeps what a run has taken, and of the rest what the placement wants', async () => {
    const body = { spec: { revisionHistoryLimit: 1 } };
    placement = await hub.client.patch(clusterKinds.placement, name, { type: 'merge', body });
    const ask = asking(hub.client);
    await ask(placement);
    const run = await hub.client.create(clusterKinds.run, {
      ...head(clusterKinds.run),
      metadata: { name },
      spec: { placementName: name, stagedRolloutStrategyName: 'any' },
    });
    const status = { ...run.status, resourceSnapshotIndexUsed: '0' };
    await hub.client.replaceStatus(clusterKinds.run, { ...run, status });
    const isCached = () => caches.get('run', { name })?.status?.resourceSnapshotIndexUsed === '0';
    expect(await eventually(() => Promise.resolve(isCached()))).toBe(true);

    for (let index = 1; index <= 3; index++) {
      await editConfigMap(hub.client, name, 'settings', `value${String(index)}`);
      expect(await ask(placement)).toEqual(taken(index));
    }
    expect((await snapshots()).map(({ metadata }) => metadata.name)).toEqual([
      `${name}-0-snapshot`,
      `${name}-3-snapshot`,
    ]);
  });
});
