/** The service put together: what depends on what, in which order it starts, and how it stops. */
import { createMemberActivities } from '../activities/members/index.ts';
import { createPlacementActivities } from '../activities/placements/index.ts';
import { createRunActivities } from '../activities/runs/index.ts';
import { kinds } from '../api/kinds.ts';
import { startHubCaches } from '../controllers/caches.ts';
import type { HubCaches } from '../controllers/caches.ts';
import type { Prices } from '../controllers/members/index.ts';
import { createCurrentSnapshot } from '../controllers/placements/index.ts';
import { KubernetesClient } from '../kube/client.ts';
import { MemberPool } from '../kube/pool.ts';
import { identityOf } from './configuration.ts';
import type { Configuration } from './configuration.ts';
import { Health } from './health.ts';
import type { Dependency } from './health.ts';
import { serveHttp } from './http.ts';
import type { HttpEndpoint } from './http.ts';
import type { HubAccess } from './hub.ts';
import { HubLease } from './lease.ts';
import { temporalLogger } from './logger.ts';
import type { Logger } from './logger.ts';
import { Loops } from './loops.ts';
import { Metrics } from './metrics.ts';
import { reportCluster } from './reportCluster.ts';
import { installTemporalRuntime } from './telemetry.ts';
import { lazyTemporal } from './temporalConnection.ts';
import type { LazyTemporal, TemporalSettings } from './temporalConnection.ts';
import { TemporalWorkers } from './temporalWorkers.ts';
import { ensureWorkflowBundle } from './workflowBundle.ts';

export interface ServiceOptions {
  configuration: Configuration;
  hubAccess: HubAccess;
  temporal: TemporalSettings;
  prices: Prices | undefined;
  log: Logger;
  /** Called when the service cannot go on; it must be stopped then. */
  onFatal(error: Error): void;
}

/** The running service. */
export interface Service {
  /** Where /metrics, /healthz and /readyz are. */
  url: string;
  /** Gives the Lease back, lets activities finish, closes connections. */
  stop(): Promise<void>;
}

/** Starts everything. Resolves when the port is open; what is not there yet is waited for and named by /readyz. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { configuration, hubAccess, log } = options;
  const temporalPort = await installTemporalRuntime(configuration, log);
  const metrics = new Metrics({ hubOrigin: hubAccess.origin, temporalPort });
  const hub = KubernetesClient.fromKubeconfig({ name: 'hub', kubeconfig: hubAccess.kubeconfig });
  // A connection of their own for the Lease and the probe: behind hundreds of writes of a large run both would be late,
  // and the Lease lost.
  const pulse = KubernetesClient.fromKubeconfig({ name: 'hub', kubeconfig: hubAccess.kubeconfig });
  const caches = startHubCaches(hub, {
    onError: (kind, error) => log.debug({ kind, error }, 'A watch of the hub failed and is tried again'),
  });
  const members = new MemberPool(hub);
  const temporal = lazyTemporal(options.temporal);
  const loops = new Loops({
    hub,
    members,
    caches,
    temporal: temporal.client,
    runMetrics: metrics.runs,
    configuration,
    prices: options.prices,
    log,
  });
  const workers = await createWorkers(options, { hub, members, caches, loops, metrics });
  const lease = createLease(options, { hub: pulse, loops });
  const health = new Health(dependencies({ hub: pulse, caches, temporal, workers }), { log });
  const endpoint = await listen(configuration, metrics, health);
  metrics.showLeader(() => lease.held);
  metrics.showQueues(() => loops.queues());
  health.start();
  workers.start();
  void caches.synced.then(() => lease.start());
  return {
    url: endpoint.url,
    stop: () => stopAll({ lease, workers, health, caches, members, hub, pulse, temporal, metrics, endpoint }),
  };
}

interface Parts {
  hub: KubernetesClient;
  members: MemberPool;
  caches: HubCaches;
  loops: Loops;
  metrics: Metrics;
}

async function createWorkers(options: ServiceOptions, parts: Parts): Promise<TemporalWorkers> {
  const { configuration, log } = options;
  const { hub, members, caches } = parts;
  const currentSnapshot = createCurrentSnapshot({ hub, caches, settings: configuration, log });
  const workers: TemporalWorkers = new TemporalWorkers({
    configuration,
    temporal: options.temporal,
    identity: identityOf(configuration),
    workflowBundle: await workflowBundle(configuration, log),
    hubActivities: {
      ...createRunActivities({
        hub,
        searchAttributes: () => workers.searchAttributes,
        snapshotGraceMs: configuration.snapshotMaxDelayMs + configuration.snapshotMinIntervalMs,
        currentSnapshot,
        stuckAfterMs: configuration.stuckAfterMs,
      }),
      ...createPlacementActivities({
        hub,
        pause: configuration.statusProfile === 'documented' ? 'always' : 'unobserved',
        searchAttributes: () => workers.searchAttributes,
      }),
    },
    memberActivities: createMemberActivities({ hub, members, reportCluster, log }),
    cachesSynced: caches.synced,
    hubUid: async () => (await hub.get(kinds.namespace, 'kube-system')).metadata.uid ?? '',
    onReady: () => parts.loops.temporalIsReady(),
    onForeignNamespace: options.onFatal,
    metrics: parts.metrics,
    log,
  });
  return workers;
}

/** The bundler tells every module that it packs; only what goes wrong is of interest. */
function workflowBundle({ cacheFolder }: Configuration, log: Logger): Promise<string> {
  const logger = temporalLogger(log.child({ component: 'bundler' }, { level: 'warn' }));
  return ensureWorkflowBundle({ cacheFolder, logger });
}

