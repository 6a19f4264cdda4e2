/** What a fleet remembers in its data folder, and where everything stands in there. */
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessIdentity } from './processIdentity.ts';
import type { SupervisorAddress } from './processSpec.ts';

/** Name, labels, port and token of one cluster. */
export interface ClusterState {
  name: string;
  labels: Record<string, string>;
  port: number;
  /** Bearer token of the cluster's administrator. */
  token: string;
}

/** Ports of what is not an API server. All on the loopback address. */
export interface ServicePorts {
  etcd: number;
  'etcd-peer': number;
  temporal: number;
  'temporal-ui': number;
  'temporal-http': number;
  'temporal-metrics': number;
  /** The worker's metrics and health. */
  worker: number;
}

/** Content of `fleet.json`. */
export interface FleetState {
  hub: ClusterState;
  members: ClusterState[];
  ports: ServicePorts;
  audit: boolean;
  worker: boolean;
  kubectl: string;
  temporal: string;
  /** Of the supervisor that was started last; whether it runs is another question. */
  supervisor?: ProcessIdentity & SupervisorAddress;
  /** `false` from the beginning of a start until everything is ready. */
  complete: boolean;
}

/** Folder of the running processes' numbers. */
export function runFolder(data: string): string {
  return join(data, 'run');
}

/** Folder of all log files. */
export function logFolder(data: string): string {
  return join(data, 'logs');
}

/** Folder that `flotilla local env` puts on the PATH. */
export function binFolder(data: string): string {
  return join(data, 'bin');
}

/** Folder of one cluster's certificate, keys and token. */
export function clusterFolder(data: string, cluster: string): string {
  return join(data, 'clusters', cluster);
}

/** The kubeconfig with a context for each cluster; the hub's is current. */
export function kubeconfigPath(data: string): string {
  return join(data, 'kubeconfig');
}

/** Audit log of a cluster, if the fleet writes any. */
export function auditLogPath(data: string, cluster: string): string {
  return join(logFolder(data), `${cluster}-audit.log`);
}

/** Reads `fleet.json`; `undefined` if the folder holds no fleet. */
export async function readState(data: string): Promise<FleetState | undefined> {
  let text: string;
  try {
    text = await readFile(statePath(data), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as FleetState;
  } catch {
    throw new Error(`${statePath(data)} is damaged; delete the folder ${data} to begin with an empty fleet.`);
  }
}

/** Writes `fleet.json` as a whole; only its owner may read it, since it holds tokens. */
export async function writeState(data: string, state: FleetState): Promise<void> {
  await writePrivate(statePath(data), `${JSON.stringify(state, null, 2)}\n`);
}

/** Writes a file that only its owner may read; readers see the old or the new content, never a part. */
export async function writePrivate(path: string, content: string): Promise<void> {
  const draft = `${path}.${String(process.pid)}.draft`;
  await writeFile(draft, content, { mode: 0o600 });
  await rename(draft, path);
}

/** Makes the data folder and what is in it, closed to other users. */
export async function makeFolders(data: string, clusters: readonly string[]): Promise<void> {
  const folders = [runFolder(data), logFolder(data), binFolder(data), join(data, 'etcd'), join(data, 'temporal')];
  await mkdir(data, { recursive: true });
  await chmod(data, 0o700);
  await Promise.all(
    [...folders, ...clusters.map((cluster) => clusterFolder(data, cluster))].map((folder) =>
      mkdir(folder, { recursive: true }),
    ),
  );
}

function statePath(data: string): string {
  return join(data, 'fleet.json');
}
