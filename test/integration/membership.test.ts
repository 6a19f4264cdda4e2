/** `flotilla join` and `flotilla leave` on real API servers, with the member loop but no controller managers. */
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as pathOf } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { KubeConfig } from '@kubernetes/client-node';
import { pino } from 'pino';
import { annotations } from '../../api/labels.ts';
import { clusterKinds, kinds } from '../../api/kinds.ts';
import { appliedWorkDefinition, memberNamespace } from '../../api/names.ts';
import { findCondition } from '../../api/conditions.ts';
import type { KubernetesObject, ResourceDefinition } from '../../api/meta.ts';
import type { AppliedWork } from '../../api/types/appliedwork.ts';
import type { MemberCluster } from '../../api/types/membercluster.ts';
import { joinCluster, type JoinRequest } from '../../cli/members/joinCluster.ts';
import { leaveCluster } from '../../cli/members/leaveCluster.ts';
import { whyOf } from '../../cli/why/whyOf.ts';
import { startHubCaches, type HubCaches } from '../../controllers/caches.ts';
import { MemberController } from '../../controllers/members/index.ts';
import type { LeaveMode, Node, Pod } from '../../domain/members/index.ts';
import { buildBinding } from '../../domain/scheduling/bindings.ts';
import { KubernetesClient } from '../../kube/client.ts';
import { Informer } from '../../kube/informer.ts';
import { MemberPool } from '../../kube/pool.ts';
import { PriceFile } from '../../worker/priceFile.ts';
import { startApiServer, type ApiServer } from '../support/apiServer.ts';
import { endNamespace } from './endNamespace.ts';
import { clientOf, core, head, startHub, waitFor, waitUntilGone, type TestHub } from './placementsHub.ts';
import { Writes } from './updateClusterFleet.ts';
import { setWorkerLease } from './workerLease.ts';

const nodeKind: ResourceDefinition<Node> = {
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  namespaced: false,
};
const podKind: ResourceDefinition<Pod> = { group: '', version: 'v1', kind: 'Pod', plural: 'pods', namespaced: true };

let hub: TestHub;
let memberServer: ApiServer;
let member: KubernetesClient;
let caches: HubCaches;
let pool: MemberPool;
let controller: MemberController;
let priceFolder: string;
let prices: PriceFile;
let said: string[];
/** What the member loop writes to the hub. */
const writes = new Writes();

beforeAll(async () => {
  [hub, memberServer] = await Promise.all([startHub(), startApiServer()]);
  member = clientOf(memberServer, 'member');
}, 120_000);

afterAll(async () => {
  await (member as KubernetesClient | undefined)?.close();
  await (memberServer as ApiServer | undefined)?.stop();
  await (hub as TestHub | undefined)?.stop();
});

beforeEach(async () => {
  said = [];
  writes.reset();
  priceFolder = await mkdtemp(pathOf(tmpdir(), 'flotilla-prices-'));
  await writePrices('large: 0.2');
  prices = new PriceFile(pricesPath());
  prices.start(pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' }));
  caches = startHubCaches(hub.client);
  pool = new MemberPool(hub.client);
  controller = new MemberController({
    hub: writes.count(hub.client),
    caches,
    pool,
    settings: { troubledProbeIntervalMs: 100 },
    prices,
    log: pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' }),
  });
  await controller.start();
});

afterEach(async () => {
  const { items } = await hub.client.list(kinds.memberCluster);
  for (const { metadata } of items) await leaveNow(metadata.name, 'Unreachable');
  await controller.stop();
  prices.stop();
  await rm(priceFolder, { recursive: true });
  await pool.close();
  caches.stop();
});

function pricesPath(): string {
  return pathOf(priceFolder, 'prices.yaml');
}

async function writePrices(content: string): Promise<void> {
  await writeFile(`${pricesPath()}.new`, content);
  await rename(`${pricesPath()}.new`, pricesPath());
}

async function kubeconfigText(): Promise<string> {
  const certificate = (await readFile(memberServer.caFile)).toString('base64');
  const cluster = { server: memberServer.url, 'certificate-authority-data': certificate };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'member',
    clusters: [{ name: 'member', cluster }],
    users: [{ name: 'member', user: { token: memberServer.token } }],
    contexts: [{ name: 'member', context: { cluster: 'member', user: 'member' } }],
  });
}

