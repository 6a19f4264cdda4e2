/** The fleet of a scenario with its members joined and its placements scheduled, ready for rounds. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findCondition } from '../../api/conditions.ts';
import { clusterKinds, kinds } from '../../api/kinds.ts';
import { labels } from '../../api/labels.ts';
import { resourceSnapshotName } from '../../api/names.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { clusterClients } from '../../local/clusterClients.ts';
import { certificatePath } from '../../local/credentials.ts';
import { down, up, type Fleet } from '../../local/fleet.ts';
import { joinSimulatedMembers } from '../simulated/join.ts';
import { startSimulatedMembers, type SimulatedMembers } from '../simulated/process.ts';
import { configMaps } from '../tutorial/objects.ts';
import * as objects from './objects.ts';
import { fleetSize, membersOf, type Scenario } from './scenarios.ts';
import { RunWatch } from './runWatch.ts';

/** Everything that rounds are played with. */
export interface World {
  scenario: Scenario;
  fleet: Fleet;
  hub: KubernetesClient;
  /** Absent where the members are real. */
  simulated?: SimulatedMembers;
  runs: RunWatch;
  /** Names of the placements. */
  placements: string[];
  log(line: string): void;
}

const scheduledWithinMs = 600_000;

/** Snapshots are not what is measured, so they may follow each other at once. */
const workerEnvironment = { FLOTILLA_SNAPSHOT_QUIET_MS: '100', FLOTILLA_SNAPSHOT_MIN_INTERVAL_MS: '0' };

/**
 * Builds the world of a scenario, calls `use` with it, and takes all of it away.
 * @param profiles folder for a CPU profile of the worker, if one is wanted
 */
export async function withWorld(
  scenario: Scenario,
  profiles: string | undefined,
  use: (world: World) => Promise<void>,
): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), 'flotilla-bench-'));
  const log = (line: string): void => {
    console.error(line);
  };
  const profiling: Record<string, string> =
    profiles === undefined ? {} : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profiles}` };
  const members = scenario.members === 'real' ? membersOf(scenario) : [];
  const ending: (() => unknown)[] = [() => rm(data, { recursive: true, force: true }), () => down(data)];
  try {
    const environment = { ...workerEnvironment, ...profiling };
    const fleet = await up({
      data,
      members,
      worker: true,
      workerEnvironment: environment,
      whileParentLives: true,
      log,
    });
    const clients = clusterClients(fleet);
    ending.push(() => Promise.all([...clients.values()].map((client) => client.close())));
    const hub = clients.get(fleet.hub);
    if (hub === undefined) throw new Error('The fleet has no hub.');
    const simulated = scenario.members === 'simulated' ? await startSimulatedFor(fleet) : undefined;
    if (simulated !== undefined) ending.push(() => simulated.stop());
    const runs = await RunWatch.start(hub);
    ending.push(() => {
      runs.stop();
    });
    const placements = Array.from({ length: scenario.placements }, (_, index) => objects.placementName(index + 1));
    const world: World = { scenario, fleet, hub, simulated, runs, placements, log };
    await populate(world);
    await use(world);
  } finally {
    for (const end of ending.reverse()) await end();
  }
}

/** They answer with the certificate of the hub's API server, which is for this machine too. */
async function startSimulatedFor(fleet: Fleet): Promise<SimulatedMembers> {
  const path = certificatePath(fleet.data, fleet.hub);
  const [certificate, key] = await Promise.all([
    readFile(path, 'utf8'),
    readFile(path.replace(/\.crt$/, '.key'), 'utf8'),
  ]);
  return startSimulatedMembers({ certificate, key });
}

async function populate(world: World): Promise<void> {
  const { hub, scenario, simulated, placements, log } = world;
  const began = performance.now();
  const tell = (what: string): void => {
    log(`${what} after ${((performance.now() - began) / 1_000).toFixed(1)} s`);
  };
  if (simulated !== undefined) {
    await joinSimulatedMembers(hub, simulated, membersOf(scenario));
    tell('members were written');
    await haveJoined(hub, fleetSize(scenario));
    tell('members had joined');
  }
  for (const [index, pace] of scenario.paces.entries()) {
    await hub.create(clusterKinds.strategy, objects.strategy(strategyName(index), scenario.stages, pace));
  }
  await Promise.all(placements.map((name) => place(hub, name, scenario)));
  await Promise.all(placements.map((name) => isScheduled(hub, name, fleetSize(scenario))));
  await Promise.all(placements.map((name) => hasSnapshot(hub, name, 0)));
  tell('placements were scheduled');
  if (scenario.rollingUpdate === undefined) return;
  for (const name of placements) await isRolledOut(hub, name);
  tell('placements had reached their clusters');
}

/** Name of the strategy of the scenario's pace with this index. */
export function strategyName(pace: number): string {
  return `bench-strategy-${String(pace)}`;
}

async function place(hub: KubernetesClient, name: string, { rollingUpdate }: Scenario): Promise<void> {
  await hub.create(kinds.namespace, objects.namespace(name));
  await hub.create(configMaps, objects.configMap(name, 'initial'));
  await hub.create(clusterKinds.placement, objects.placement(name, rollingUpdate));
}

async function haveJoined(hub: KubernetesClient, count: number): Promise<void> {
  await until('the members to join', async () => {
    const { items } = await hub.list(kinds.memberCluster);
    const joined = items.filter(({ status }) =>
      status?.conditions?.some(({ type, status }) => type === 'Joined' && status === 'True'),
    );
    return joined.length === count;
  });
}

async function isScheduled(hub: KubernetesClient, placement: string, clusters: number): Promise<void> {
  await until(`placement ${placement} to be scheduled`, async () => {
    const { items } = await hub.list(clusterKinds.binding, { labelSelector: `${labels.parentPlacement}=${placement}` });
    return items.length === clusters;
  });
}

async function isRolledOut(hub: KubernetesClient, placement: string): Promise<void> {
  await until(`placement ${placement} to reach its clusters`, async () => {
    const found = await hub.find(clusterKinds.placement, placement);
    return findCondition(found?.status?.conditions, 'ClusterResourcePlacementAvailable')?.status === 'True';
  });
}

/** Waits until a placement has the snapshot with this index. */
export async function hasSnapshot(hub: KubernetesClient, placement: string, index: number): Promise<void> {
  const name = resourceSnapshotName(placement, index);
  await until(`snapshot ${name}`, async () => (await hub.find(clusterKinds.resourceSnapshot, name)) !== undefined);
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + scheduledWithinMs;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`Waited ${String(scheduledWithinMs / 1_000)} s in vain for ${what}.`);
    await delay(250);
  }
}
