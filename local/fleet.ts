/** A whole fleet on this machine, from real programs: `up`, `down`, `status`. */
import { resolve } from 'node:path';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureBinaries, type Binaries } from './binaries/binaries.ts';
import { newToken } from './credentials.ts';
import { fleetHandle, type Fleet } from './fleetHandle.ts';
import { withLock } from './lock.ts';
import { findFreePorts, isPortFree } from './ports.ts';
import type { ProcessStatus } from './processSpec.ts';
import { fleetCommand } from './program.ts';
import { makeFolders, readState, writeState, type ClusterState, type FleetState, type ServicePorts } from './state.ts';
import { endOrphans, findSupervisor, startSupervisor } from './supervision.ts';

export type { Fleet, FleetProcess } from './fleetHandle.ts';
export type { ProcessStatus } from './processSpec.ts';
export type { ServicePorts } from './state.ts';

/** A member as its user describes it. */
export interface MemberOptions {
  name: string;
  labels: Record<string, string>;
}

/** How a fleet is to be. */
export interface FleetOptions {
  /** Folder that holds everything the fleet keeps. */
  data: string;
  members: MemberOptions[];
  /** Ports to use instead of free ones, by the names of {@link ServicePorts} or of clusters; all are remembered. */
  ports?: Record<string, number>;
  /** Forget remembered ports and choose free ones. @default false */
  newPorts?: boolean;
  /** Whether API servers write down who wrote what. @default false */
  audit?: boolean;
  /** Whether Flotilla's own worker runs too. */
  worker: boolean;
  /** Added to the worker's configuration. */
  workerEnvironment?: Record<string, string>;
  /** End everything when this process ends, however it ends. @default false */
  whileParentLives?: boolean;
  /** etcd does not wait for the disk, and the data folder goes when the fleet ends. @default false */
  temporary?: boolean;
  log(line: string): void;
  /** Replaces the line below the last one; absent where there is no terminal. */
  replaceLine?(text: string): void;
}

/** The tutorial's fleet. */
export const tutorialMembers: readonly MemberOptions[] = [
  { name: 'member1', labels: { environment: 'canary', order: '2' } },
  { name: 'member2', labels: { environment: 'staging' } },
  { name: 'member3', labels: { environment: 'canary', order: '1' } },
];

/** Whether a fleet runs, and each of its processes. */
export interface FleetStatus {
  /** `partly`: some processes have ended, or the start was not finished. */
  state: 'up' | 'partly' | 'down' | 'none';
  processes: ProcessStatus[];
  /** Absent if nothing was ever started in the folder. */
  fleet?: Fleet;
}

/**
 * Makes the fleet run and returns once it is ready. A fleet that already runs as wanted is left alone; what is left of
 * one that broke down is ended first. Data, ports and credentials are those of the last time.
 */
export async function up(options: FleetOptions): Promise<Fleet> {
  const data = resolve(options.data);
  await makeFolders(data, ['hub', ...options.members.map(({ name }) => name)]);
  return await withLock(join(data, 'start.lock'), tellWaiting(options), async () => {
    const state = await readState(data);
    const running = await runningFleet(data, state, options);
    if (running !== undefined) return running;
    const binaries = await ensureBinaries({ line: options.log, replace: options.replaceLine });
    const next = await nextState(state, options, binaries);
    await checkPorts(data, next);
    return await start(data, next, options, binaries);
  });
}

/** Ends every process of the fleet in the folder; its data stays. Returns whether there was anything to end. */
export async function down(data: string): Promise<boolean> {
  const folder = resolve(data);
  const state = await readState(folder);
  if (state === undefined) return false;
  const ended = await endEverything(folder, state);
  return ended;
}

/** Tells how the fleet in the folder is, without changing anything. */
export async function status(data: string): Promise<FleetStatus> {
  const folder = resolve(data);
  const state = await readState(folder);
  if (state === undefined) return { state: 'none', processes: [] };
  const supervisor = await findSupervisor(state.supervisor);
  if (supervisor === undefined) return { state: 'down', processes: [] };
  const processes = await supervisor.processes();
  const whole = state.complete && processes.every((process) => process.state === 'running');
  return { state: whole ? 'up' : 'partly', processes, fleet: fleetHandle(folder, state, supervisor, processes) };
}

/** Handle of the fleet that runs in the folder. */
export async function openFleet(data: string): Promise<Fleet> {
  const { fleet } = await status(data);
  if (fleet === undefined) throw new Error(`No fleet runs in ${resolve(data)}; start it with "${fleetCommand('up')}".`);
  return fleet;
}

async function runningFleet(
  data: string,
  state: FleetState | undefined,
  options: FleetOptions,
): Promise<Fleet | undefined> {
  if (state === undefined) return undefined;
  const current = await status(data).catch(() => undefined);
  if (current?.state === 'up' && current.fleet !== undefined) {
    const difference = describeDifference(state, options);
    if (difference !== undefined) {
      throw new Error(`A fleet with ${difference} runs in ${data}; stop it first with "${fleetCommand('down')}".`);
    }
    options.log('The fleet already runs.');
    return current.fleet;
  }
  const dead = current?.processes.filter((process) => process.state === 'ended').map(({ name }) => name) ?? [];
  if (dead.length > 0) options.log(`${dead.join(', ')} had ended; the fleet is started again.`);
  if ((await endEverything(data, state)) && dead.length === 0)
    options.log('What was left of an earlier fleet was ended.');
  return undefined;
}