async function join(name: string, more: Partial<JoinRequest> = {}, cluster = member): Promise<boolean> {
  said = [];
  return joinCluster(hub.client, cluster, {
    name,
    kubeconfig: await kubeconfigText(),
    labels: {},
    taints: [],
    takeOver: false,
    dryRun: false,
    timeoutMs: 20_000,
    say: (line) => said.push(line),
    ...more,
  });
}

function leave(name: string, mode: LeaveMode, dryRun = false): Promise<boolean> {
  said = [];
  return leaveCluster(hub.client, {
    name,
    mode: () => Promise.resolve(mode),
    dryRun,
    timeoutMs: 20_000,
    say: (line) => said.push(line),
  });
}

/** The same, with what a controller manager of the hub would do. */
async function leaveNow(name: string, mode: LeaveMode): Promise<void> {
  const left = leave(name, mode);
  await endNamespace(hub, memberNamespace(name));
  expect(await left).toBe(true);
}

function getMember(name: string): Promise<MemberCluster> {
  return hub.client.get(kinds.memberCluster, name);
}

async function markOn(): Promise<Record<string, string>> {
  const { metadata } = await member.get(kinds.customResourceDefinition, appliedWorkDefinition);
  return metadata.annotations ?? {};
}

async function place(name: string, hubNamespace: string): Promise<AppliedWork> {
  return member.create(kinds.appliedWork, {
    ...head(kinds.appliedWork),
    metadata: { name },
    spec: { workName: name, workNamespace: hubNamespace },
  });
}

/** What the garbage collector of a member does once everything that an inventory owns is gone. */
async function collectGarbage(name: string): Promise<void> {
  await waitFor(
    member,
    kinds.appliedWork,
    ({ metadata }) => metadata.name === name && metadata.deletionTimestamp !== undefined,
  );
  await member.patch(kinds.appliedWork, name, { type: 'merge', body: { metadata: { finalizers: null } } });
}

