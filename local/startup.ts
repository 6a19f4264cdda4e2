/** Bringing all processes of a fleet up, as much of it at once as their dependencies allow. */
import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { KubeConfig } from '@kubernetes/client-node';
import { kinds } from '../api/kinds.ts';
import { KubernetesClient } from '../kube/client.ts';
import type { Binaries } from './binaries/binaries.ts';
import { clusterKubeconfig, clusterKubeconfigPath, writeClusterFiles, writeFleetKubeconfig } from './credentials.ts';
import { hubDefinitions, installDefinitions, memberDefinitions } from './definitions.ts';
import { readinessOf } from './fleetHandle.ts';
import { joinMember } from './join.ts';
import { apiServerSpec, controllerManagerSpec, etcdSpec, temporalSpec, workerSpec } from './processes.ts';
import type { ProcessSpec } from './processSpec.ts';
import { waitUntilReady } from './readiness.ts';
import { binFolder, writePrivate, type ClusterState, type FleetState } from './state.ts';
import type { Supervisor } from './supervision.ts';

/** Everything that the start of a fleet needs to know. */
export interface Startup {
  data: string;
  state: FleetState;
  binaries: Binaries;
  supervisor: Supervisor;
  /** Whether the data may be lost with the machine. */
  temporary: boolean;
  workerEnvironment: Record<string, string>;
  log(line: string): void;
}

const joinDeadlineMs = 30_000;

/** Starts every process and returns once all are ready, the kinds are installed and the members have joined. */
export async function startProcesses(startup: Startup): Promise<void> {
  const { data, state, binaries } = startup;
  const clients: KubernetesClient[] = [];
  try {
    await Promise.all([state.hub, ...state.members].map((cluster) => writeClusterFiles(data, cluster)));
    const temporal = start(startup, temporalSpec(data, state, binaries));
    const etcd = start(startup, etcdSpec(data, state, binaries, !startup.temporary));
    const hub = startHub(startup, clients);
    const members = state.members.map((member) => startMember(startup, member, hub, clients));
    const worker = state.worker ? startWorker(startup, hub, temporal) : undefined;
    await Promise.all([temporal, etcd, hub, ...members, worker, linkPrograms(startup)]);
    await writeFleetKubeconfig(data, state);
    if (state.worker) await Promise.all(state.members.map(async ({ name }) => hasJoined(await hub, name)));
  } finally {
    await Promise.all(clients.map((client) => client.close()));
  }
}

async function startHub(startup: Startup, clients: KubernetesClient[]): Promise<KubernetesClient> {
  const client = await startApiServer(startup, startup.state.hub, clients);
  // The garbage collector learns of new kinds every 30 s only, so they are there before it starts.
  await installDefinitions(client, hubDefinitions);
  await startControllerManager(startup, startup.state.hub, false);
  return client;
}

async function startMember(
  startup: Startup,
  member: ClusterState,
  hub: Promise<KubernetesClient>,
  clients: KubernetesClient[],
): Promise<void> {
  const client = await startApiServer(startup, member, clients);
  await installDefinitions(client, memberDefinitions);
  await startControllerManager(startup, member, true);
  const kubeconfig = await clusterKubeconfig(startup.data, member);
  await joinMember(await hub, client, { name: member.name, labels: member.labels, kubeconfig });
}

async function startApiServer(
  startup: Startup,
  cluster: ClusterState,
  clients: KubernetesClient[],
): Promise<KubernetesClient> {
  const { data, state, binaries } = startup;
  await start(startup, apiServerSpec(data, state, binaries, cluster));
  const text = await clusterKubeconfig(data, cluster);
  await writePrivate(clusterKubeconfigPath(data, cluster.name), text);
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromString(text);
  const client = KubernetesClient.fromKubeconfig({ name: cluster.name, kubeconfig });
  clients.push(client);
  return client;
}

/** It has nothing to ask whether it is ready, and nothing waits for it. */
async function startControllerManager(startup: Startup, cluster: ClusterState, workloads: boolean): Promise<void> {
  const spec = controllerManagerSpec(startup.data, startup.binaries, cluster, workloads);
  await startup.supervisor.start(spec.name, spec);
}

/** It needs the hub and Temporal; members that come later are found when they join. */
async function startWorker(startup: Startup, ...needed: Promise<unknown>[]): Promise<void> {
  await Promise.all(needed);
  await start(startup, workerSpec(startup.data, startup.state, startup.workerEnvironment));
}

async function hasJoined(hub: KubernetesClient, name: string): Promise<void> {
  const deadline = Date.now() + joinDeadlineMs;
  for (;;) {
    const { status } = await hub.get(kinds.memberCluster, name);
    const joined = status?.conditions?.find(({ type }) => type === 'Joined');
    if (joined?.status === 'True') return;
    if (Date.now() > deadline) {
      throw new Error(`${name} did not join the fleet: ${joined?.message ?? 'nothing was said about it'}.`);
    }
    await delay(50);
  }
}

async function start(startup: Startup, spec: ProcessSpec): Promise<void> {
  await startup.supervisor.start(spec.name, spec);
  const readiness = readinessOf(startup.state, spec.name);
  if (readiness === undefined) return;
  const begin = Date.now();
  await waitUntilReady(startup.supervisor, readiness);
  startup.log(`${spec.name} is ready after ${((Date.now() - begin) / 1000).toFixed(1)} s`);
}

/** The folder that `flotilla local env` puts on the PATH. */
async function linkPrograms({ data, binaries }: Startup): Promise<void> {
  const launcher = fileURLToPath(new URL('../cli/flotilla.js', import.meta.url));
  const programs = { kubectl: binaries.kubectl, temporal: binaries.temporal, flotilla: launcher };
  await Promise.all(
    Object.entries(programs).map(async ([name, target]) => {
      const link = join(binFolder(data), name);
      await rm(link, { force: true });
      await symlink(target, link);
    }),
  );
}
