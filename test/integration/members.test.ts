/** The member loop on real API servers: joining, heartbeats, a member that goes away and comes back, leaving. */
import { readFile } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { findCondition } from '../../api/conditions.ts';
import { kinds } from '../../api/kinds.ts';
import type { MemberCluster } from '../../api/types/membercluster.ts';
import { startHubCaches, type HubCaches } from '../../controllers/caches.ts';
import { MemberController, type MemberSettings } from '../../controllers/members/index.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { MemberPool } from '../../kube/pool.ts';
import { joinMember } from '../../local/join.ts';
import { findFreePorts } from '../../local/ports.ts';
import { startApiServer, type ApiServer } from '../support/apiServer.ts';
import { endNamespace } from './endNamespace.ts';
import { clientOf, head, startHub, waitFor, waitUntilGone, type TestHub } from './placementsHub.ts';

let hub: TestHub;
let memberServer: ApiServer;
let member: KubernetesClient;

beforeAll(async () => {
  [hub, memberServer] = await Promise.all([startHub(), startApiServer()]);
  member = clientOf(memberServer, 'member');
}, 120_000);

afterAll(async () => {
  await (member as KubernetesClient | undefined)?.close();
  await (memberServer as ApiServer | undefined)?.stop();
  await (hub as TestHub | undefined)?.stop();
});

let caches: HubCaches;
let pool: MemberPool;
let controller: MemberController | undefined;

beforeEach(() => {
  caches = startHubCaches(hub.client);
  pool = new MemberPool(hub.client);
});

afterEach(async () => {
  await controller?.stop();
  controller = undefined;
  await pool.close();
  caches.stop();
  for (const { metadata } of (await hub.client.list(kinds.memberCluster)).items) {
    await hub.client.patch(kinds.memberCluster, metadata.name, {
      type: 'merge',
      body: { metadata: { finalizers: null } },
    });
    await hub.client.delete(kinds.memberCluster, metadata.name);
  }
});

async function startLoop(settings: MemberSettings, memberPool: MemberPool = pool): Promise<void> {
  const log = pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' });
  controller = new MemberController({ hub: hub.client, caches, pool: memberPool, settings, log });
  await controller.start();
}

/** Joins the test's member under a name, as reached through `port`. */
async function join(name: string, port = Number(new URL(memberServer.url).port)): Promise<void> {
  const certificate = await readFile(memberServer.caFile);
  const kubeconfig = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'member',
    clusters: [
      {
        name: 'member',
        cluster: {
          server: `https://127.0.0.1:${String(port)}`,
          'certificate-authority-data': certificate.toString('base64'),
        },
      },
    ],
    users: [{ name: 'member', user: { token: memberServer.token } }],
    contexts: [{ name: 'member', context: { cluster: 'member', user: 'member' } }],
  });
  await joinMember(hub.client, member, { name, labels: { environment: 'canary' }, kubeconfig });
}

function agentCondition({ status }: MemberCluster, type: string) {
  return findCondition(status?.agentStatus?.[0]?.conditions, type);
}

function waitForHealth(name: string, status: 'True' | 'False'): Promise<MemberCluster> {
  const isThere = (cluster: MemberCluster) =>
    cluster.metadata.name === name && agentCondition(cluster, 'Healthy')?.status === status;
  return waitFor(hub.client, kinds.memberCluster, isThere);
}

test('a cluster that joins is described and eligible at once', async () => {
  await startLoop({ probeIntervalMs: 60_000, troubledProbeIntervalMs: 60_000 });
  const began = performance.now();
  await join('joining');
  const cluster = await waitForHealth('joining', 'True');
  // The loop never looks again by itself in this test: the Secret's event has led here.
  expect(performance.now() - began).toBeLessThan(30_000);
  expect(cluster.metadata.finalizers).toEqual(['kubernetes-fleet.io/membercluster-finalizer']);
  expect(cluster.metadata.labels).toMatchObject({
    environment: 'canary',
    'kubernetes-fleet.io/member-name': 'joining',
  });
  const { conditions, properties, agentStatus } = cluster.status ?? {};
  expect(findCondition(conditions, 'ReadyToJoin')).toMatchObject({
    status: 'True',
    reason: 'MemberClusterReadyToJoin',
  });
  expect(findCondition(conditions, 'Joined')).toMatchObject({ status: 'True', reason: 'MemberClusterJoined' });
  expect(agentCondition(cluster, 'Joined')).toMatchObject({ status: 'True' });
  expect(agentStatus).toHaveLength(1);
  expect(properties?.['kubernetes-fleet.io/node-count']?.value).toBe('0');
  expect(properties?.['k8s.io/k8s-version']?.value).toBe('v1.35.0');
});