describe('joining', () => {
  test('tells what it does, sets the labels of a managed fleet, and waits until the member is there', async () => {
    expect(await join('first', { labels: { env: 'prod', 'fleet.azure.com/location': 'westeurope' } })).toBe(true);
    expect(said).toEqual([
      expect.stringMatching(/^(created|changed) +definition of AppliedWork on member$/),
      'created   MemberCluster first on hub',
      'created   Namespace fleet-member-first on hub',
      'created   Secret fleet-member-first/kubeconfig on hub',
      'first has joined the fleet.',
    ]);
    expect((await getMember('first')).metadata.labels).toEqual({
      env: 'prod',
      'fleet.azure.com/location': 'westeurope',
      'fleet.azure.com/resource-group': '',
      'fleet.azure.com/subscription-id': '',
      'kubernetes-fleet.io/member-name': 'first',
    });
  });

  test('once more changes only what is said', async () => {
    const taint = { key: 'team', value: 'a', effect: 'NoSchedule' as const };
    await join('again', { labels: { env: 'prod' }, taints: [taint] });
    await hub.client.patch(kinds.memberCluster, 'again', {
      type: 'merge',
      body: { metadata: { labels: { added: 'by-hand' } } },
    });
    await join('again', { labels: { tier: 'gold' } });
    const { metadata, spec } = await getMember('again');
    expect(metadata.labels).toMatchObject({ env: 'prod', added: 'by-hand', tier: 'gold' });
    expect(spec.taints).toEqual([taint]);
    await join('again');
    expect(said.slice(0, 4).map((line) => line.split(' ')[0])).toEqual(Array(4).fill('unchanged'));
  });

  test('a dry run checks and writes nothing', async () => {
    expect(await join('dry', { dryRun: true })).toBe(true);
    expect(said).toContain('would create  MemberCluster dry on hub');
    expect(await hub.client.find(kinds.memberCluster, 'dry')).toBeUndefined();
    expect(await hub.client.find(kinds.namespace, memberNamespace('dry'))).toBeUndefined();
  });

  test('is refused with a sentence each', async () => {
    await expect(join('a'.repeat(51))).rejects.toThrow('at most 50 characters');
    await expect(join('Upper')).rejects.toThrow('lower case letters, digits and dashes');
    await expect(join('self', {}, hub.client)).rejects.toThrow('leads to the hub itself');
    await expect(
      joinCluster(member, hub.client, {
        name: 'x',
        kubeconfig: '',
        labels: {},
        taints: [],
        takeOver: false,
        dryRun: true,
        timeoutMs: 0,
        say: () => undefined,
      }),
    ).rejects.toThrow('The hub does not know Flotilla: install the kinds');
    await join('taken');
    await expect(join('other')).rejects.toThrow('This cluster is the member taken already');
    await hub.client.patch(kinds.memberCluster, 'taken', {
      type: 'merge',
      body: { metadata: { annotations: { [annotations.clusterUid]: 'another' } } },
    });
    await expect(join('taken')).rejects.toThrow('There is a member taken already, and it is another cluster');
  });

  test('a cluster of another hub is taken only when that is said', async () => {
    await join('mine');
    await leaveNow('mine', 'Keep');
    expect(await markOn()).not.toHaveProperty([annotations.hubUid]);
    const body = {
      metadata: { annotations: { [annotations.hubUid]: 'of-another-hub', [annotations.memberName]: 'x' } },
    };
    await member.patch(kinds.customResourceDefinition, appliedWorkDefinition, { type: 'merge', body });
    await expect(join('mine')).rejects.toThrow(
      'member of another hub, the one whose kube-system has the uid of-another',
    );
    await join('mine', { takeOver: true });
    expect(await markOn()).toMatchObject({ [annotations.memberName]: 'mine' });
  });

  test.each([
    ['does not lead to it', (text: string) => text.replace(/127\.0\.0\.1:\d+/, '127.0.0.1:1'), 'could not be reached'],
    ['it does not accept', (text: string) => text.replace(/"token":"\w+"/, '"token":"wrong"'), 'credentials'],
  ])('a kubeconfig that %s is refused before anything is written', async (_, spoil, words) => {
    const kubeconfig = new KubeConfig();
    kubeconfig.loadFromString(spoil(await kubeconfigText()));
    const stranger = KubernetesClient.fromKubeconfig({ name: 'stranger', kubeconfig });
    try {
      await expect(join('stranger', {}, stranger)).rejects.toThrow(words);
    } finally {
      await stranger.close();
    }
    expect(await hub.client.find(kinds.memberCluster, 'stranger')).toBeUndefined();
  });
});