function createLease(options: ServiceOptions, { hub, loops }: Pick<Parts, 'hub' | 'loops'>): HubLease {
  const { configuration, log } = options;
  return new HubLease({
    hub,
    namespace: configuration.leaseNamespace,
    identity: identityOf(configuration),
    durationMs: configuration.leaseDurationMs,
    log,
    onAcquired: () => loops.lead(),
    onLost: () => loops.stop(),
  });
}

interface Watched {
  hub: KubernetesClient;
  caches: HubCaches;
  temporal: LazyTemporal;
  workers: TemporalWorkers;
}

/** What /readyz names. The Lease is none: a worker that stands by is as ready as the one that leads. */
function dependencies({ hub, caches, temporal, workers }: Watched): Dependency[] {
  let synced = false;
  void caches.synced.then(() => {
    synced = true;
  });
  return [
    {
      name: 'hub',
      async check(signal) {
        await hub.probe('/readyz', signal);
      },
    },
    {
      name: 'caches',
      check: () =>
        synced ? Promise.resolve() : Promise.reject(new Error('The objects of the hub have not been read yet.')),
    },
    { name: 'temporal', check: () => temporal.check() },
    { name: 'workers', check: () => workers.check() },
  ];
}

async function listen(configuration: Configuration, metrics: Metrics, health: Health): Promise<HttpEndpoint> {
  return serveHttp({
    address: configuration.httpAddress,
    metrics: () => metrics.text(),
    readiness: () => health.states(),
  });
}

interface Stoppable extends Omit<Parts, 'loops'>, Watched {
  lease: HubLease;
  health: Health;
  /** Client of the Lease and the probe. */
  pulse: KubernetesClient;
  endpoint: HttpEndpoint;
}

/** First what makes changes, then what it uses. */
async function stopAll(parts: Stoppable): Promise<void> {
  await Promise.all([parts.lease.stop(), parts.workers.stop()]);
  parts.health.stop();
  parts.caches.stop();
  await Promise.all([parts.members.close(), parts.temporal.close(), parts.endpoint.close()]);
  await Promise.all([parts.hub.close(), parts.pulse.close()]);
  parts.metrics.close();
}