test('probes of a member that is well write nothing between two heartbeats', async () => {
  const { promise: probedOften, resolve } = Promise.withResolvers<undefined>();
  let probes = 0;
  const counting = new Proxy(pool, {
    get(target, property) {
      if (property === 'client' && ++probes === 20) resolve(undefined);
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  await startLoop({ probeIntervalMs: 10 }, counting);
  await join('steady');
  const { metadata } = await waitForHealth('steady', 'True');
  await probedOften;
  expect((await hub.client.get(kinds.memberCluster, 'steady')).metadata.resourceVersion).toBe(metadata.resourceVersion);
});

test('heartbeats come as often as the member says', async () => {
  await startLoop({});
  await join('beating');
  await hub.client.patch(kinds.memberCluster, 'beating', {
    type: 'merge',
    body: { spec: { heartbeatPeriodSeconds: 1 } },
  });
  const first = (await waitForHealth('beating', 'True')).status?.agentStatus?.[0]?.lastReceivedHeartbeat ?? '';
  const isLater = ({ metadata, status }: MemberCluster) =>
    metadata.name === 'beating' && (status?.agentStatus?.[0]?.lastReceivedHeartbeat ?? '') > first;
  await expect(waitFor(hub.client, kinds.memberCluster, isLater)).resolves.toBeDefined();
});

test('a member that does not answer turns unhealthy and stays joined; when it is back it is healthy', async () => {
  const link = await startLink(Number(new URL(memberServer.url).port));
  try {
    await startLoop({ probeIntervalMs: 100, troubledProbeIntervalMs: 100 });
    await join('flaky', link.port);
    const before = await waitForHealth('flaky', 'True');
    await link.cut();
    const down = await waitForHealth('flaky', 'False');
    expect(agentCondition(down, 'Healthy')?.message).toContain('flaky');
    expect(findCondition(down.status?.conditions, 'Joined')?.status).toBe('True');
    const heartbeat = (cluster: MemberCluster) => cluster.status?.agentStatus?.[0]?.lastReceivedHeartbeat ?? '';
    expect(heartbeat(down) >= heartbeat(before)).toBe(true);
    await link.restore();
    await waitForHealth('flaky', 'True');
  } finally {
    await controller?.stop();
    await link.cut();
  }
});

test('a MemberCluster without credentials says which command gives them', async () => {
  await startLoop({});
  await hub.client.create(kinds.memberCluster, { ...head(kinds.memberCluster), metadata: { name: 'bare' }, spec: {} });
  const cluster = await waitForHealth('bare', 'False');
  const ready = findCondition(cluster.status?.conditions, 'ReadyToJoin');
  expect(ready?.status).toBe('False');
  expect(ready?.message).toContain('flotilla join bare');
  const namespace = await hub.client.get(kinds.namespace, 'fleet-member-bare');
  expect(namespace.metadata.ownerReferences?.map(({ kind, name }) => `${kind}/${name}`)).toEqual([
    'MemberCluster/bare',
  ]);

  await join('bare');
  await waitForHealth('bare', 'True');
});

test('a member that is deleted leaves, and the hub forgets its credentials', async () => {
  await startLoop({});
  await join('leaving');
  await waitForHealth('leaving', 'True');
  await hub.client.delete(kinds.memberCluster, 'leaving');
  const left = await waitFor(
    hub.client,
    kinds.memberCluster,
    ({ status }) => findCondition(status?.conditions, 'Joined')?.reason === 'MemberClusterLeft',
  );
  expect(agentCondition(left, 'Joined')?.reason).toBe('InternalMemberClusterLeft');
  await endNamespace(hub, 'fleet-member-leaving');
  await waitUntilGone(hub.client, kinds.memberCluster, 'leaving');
});

/** A way to the member that can be cut, so that the member seems to be gone. */
interface Link {
  port: number;
  cut(): Promise<void>;
  restore(): Promise<void>;
}

async function startLink(target: number): Promise<Link> {
  const [port] = (await findFreePorts(1)) as [number];
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  const restore = async () => {
    const listening = createServer((inbound) => {
      const outbound = connect(target, '127.0.0.1');
      for (const socket of [inbound, outbound]) {
        sockets.add(socket);
        socket.on('error', () => socket.destroy());
        socket.on('close', () => sockets.delete(socket));
      }
      inbound.pipe(outbound).pipe(inbound);
    });
    server = listening;
    await new Promise<void>((resolve) => listening.listen(port, '127.0.0.1', resolve));
  };
  const cut = async () => {
    const closing = server;
    server = undefined;
    if (closing === undefined) return;
    const closed = new Promise((resolve) => closing.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  await restore();
  return { port, cut, restore };
}