describe('leaving', () => {
  test('a member that is not there, and a dry run', async () => {
    await expect(leave('nobody', 'Keep')).rejects.toThrow('There is no MemberCluster nobody on the hub; ');
    await join('dry');
    expect(await leave('dry', 'Keep', true)).toBe(true);
    expect(said).toEqual(['Would leave: dry. Whatever was placed on it stays there.']);
    expect((await getMember('dry')).metadata.deletionTimestamp).toBeUndefined();
  });

  test('with its copies removed: the member is gone when they are, and bindings forget what was there', async () => {
    await join('removing');
    await place('web-work', memberNamespace('removing'));
    await place('foreign-work', memberNamespace('somebody-else'));
    const decision = { clusterName: 'removing', selected: true, reason: '' };
    const binding = buildBinding({ name: 'web', uid: 'uid' }, 'removing', 'web-0', decision);
    await hub.client.create(clusterKinds.binding, {
      ...binding,
      metadata: { ...binding.metadata, annotations: { [annotations.contentHash]: 'abc' } },
      spec: { ...binding.spec, state: 'Bound', resourceSnapshotName: 'web-0-snapshot' },
    });
    const leaving = leave('removing', 'Remove');
    await waitFor(hub.client, kinds.memberCluster, ({ status }) => {
      const joined = findCondition(status?.agentStatus?.[0]?.conditions, 'Joined');
      return joined?.reason === 'InternalMemberClusterFailedToLeave' && joined.message.includes('web-work');
    });
    expect(await hub.client.find(kinds.namespace, memberNamespace('removing'))).toBeDefined();
    await collectGarbage('web-work');
    await endNamespace(hub, memberNamespace('removing'));
    expect(await leaving).toBe(true);
    expect(said[0]).toBe('Leaving: removing. What was placed on it is removed first: web.');
    expect(said.at(-1)).toBe('removing has left the fleet.');
    expect(await member.find(kinds.appliedWork, 'web-work')).toBeUndefined();
    expect(await member.find(kinds.appliedWork, 'foreign-work')).toBeDefined();
    await member.delete(kinds.appliedWork, 'foreign-work');
    const after = await hub.client.get(clusterKinds.binding, binding.metadata.name);
    expect(after.spec.state).toBe('Unscheduled');
    expect(after.metadata.annotations).toEqual({
      [annotations.previousBindingState]: 'Bound',
      [annotations.contentGeneration]: '2',
    });
  });

  test('with its copies removed, of which an object is held: the member, the object and its finalizer are named', async () => {
    await join('holding');
    await member.create(kinds.namespace, { ...head(kinds.namespace), metadata: { name: 'held' } });
    const { apiVersion, kind } = head(core.configMap);
    const object: KubernetesObject = {
      apiVersion,
      kind,
      metadata: { name: 'a', namespace: 'held', finalizers: ['example.com/hold'] },
    };
    const { uid } = (await member.create(core.configMap, object)).metadata;
    await place('quiet-work', memberNamespace('holding'));
    const work = await place('web-work', memberNamespace('holding'));
    const entry = { ordinal: 0, version: 'v1', kind, resource: 'configmaps', name: 'a', namespace: 'held', uid };
    await member.replaceStatus(kinds.appliedWork, { ...work, status: { appliedResources: [entry] } });
    const leaving = leave('holding', 'Remove');
    // The first half of the garbage collector's work.
    await member.delete(core.configMap, 'a', { namespace: 'held' });
    const isHeld = ({ status }: MemberCluster): boolean =>
      findCondition(status?.agentStatus?.[0]?.conditions, 'Joined')?.message ===
      'Member cluster holding is still removing what was placed on it (AppliedWork quiet-work, web-work): ' +
        'ConfigMap held/a is held by its finalizer example.com/hold.';
    await waitFor(hub.client, kinds.memberCluster, isHeld);
    await setWorkerLease(hub.client);
    expect((await whyOf(hub.client, { kind: 'cluster', reference: { name: 'holding' } }, Date.now())).command).toBe(
      'kubectl edit configmap a -n held --context holding',
    );
    const letGo = { metadata: { finalizers: null } };
    await member.patch(core.configMap, 'a', { type: 'merge', body: letGo }, { namespace: 'held' });
    await Promise.all(['quiet-work', 'web-work'].map(collectGarbage));
    await endNamespace(hub, memberNamespace('holding'));
    expect(await leaving).toBe(true);
    expect(said).toContainEqual(expect.stringContaining('held/a is held by its finalizer example.com/hold.'));
  });

  test('without its copies, and back under the same name and under another one', async () => {
    await join('keeping');
    const claim = {
      kind: 'ClusterStagedUpdateRun',
      name: 'old',
      uid: 'old',
      createdAt: '2099-01-01T00:00:00Z',
    } as const;
    const work = await place('web-work', memberNamespace('keeping'));
    await member.replaceStatus(kinds.appliedWork, { ...work, status: { claim: { ...claim, since: claim.createdAt } } });
    await leaveNow('keeping', 'Keep');
    await join('keeping');
    expect(said.join('\n')).toContain('keeping still holds what was placed on it before (AppliedWork web-work)');
    expect((await member.get(kinds.appliedWork, 'web-work')).status?.claim).toBeDefined();
    await leaveNow('keeping', 'Keep');
    await join('renamed');
    const adopted = await member.get(kinds.appliedWork, 'web-work');
    expect(adopted.spec.workNamespace).toBe(memberNamespace('renamed'));
    expect(adopted.status?.claim).toBeUndefined();
    await member.delete(kinds.appliedWork, 'web-work');
  });

  test('a member that cannot be reached holds its removal, says so, and can be let go', async () => {
    await join('lost');
    await place('web-work', memberNamespace('lost'));
    const secret = await hub.client.get(kinds.secret, 'kubeconfig', memberNamespace('lost'));
    const unreachable = (await kubeconfigText()).replace(/127\.0\.0\.1:\d+/, '127.0.0.1:1');
    const data = { kubeconfig: Buffer.from(unreachable).toString('base64') };
    await hub.client.replace(kinds.secret, { ...secret, data });
    await waitFor(hub.client, kinds.memberCluster, ({ status }) => {
      return findCondition(status?.agentStatus?.[0]?.conditions, 'Healthy')?.status === 'False';
    });
    const leaving = leave('lost', 'Remove');
    const stuck = await waitFor(hub.client, kinds.memberCluster, ({ status }) => {
      const joined = findCondition(status?.agentStatus?.[0]?.conditions, 'Joined');
      return joined?.reason === 'InternalMemberClusterFailedToLeave';
    });
    expect(findCondition(stuck.status?.agentStatus?.[0]?.conditions, 'Joined')?.message).toMatch(
      /could not be reached.*flotilla leave lost --unreachable leaves it there\.$/,
    );
    const letGo = leave('lost', 'Unreachable');
    await endNamespace(hub, memberNamespace('lost'));
    expect(await Promise.all([leaving, letGo])).toEqual([true, true]);
    expect(said.join('\n')).toContain('another hub takes lost only with --take-over');
    expect(await markOn()).toMatchObject({ [annotations.memberName]: 'lost' });
    await member.delete(kinds.appliedWork, 'web-work');
  });
});

