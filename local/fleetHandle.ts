/** A running fleet in the hands of a program: its addresses and its processes. */
import { join } from 'node:path';
import { processNames } from './processes.ts';
import { isReady, waitUntilReady, type Readiness } from './readiness.ts';
import { auditLogPath, binFolder, kubeconfigPath, type FleetState } from './state.ts';
import type { ProcessStatus } from './processSpec.ts';
import type { Supervisor } from './supervision.ts';

/** Where everything of a running fleet is. */
export interface Fleet {
  data: string;
  /** Contexts `hub` (current) and one for each member. */
  kubeconfig: string;
  hub: string;
  members: string[];
  /** Holds `kubectl`, `temporal` and `flotilla`. */
  binFolder: string;
  kubectl: string;
  temporalBinary: string;
  /** host:port of Temporal's gRPC service; its namespace is `default`. */
  temporalAddress: string;
  temporalUiUrl: string;
  /** The worker's metrics; `/healthz` and `/readyz` stand beside it. */
  metricsUrl: string;
  /** Audit log of each cluster by name; empty unless the fleet was started with `audit`. */
  auditLogs: Record<string, string>;
  /** As they were when the handle was made. */
  processes: ProcessStatus[];
  /** One process, e.g. `worker`, `temporal`, `etcd`, `hub-apiserver`, `member2-apiserver`. */
  process(name: string): FleetProcess;
}

/** Control over one process of a fleet. */
export interface FleetProcess {
  readonly name: string;
  status(): Promise<ProcessStatus>;
  /** Sends the signal; for one that ends processes, returns once this one has ended. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again as it was started last, and returns once it is ready. */
  start(): Promise<void>;
  /** Whether it answers that it is ready now; always `true` for a running process that has nothing to ask. */
  isReady(): Promise<boolean>;
}

const startDeadlineMs = 90_000;
const endingSignals: NodeJS.Signals[] = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGABRT'];

/** What each process answers when it is ready, by its name; controller managers are not asked. */
export function readinessOf(state: FleetState, name: string): Readiness | undefined {
  const at = (port: number, path: string): Readiness => ({
    name,
    url: `http://127.0.0.1:${String(port)}${path}`,
    deadlineMs: startDeadlineMs,
  });
  if (name === processNames.etcd) return at(state.ports.etcd, '/health');
  // Answers only when the server serves and the namespace is there.
  if (name === processNames.temporal) return at(state.ports['temporal-http'], '/api/v1/namespaces/default');
  if (name === processNames.worker) return at(state.ports.worker, '/readyz');
  const cluster = [state.hub, ...state.members].find((entry) => processNames.apiServer(entry.name) === name);
  if (cluster === undefined) return undefined;
  return {
    name,
    url: `https://127.0.0.1:${String(cluster.port)}/readyz`,
    token: cluster.token,
    deadlineMs: startDeadlineMs,
  };
}

/** Makes the handle of a running fleet. */
export function fleetHandle(
  data: string,
  state: FleetState,
  supervisor: Supervisor,
  processes: ProcessStatus[],
): Fleet {
  const clusters = [state.hub, ...state.members].map(({ name }) => name);
  return {
    data,
    kubeconfig: kubeconfigPath(data),
    hub: state.hub.name,
    members: state.members.map(({ name }) => name),
    binFolder: binFolder(data),
    kubectl: join(binFolder(data), 'kubectl'),
    temporalBinary: join(binFolder(data), 'temporal'),
    temporalAddress: `127.0.0.1:${String(state.ports.temporal)}`,
    temporalUiUrl: `http://127.0.0.1:${String(state.ports['temporal-ui'])}`,
    metricsUrl: `http://127.0.0.1:${String(state.ports.worker)}/metrics`,
    auditLogs: state.audit ? Object.fromEntries(clusters.map((name) => [name, auditLogPath(data, name)])) : {},
    processes,
    process: (name) => fleetProcess(state, supervisor, name),
  };
}

function fleetProcess(state: FleetState, supervisor: Supervisor, name: string): FleetProcess {
  const readiness = readinessOf(state, name);
  const status = async (): Promise<ProcessStatus> => {
    const found = (await supervisor.processes()).find((entry) => entry.name === name);
    if (found === undefined) throw new Error(`The fleet has no process "${name}".`);
    return found;
  };
  return {
    name,
    status,
    kill: async (signal) => {
      await supervisor.kill(name, signal);
      if (endingSignals.includes(signal)) await supervisor.ended(name);
    },
    start: async () => {
      await supervisor.start(name);
      if (readiness !== undefined) await waitUntilReady(supervisor, readiness);
    },
    isReady: async () => {
      if ((await status()).state !== 'running') return false;
      return readiness === undefined || (await isReady(readiness));
    },
  };
}
