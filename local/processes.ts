/** How each process of a fleet is run: the flags that make it behave like a real one without nodes. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { searchAttributeNames } from '../api/temporal.ts';
import type { Binaries } from './binaries/binaries.ts';
import { certificatePath, clusterKubeconfigPath } from './credentials.ts';
import type { ProcessSpec } from './processSpec.ts';
import { auditLogPath, clusterFolder, logFolder, type ClusterState, type FleetState } from './state.ts';

/** Writers end before what they write to; etcd, which all API servers write to, ends last. */
const stopPhases = { worker: 0, controllers: 1, servers: 2, etcd: 3 } as const;

const checkout = fileURLToPath(new URL('..', import.meta.url));

/** What every cluster has: without these, namespaces never go away and new ones lack what pods rely on. */
const everyClustersControllers = [
  'namespace-controller',
  'garbage-collector-controller',
  'serviceaccount-controller',
  'serviceaccount-token-controller',
  'root-ca-certificate-publisher-controller',
  'clusterrole-aggregation-controller',
];

/** What turns workloads into pods. A hub has none of them: what is published there must not run there. */
const workloadControllers = [
  'deployment-controller',
  'replicaset-controller',
  'statefulset-controller',
  'daemonset-controller',
  'job-controller',
  'cronjob-controller',
  'disruption-controller',
  'endpointslice-controller',
  'resourcequota-controller',
];

/** Names of processes, as `status` shows them and tests use them. */
export const processNames = {
  etcd: 'etcd',
  temporal: 'temporal',
  worker: 'worker',
  apiServer: (cluster: string) => `${cluster}-apiserver`,
  controllerManager: (cluster: string) => `${cluster}-controller-manager`,
} as const;

/**
 * One etcd for all API servers.
 * @param durable `false` leaves out waiting for the disk: the data survives the end of the process, not of the machine
 */
export function etcdSpec(data: string, state: FleetState, binaries: Binaries, durable: boolean): ProcessSpec {
  const client = etcdUrl(state);
  const peer = `http://127.0.0.1:${String(state.ports['etcd-peer'])}`;
  const args = [
    `--name=fleet`,
    `--data-dir=${join(data, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    // Recorded at the first start only; later starts, perhaps with other ports, read the data folder.
    `--initial-cluster=fleet=${peer}`,
    '--log-level=warn',
  ];
  if (!durable) args.push('--unsafe-no-fsync');
  return { ...base(data, processNames.etcd), command: binaries.etcd, args, stopPhase: stopPhases.etcd, graceMs: 5000 };
}

/** The API server of one cluster. */
export function apiServerSpec(data: string, state: FleetState, binaries: Binaries, cluster: ClusterState): ProcessSpec {
  const folder = clusterFolder(data, cluster.name);
  const args = [
    `--etcd-servers=${etcdUrl(state)}`,
    `--etcd-prefix=/${cluster.name}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${String(cluster.port)}`,
    `--cert-dir=${folder}`,
    `--token-auth-file=${join(folder, 'tokens.csv')}`,
    '--authorization-mode=RBAC',
    '--service-account-issuer=https://localhost',
    `--service-account-key-file=${join(folder, 'service-accounts.pub')}`,
    `--service-account-signing-key-file=${join(folder, 'service-accounts.key')}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    '--disable-admission-plugins=ServiceAccount',
    '--endpoint-reconciler-type=none',
  ];
  if (state.audit) {
    args.push(
      `--audit-policy-file=${join(folder, 'audit-policy.yaml')}`,
      `--audit-log-path=${auditLogPath(data, cluster.name)}`,
    );
  }
  return {
    ...base(data, processNames.apiServer(cluster.name)),
    command: binaries['kube-apiserver'],
    args,
    stopPhase: stopPhases.servers,
    // Nothing is lost by ending it early: every answered write is in etcd.
    graceMs: 1500,
  };
}

/** The controller manager of one cluster; `workloads` makes Deployments and the like come to life. */
export function controllerManagerSpec(
  data: string,
  binaries: Binaries,
  cluster: ClusterState,
  workloads: boolean,
): ProcessSpec {
  const controllers = workloads ? [...everyClustersControllers, ...workloadControllers] : everyClustersControllers;
  return {
    ...base(data, processNames.controllerManager(cluster.name)),
    command: binaries['kube-controller-manager'],
    args: [
      `--kubeconfig=${clusterKubeconfigPath(data, cluster.name)}`,
      '--leader-elect=false',
      '--secure-port=0',
      `--controllers=${controllers.join(',')}`,
      `--root-ca-file=${certificatePath(data, cluster.name)}`,
      `--service-account-private-key-file=${join(clusterFolder(data, cluster.name), 'service-accounts.key')}`,
      // The client's default of 20 requests a second makes a namespace with many objects linger.
      '--kube-api-qps=200',
      '--kube-api-burst=400',
    ],
    env: { GOGC: '50' },
    stopPhase: stopPhases.controllers,
    graceMs: 1500,
  };
}

/** Temporal's development server on a database file, with its web page. */
export function temporalSpec(data: string, state: FleetState, binaries: Binaries): ProcessSpec {
  const { ports } = state;
  const args = ['server', 'start-dev', '--ip', '127.0.0.1', '--db-filename', join(data, 'temporal', 'temporal.db')];
  args.push('--port', String(ports.temporal), '--ui-port', String(ports['temporal-ui']));
  args.push('--http-port', String(ports['temporal-http']), '--metrics-port', String(ports['temporal-metrics']));
  args.push('--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=NORMAL');
  args.push('--ui-disable-news-fetch', '--log-level', 'warn');
  for (const name of Object.values(searchAttributeNames)) args.push('--search-attribute', `${name}=Keyword`);
  // Timers are otherwise rounded up by as much as a second; one partition saves hops between four.
  args.push('--dynamic-config-value', 'history.timerProcessorMaxTimeShift="10ms"');
  args.push('--dynamic-config-value', 'matching.numTaskqueueReadPartitions=1');
  args.push('--dynamic-config-value', 'matching.numTaskqueueWritePartitions=1');
  return {
    ...base(data, processNames.temporal),
    command: binaries.temporal,
    args,
    stopPhase: stopPhases.servers,
    graceMs: 5000,
  };
}

/** Flotilla's own service. `environment` adds to its configuration. */
export function workerSpec(data: string, state: FleetState, environment: Record<string, string>): ProcessSpec {
  return {
    ...base(data, processNames.worker),
    command: process.execPath,
    args: [join('worker', 'main.ts')],
    cwd: checkout,
    env: {
      KUBECONFIG: clusterKubeconfigPath(data, state.hub.name),
      FLOTILLA_HUB_CONTEXT: state.hub.name,
      TEMPORAL_ADDRESS: `127.0.0.1:${String(state.ports.temporal)}`,
      TEMPORAL_NAMESPACE: 'default',
      FLOTILLA_HTTP_ADDRESS: `127.0.0.1:${String(state.ports.worker)}`,
      ...environment,
    },
    stopPhase: stopPhases.worker,
    graceMs: 10_000,
  };
}

function etcdUrl(state: FleetState): string {
  return `http://127.0.0.1:${String(state.ports.etcd)}`;
}

function base(data: string, name: string): Pick<ProcessSpec, 'name' | 'cwd' | 'logFile' | 'env'> {
  return { name, cwd: data, logFile: join(logFolder(data), `${name}.log`), env: {} };
}