test('events tell that a member joins, is away, is back and leaves, and nothing twice', async () => {
  const told = new Informer<KubernetesObject & { reason?: string; type?: string; count?: number }>(
    hub.client,
    kinds.event,
    { namespace: 'default' },
  );
  told.start();
  try {
    const tells = (reason: string): Promise<unknown> =>
      told.waitFor(({ metadata, reason: is }) => metadata.name.startsWith('eventful.') && is === reason, 20_000);
    await join('eventful');
    await tells('MemberClusterJoined');
    const secret = await hub.client.get(kinds.secret, 'kubeconfig', memberNamespace('eventful'));
    const away = (await kubeconfigText()).replace(/127\.0\.0\.1:\d+/, '127.0.0.1:1');
    for (const [kubeconfig, reason] of [
      [away, 'InternalMemberClusterUnhealthy'],
      [await kubeconfigText(), 'InternalMemberClusterHealthy'],
    ] as const) {
      const data = { kubeconfig: Buffer.from(kubeconfig).toString('base64') };
      await hub.client.patch(
        kinds.secret,
        'kubeconfig',
        { type: 'merge', body: { data } },
        { namespace: secret.metadata.namespace },
      );
      await tells(reason);
    }
    await leaveNow('eventful', 'Keep');
    await tells('MemberClusterLeft');
    const events = told.items().filter(({ metadata }) => metadata.name.startsWith('eventful.'));
    expect(events.map(({ type, reason, count }) => `${type ?? ''} ${reason ?? ''} ${String(count)}`).sort()).toEqual([
      'Normal InternalMemberClusterHealthy 1',
      'Normal MemberClusterJoined 1',
      'Normal MemberClusterLeft 1',
      'Warning InternalMemberClusterUnhealthy 1',
    ]);
  } finally {
    told.stop();
  }
});