function describeDifference(state: FleetState, options: FleetOptions): string | undefined {
  const key = (members: readonly MemberOptions[]): string =>
    JSON.stringify(members.map(({ name, labels }) => [name, Object.entries(labels).sort()]).sort());
  if (key(state.members) !== key(options.members)) return 'other members or labels';
  if (state.worker !== options.worker) return state.worker ? 'a worker' : 'no worker';
  if (state.audit !== (options.audit ?? false)) return state.audit ? 'audit logs' : 'no audit logs';
  return undefined;
}

async function endEverything(data: string, state: FleetState): Promise<boolean> {
  const supervisor = await findSupervisor(state.supervisor);
  if (supervisor !== undefined) await supervisor.shutDown();
  const orphans = await endOrphans(data);
  return supervisor !== undefined || orphans.length > 0;
}

async function start(data: string, state: FleetState, options: FleetOptions, binaries: Binaries): Promise<Fleet> {
  await rm(join(data, 'kubeconfig'), { force: true });
  const supervisor = await startSupervisor(data, options.temporary ?? false);
  const starting: FleetState = { ...state, supervisor: { ...supervisor.identity, ...supervisor.address } };
  try {
    await writeState(data, starting);
    // Loads the Kubernetes client, which takes longer than all that "status", "env" and "down" do.
    const { startProcesses } = await import('./startup.ts');
    await startProcesses({
      data,
      state: starting,
      binaries,
      supervisor,
      temporary: options.temporary ?? false,
      workerEnvironment: options.workerEnvironment ?? {},
      log: options.log,
    });
  } catch (error) {
    await supervisor.shutDown();
    throw error;
  }
  const complete: FleetState = { ...starting, complete: true };
  await writeState(data, complete);
  if (options.whileParentLives !== true) await supervisor.detach();
  return fleetHandle(data, complete, supervisor, await supervisor.processes());
}

async function nextState(
  state: FleetState | undefined,
  options: FleetOptions,
  binaries: Binaries,
): Promise<FleetState> {
  const remembered = options.newPorts === true ? undefined : state;
  refuseUnknownPorts(options);
  const taken = new Set([
    ...Object.values(options.ports ?? {}),
    ...(remembered === undefined ? [] : portsOf(remembered)),
  ]);
  const known = [...(state?.members ?? []), ...(state === undefined ? [] : [state.hub])];
  const free = await findFreePorts(serviceNames.length + 1 + options.members.length, taken);
  const takePort = (): number => free.pop() ?? 0;
  const cluster = (name: string, labels: Record<string, string>): ClusterState => {
    const before = known.find((entry) => entry.name === name);
    const port = options.ports?.[name] ?? (remembered === undefined ? undefined : before?.port) ?? takePort();
    return { name, labels, port, token: before?.token ?? newToken() };
  };
  return {
    hub: cluster('hub', {}),
    members: options.members.map(({ name, labels }) => cluster(name, labels)),
    ports: Object.fromEntries(
      serviceNames.map((name) => [name, options.ports?.[name] ?? remembered?.ports[name] ?? takePort()]),
    ) as unknown as ServicePorts,
    audit: options.audit ?? false,
    worker: options.worker,
    kubectl: binaries.kubectl,
    temporal: binaries.temporal,
    complete: false,
  };
}

function portsOf(state: FleetState): number[] {
  return [...serviceNames.map((name) => state.ports[name]), ...[state.hub, ...state.members].map(({ port }) => port)];
}

function refuseUnknownPorts(options: FleetOptions): void {
  const known = [...serviceNames, 'hub', ...options.members.map(({ name }) => name)];
  const unknown = Object.keys(options.ports ?? {}).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new Error(`There is no port "${unknown}"; the fleet has ports for ${known.join(', ')}.`);
  }
}

const serviceNames = [
  'etcd',
  'etcd-peer',
  'temporal',
  'temporal-ui',
  'temporal-http',
  'temporal-metrics',
  'worker',
] as const satisfies (keyof ServicePorts)[];

async function checkPorts(data: string, state: FleetState): Promise<void> {
  const ports: [string, number][] = [
    ...serviceNames.map((name) => [name, state.ports[name]] as [string, number]),
    ...[state.hub, ...state.members].map(({ name, port }) => [`${name}'s API server`, port] as [string, number]),
  ];
  const checked = await Promise.all(ports.map(async ([name, port]) => ({ name, port, free: await isPortFree(port) })));
  const taken = checked.find(({ free }) => !free);
  if (taken === undefined) return;
  throw new Error(
    `Port ${String(taken.port)}, which the fleet in ${data} uses for ${taken.name}, is taken by another program; ` +
      `end that program, or choose other ports with "${fleetCommand('up --new-ports')}".`,
  );
}

function tellWaiting(options: FleetOptions): (pid: number) => void {
  return (pid) => {
    options.log(`Process ${String(pid)} is starting this fleet; waiting for it.`);
  };
}