describe('what is known of a member', () => {
  async function addNode(name: string, type: string): Promise<void> {
    const status = { capacity: { cpu: '4', memory: '8Gi' }, allocatable: { cpu: '3', memory: '6Gi' } };
    const labels = { 'node.kubernetes.io/instance-type': type };
    const node = await member.create(nodeKind, { ...head(nodeKind), metadata: { name, labels } });
    await member.replaceStatus(nodeKind, { ...node, status });
  }

  test('follows its nodes; costs come from the list of prices', async () => {
    await addNode('one', 'large');
    await member.create(kinds.namespace, { ...head(kinds.namespace), metadata: { name: 'busy' } });
    const containers = [{ name: 'c', image: 'i', resources: { requests: { cpu: '500m', memory: '1Gi' } } }];
    await member.create(podKind, {
      ...head(podKind),
      metadata: { name: 'pod', namespace: 'busy' },
      spec: { nodeName: 'one', containers },
    });
    await join('described');
    const first = await waitFor(hub.client, kinds.memberCluster, ({ status }) => {
      return status?.resourceUsage?.available !== undefined;
    });
    expect(first.status?.resourceUsage).toMatchObject({
      capacity: { cpu: '4', memory: '8Gi' },
      allocatable: { cpu: '3', memory: '6Gi' },
      available: { cpu: '2500m', memory: '5Gi' },
    });
    expect(first.status?.properties).toMatchObject({
      'kubernetes-fleet.io/node-count': { value: '1' },
      'kubernetes.azure.com/per-cpu-core-cost': { value: '0.050' },
      'kubernetes.azure.com/per-gb-memory-cost': { value: '0.025' },
    });
    expect(findCondition(first.status?.conditions, 'ClusterPropertyCollectionSucceeded')?.status).toBe('True');
    expect(findCondition(first.status?.conditions, 'AKSClusterCostPropertiesCollectionSucceeded')?.reason).toBe(
      'CostsCalculated',
    );

    // The next look is ten seconds away, and the next heartbeat a minute.
    await addNode('two', 'unheard-of');
    const second = await waitFor(hub.client, kinds.memberCluster, ({ status }) => {
      return status?.resourceUsage?.capacity?.cpu === '8';
    });
    expect(second.status?.resourceUsage?.available).toEqual({ cpu: '5500m', memory: '11Gi' });
    const costs = findCondition(second.status?.conditions, 'AKSClusterCostPropertiesCollectionSucceeded');
    expect(costs?.reason).toBe('CostsCalculationDegraded');
    expect(costs?.message).toContain('the price list has no instance type unheard-of');
    await Promise.all(['one', 'two'].map((name) => member.delete(nodeKind, name)));
  });

  test('has new costs as soon as the list of prices changes, and the old ones while it is spoiled', async () => {
    await addNode('one', 'large');
    await join('priced');
    const costIs = (cost: string): Promise<MemberCluster> =>
      waitFor(
        hub.client,
        kinds.memberCluster,
        ({ status }) => status?.properties?.['kubernetes.azure.com/per-cpu-core-cost']?.value === cost,
      );
    await costIs('0.050');
    await writePrices('large: much');
    // The next look is ten seconds away, and the next heartbeat a minute.
    await writePrices('large: 0.4');
    const { status } = await costIs('0.100');
    expect(status?.properties?.['kubernetes.azure.com/per-gb-memory-cost']?.value).toBe('0.050');
    await member.delete(nodeKind, 'one');
  });

  test('what could not be written because somebody else wrote first is told with the next look', async () => {
    await join('contended');
    await waitFor(hub.client, kinds.memberCluster, ({ status }) => status?.resourceUsage?.capacity?.cpu === '0');
    const overtaken: string[] = [];
    writes.intercept = async (write, moment) => {
      if (moment !== 'before' || write !== 'replaceStatus MemberCluster contended' || overtaken.length > 0) return;
      overtaken.push(write);
      const body = { metadata: { labels: { team: 'search' } } };
      await hub.client.patch(kinds.memberCluster, 'contended', { type: 'merge', body });
    };
    await addNode('one', 'large');
    await waitFor(hub.client, kinds.memberCluster, ({ status }) => status?.resourceUsage?.capacity?.cpu === '4');
    expect(overtaken).toHaveLength(1);
    await member.delete(nodeKind, 'one');
  });

  test('a MemberCluster whose name has no room for its namespace says so', async () => {
    const name = 'a'.repeat(60);
    await hub.client.create(kinds.memberCluster, { ...head(kinds.memberCluster), metadata: { name }, spec: {} });
    const cluster = await waitFor(hub.client, kinds.memberCluster, ({ status }) => status?.conditions !== undefined);
    expect(findCondition(cluster.status?.conditions, 'ReadyToJoin')?.message).toContain('at most 50 characters');
    await hub.client.delete(kinds.memberCluster, name);
    await waitUntilGone(hub.client, kinds.memberCluster, name);
  });
});
